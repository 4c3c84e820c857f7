import { describe, expect, it } from 'vitest'
import { parseOAuthSettings } from '../../src/config/oauth-settings'
import { createJanus } from '../../src/janus'
import { createPages } from '../../src/wiring/create-pages'
import { createProvider } from '../../src/wiring/create-provider'

const BASE = {
  ISSUER: 'https://auth.example',
  AUTH_SECRET: btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(32)))),
  DB: {},
  SESSIONS: {},
  LOGIN_LIMIT: {},
  MAILER: 'none',
}

function faultsOf(settings: object, parts: object): readonly string[] {
  const log: Record<string, unknown>[] = []
  createJanus(
    { ...BASE, ...settings },
    { ...parts, log: (_, fields) => log.push({ ...fields }), defer: () => {} },
  )
  return log.map(({ settings: named }) => String(named))
}

describe('the settings of the authorization server', () => {
  it('name resources and their scopes', () => {
    const { resources, faults, isOn } = parseOAuthSettings({
      OAUTH_SERVER: 'on',
      OAUTH_RESOURCES: 'https://a.example/mcp read write,http://localhost:8787/ read',
    })
    expect({ faults, isOn }).toEqual({ faults: [], isOn: true })
    expect(resources).toEqual([
      { uri: 'https://a.example/mcp', scopes: ['read', 'write'] },
      { uri: 'http://localhost:8787/', scopes: ['read'] },
    ])
  })

  it.each([
    'https://a.example/',
    'http://a.example/ read',
    'https://a.example/#x read',
    'https://ada@a.example/ read',
    'a.example read',
    'https://a.example/ read read',
    'https://a.example/ re"ad',
    'https://a.example/ openid',
    // To the LIKE of SQLite, case is nothing: its app would be told of sign-outs as one that was granted openid.
    'https://a.example/ OpenID',
    'https://a.example/ profile',
    'https://a.example/ phone',
    'https://a.example/ offline_access',
    // A grant with one of these would outlive the sign-out of its person.
    'https://a.example/ offline-access',
    'https://a.example/ Offline_Access',
    'https://a.example/ read, https://a.example/ write',
    '',
  ])('OAUTH_RESOURCES=%j is refused by name', (listed) => {
    const { faults } = parseOAuthSettings({ OAUTH_RESOURCES: listed })
    expect(faults).toEqual([
      { setting: 'OAUTH_RESOURCES', message: expect.stringMatching(/^OAUTH_RESOURCES must/) },
    ])
  })

  it('OAUTH_RESOURCES may have scopes that pass for nothing, though they are near to names of OpenID Connect', () => {
    const scopes = ['Profile', 'Email', 'Address', 'Phone', 'openid.read', 'offline']
    const { faults, resources } = parseOAuthSettings({
      OAUTH_RESOURCES: `https://a.example/ ${scopes.join(' ')}`,
    })
    expect(faults).toEqual([])
    expect(resources).toEqual([{ uri: 'https://a.example/', scopes }])
  })

  it.each(['', 'read', '{"a": 1}', '{"a": ""}', '{"a": {"en": "x\u202e"}}', `{"a": "${'x'.repeat(201)}"}`])(
    'OAUTH_SCOPE_TEXTS=%j is refused by name',
    (texts) => {
      const { faults } = parseOAuthSettings({ OAUTH_SCOPE_TEXTS: texts })
      expect(faults.map(({ setting }) => setting)).toEqual(['OAUTH_SCOPE_TEXTS'])
    },
  )

  it('API_KEYS is off, takes a server that has resources, and is refused by name if it is neither', () => {
    const server = { OAUTH_SERVER: 'on', OAUTH_RESOURCES: 'https://a.example/ read' }
    expect(parseOAuthSettings(server)).toMatchObject({ hasApiKeys: false, faults: [] })
    expect(parseOAuthSettings({ ...server, API_KEYS: 'on' })).toMatchObject({ hasApiKeys: true, faults: [] })
    for (const wrong of [
      { ...server, API_KEYS: 'yes' },
      { ...server, API_KEYS: 'on', OAUTH_RESOURCES: 'none' },
    ])
      expect(parseOAuthSettings(wrong).faults.map(({ setting }) => setting)).toEqual(['API_KEYS'])
  })

  it('OAUTH_CLIENTS lets in apps that have a document, and is refused by name if it is none', () => {
    expect(parseOAuthSettings({})).toMatchObject({ clients: 'documents', faults: [] })
    const { clients, faults } = parseOAuthSettings({ OAUTH_CLIENTS: 'all' })
    expect([clients, faults[0]?.setting]).toEqual(['registered', 'OAUTH_CLIENTS'])
  })

  it.each([
    ['without createProvider', {}, { createPages }],
    ['without pages', {}, { createProvider }],
    ['without session mode', { AUTH_MODE: 'token' }, { createProvider, createPages }],
    ['with a shared secret for tokens', { JWT_ALG: 'HS256' }, { createProvider, createPages }],
  ])('%s nothing is served', (_, settings, parts) => {
    expect(faultsOf({ ...settings, OAUTH_SERVER: 'on' }, parts)).toEqual(['OAUTH_SERVER'])
  })

  it('with another word nothing is served, and with all that it takes it is', () => {
    expect(faultsOf({ OAUTH_SERVER: 'yes' }, { createProvider, createPages })).toEqual(['OAUTH_SERVER'])
    expect(faultsOf({ OAUTH_SERVER: 'on' }, { createProvider, createPages })).toEqual([])
  })
})
