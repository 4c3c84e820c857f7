import { Hono } from 'hono'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  createResourceVerifier,
  type ProtectedResourceEnv,
  protectedResource,
  refuseScope,
  requireScope,
} from '../../packages/verify/index'
import { createForge, decodePart, type Forge } from '../support/forge'
import { granted, newClient, OTHER_RESOURCE, oauthService, RESOURCE, type TestClient } from '../support/oauth'
import { type Answer, expectProblem, type Person, read, signedInPerson } from '../support/person'
import type { OwnService } from '../support/service'

const SCOPES = ['notes:read', 'notes:write']
const METADATA_URL = 'https://mcp.example/.well-known/oauth-protected-resource/mcp'
const CHALLENGE = `scope="notes:read notes:write", resource_metadata="${METADATA_URL}"`

let service: OwnService
let ada: Person
let client: TestClient
let app: Hono<ProtectedResourceEnv>
let forge: Forge

/** Returns an MCP server, as far as its tokens are concerned. */
function serverOf(terms: { fetch?: (url: string) => Promise<Response>; clock?: () => number } = {}) {
  const fetch = (url: string) => service.fetch(new Request(url))
  const options = { resource: RESOURCE, issuer: service.issuer, scopes: SCOPES, fetch, ...terms }
  return new Hono<ProtectedResourceEnv>()
    .use(protectedResource({ ...options, name: 'Notes' }))
    .post('/mcp', (c) => c.json(c.var.caller))
    .post('/write', requireScope('notes:write'), (c) => c.text('written'))
    .post('/body', async (c) => refuseScope(c, await c.req.text()) ?? c.text('done'))
}

async function call(path: string, token?: string, init: RequestInit = {}): Promise<Answer> {
  const headers = token === undefined ? {} : { Authorization: `Bearer ${token}` }
  return read(await app.request(`https://mcp.example${path}`, { method: 'POST', headers, ...init }))
}

beforeAll(async () => {
  service = oauthService()
  ada = await signedInPerson({ mode: 'session', service })
  client = await newClient()
  app = serverOf()
  const { access_token } = await granted(service, ada, client)
  const of = createForge({ answer: { body: { access_token } } as Answer })
  forge = await of
})

describe('the metadata of a protected resource', () => {
  it('stands where RFC 9728 says, for everybody and every origin', async () => {
    const answer = await read(await app.request(METADATA_URL))
    expect(answer).toMatchObject({
      status: 200,
      body: {
        resource: RESOURCE,
        authorization_servers: [service.issuer],
        scopes_supported: SCOPES,
        bearer_methods_supported: ['header'],
        resource_name: 'Notes',
      },
    })
    expect(answer.headers.get('Access-Control-Allow-Origin')).toBe('*')
    expect(answer.headers.get('Cache-Control')).toBe('public, max-age=300')
    const preflight = await app.request(METADATA_URL, { method: 'OPTIONS' })
    expect([preflight.status, preflight.headers.get('Access-Control-Allow-Headers')]).toEqual([204, '*'])
    expectProblem(await call('/.well-known/oauth-protected-resource'), 401, 'authentication-required')
  })

  it.each([
    ['https://files.example/', 'https://files.example/.well-known/oauth-protected-resource'],
    ['https://files.example', 'https://files.example/.well-known/oauth-protected-resource'],
    ['https://a.example/b/c?d=e', 'https://a.example/.well-known/oauth-protected-resource/b/c?d=e'],
    ['http://localhost:8787/mcp/', 'http://localhost:8787/.well-known/oauth-protected-resource/mcp/'],
  ])('for %s is %s', (resource, url) => {
    const { metadataUrl } = createResourceVerifier({ resource, issuer: service.issuer, scopes: SCOPES })
    expect(metadataUrl).toBe(url)
  })

  it('is there for an app that is mounted below a path, and uses it at the root as well', async () => {
    const terms = { resource: 'https://mcp.example/notes/mcp', issuer: service.issuer, scopes: SCOPES }
    const guard = protectedResource(terms)
    const mounted = new Hono().route(
      '/notes',
      new Hono().use(guard).post('/mcp', (c) => c.text('in')),
    )
    mounted.use('/.well-known/oauth-protected-resource/*', guard)
    const at = 'https://mcp.example/.well-known/oauth-protected-resource/notes/mcp'
    const refused = await mounted.request('https://mcp.example/notes/mcp', { method: 'POST' })
    expect(refused.headers.get('WWW-Authenticate')).toContain(`resource_metadata="${at}"`)
    expect(await (await mounted.request(at)).json()).toMatchObject({ resource: terms.resource })
  })
})

describe('a caller of a protected resource', () => {
  it('is let in with a token for it, and is known', async () => {
    const tokens = await granted(service, ada, client, { scope: 'notes:read offline_access' })
    expect(await call('/mcp', tokens.access_token)).toMatchObject({
      status: 200,
      body: {
        userId: ada.userId,
        clientId: client.id,
        scopes: ['notes:read', 'offline_access'],
        grantId: decodePart(tokens.access_token.split('.')[1] ?? '').sid,
        amr: ['pwd'],
        acr: 'urn:janus:1fa',
      },
    })
  })

  it('who acts for itself is no account', async () => {
    const own = { sub: client.id, sid: undefined, auth_time: undefined, amr: undefined, acr: undefined }
    expect(await call('/mcp', await forge.signClaims(own))).toMatchObject({
      status: 200,
      body: { userId: null, clientId: client.id, grantId: null, authenticatedAt: null, amr: [], acr: null },
    })
  })

  it('without a token is told where to get one, and what to ask for', async () => {
    const refused = await call('/mcp')
    expectProblem(refused, 401, 'authentication-required')
    expect(refused.headers.get('WWW-Authenticate')).toBe(`Bearer ${CHALLENGE}`)
    expect(refused.headers.get('Cache-Control')).toBe('no-store')
  })

  it.each<[string, string, () => string | Promise<string>]>([
    ['that is none', 'invalid-token', () => 'abc'],
    ['for another resource', 'invalid-token', () => forge.signClaims({ aud: OTHER_RESOURCE })],
    ['for two', 'invalid-token', () => forge.signClaims({ aud: [RESOURCE, OTHER_RESOURCE] })],
    ['for a part of its name', 'invalid-token', () => forge.signClaims({ aud: `${RESOURCE}/` })],
    [
      'of Janus itself',
      'invalid-token',
      async () => (await ada.signIn({ mode: 'token' })).answer.body.access_token,
    ],
    ['of another issuer', 'invalid-token', () => forge.signClaims({ iss: 'https://other.example' })],
    ['of another kind', 'invalid-token', () => forge.signHeader({ typ: 'JWT' })],
    ['without a scope', 'invalid-token', () => forge.signClaims({ scope: undefined })],
    ['that is bound to a key', 'invalid-token', () => forge.signClaims({ cnf: { jkt: 'x' } })],
    [
      'past its end',
      'token-expired',
      () => forge.signClaims({ iat: Number(forge.claims.iat) - 900, exp: Number(forge.claims.iat) - 1 }),
    ],
  ])('with a token %s is refused, and challenged', async (_, code, token) => {
    const refused = await call('/mcp', await token())
    expectProblem(refused, 401, code)
    expect(refused.headers.get('WWW-Authenticate')).toBe(`Bearer error="invalid_token", ${CHALLENGE}`)
  })

  it('by the query is nobody', async () => {
    expectProblem(await call(`/mcp?access_token=${forge.token}`), 401, 'authentication-required')
  })

  it('without a scope that is needed is told which, beside what it has, and never to ask for offline_access', async () => {
    const { access_token } = await granted(service, ada, client, { scope: 'notes:read offline_access' })
    for (const refused of [
      await call('/write', access_token),
      await call('/body', access_token, {
        body: 'notes:write',
        headers: { Authorization: `Bearer ${access_token}` },
      }),
    ]) {
      expectProblem(refused, 403, 'forbidden')
      expect(refused.headers.get('WWW-Authenticate')).toBe(`Bearer error="insufficient_scope", ${CHALLENGE}`)
      expect(refused.headers.get('Cache-Control')).toBe('no-store')
    }
    const { access_token: wide } = await granted(service, ada, client, { scope: 'notes:read notes:write' })
    expect((await call('/write', wide)).status).toBe(200)
    expectProblem(await call('/mcp', await forge.signClaims({ scope: 'offline_access' })), 403, 'forbidden')
  })

  it('is held to what the service needs also where it asks the verifier itself', async () => {
    const fetch = (url: string) => service.fetch(new Request(url))
    const terms = { resource: RESOURCE, issuer: service.issuer, scopes: SCOPES, fetch }
    const verifier = createResourceVerifier(terms)
    const { access_token } = await granted(service, ada, client)
    const headers = { authorization: `Bearer ${access_token}` }
    expect(await verifier.authenticate(headers, ['notes:read'])).toMatchObject({ ok: true })
    expect(await verifier.authenticate(headers, SCOPES)).toMatchObject({
      ok: false,
      problem: { status: 403, headers: { 'WWW-Authenticate': expect.stringContaining(CHALLENGE) } },
    })
  })

  it('is told to wait while no keys can be had', async () => {
    const lines: string[] = []
    const fetch = () => Promise.reject(new Error('down'))
    const verifier = createResourceVerifier({
      resource: RESOURCE,
      issuer: service.issuer,
      scopes: SCOPES,
      fetch,
      log: (line) => lines.push(line),
    })
    const verdict = await verifier.authenticate({ authorization: `Bearer ${forge.token}` })
    expect(verdict).toMatchObject({ ok: false, problem: { status: 503, headers: { 'Retry-After': '5' } } })
    expect(lines).toHaveLength(1)
  })
})

describe('what cannot be a protected resource is refused when it is made', () => {
  it.each([
    ['another scheme', { resource: 'http://mcp.example/mcp' }],
    ['a fragment', { resource: `${RESOURCE}#a` }],
    ['a user', { resource: 'https://ada@mcp.example/mcp' }],
    ['another spelling', { resource: 'https://MCP.example/mcp' }],
    ['no scope', { scopes: [] }],
    ['a scope twice', { scopes: ['a', 'a'] }],
    ['offline_access', { scopes: ['notes:read', 'offline_access'] }],
    ['an issuer that cannot be one', { issuer: 'http://auth.example.com' }],
  ])('%s', (_, wrong) => {
    const terms = { resource: RESOURCE, issuer: service.issuer, scopes: SCOPES, ...wrong }
    expect(() => createResourceVerifier(terms)).toThrow(TypeError)
  })

  it('requireScope without protectedResource lets nobody in', async () => {
    const bare = new Hono<ProtectedResourceEnv>().get('/', requireScope('a'), (c) => c.text('in'))
    bare.onError((error, c) => c.text(error.message, 500))
    expect(await (await bare.request('/')).text()).toContain('needs protectedResource')
  })
})
