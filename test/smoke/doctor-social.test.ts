import { expect, it } from 'vitest'
import { checkIssuers } from '../../packages/cli/doctor/check-social.ts'
import { both, examine, set, wrong } from './examine-config.ts'
import { documentedToml, writeOwnToml } from './sample-config.ts'

const ISSUER = 'https://id.acme.example'
const ACME = both(
  set('SOCIAL_PROVIDERS', '"acme"'),
  set('SOCIAL_ACME_ISSUER', `"${ISSUER}"`),
  set('SOCIAL_ACME_CLIENT_ID', '"janus"'),
)

const SECRETS = { secretNames: ['AUTH_SECRET', 'SOCIAL_ACME_CLIENT_SECRET'] }

it.each([
  ['is whole', ACME, SECRETS, []],
  ['lacks its secret', ACME, { secretNames: ['AUTH_SECRET'] }, ['error settings.SOCIAL_ACME_CLIENT_SECRET']],
  [
    'has a committed secret',
    both(ACME, set('SOCIAL_ACME_CLIENT_SECRET', '"hush"')),
    SECRETS,
    ['error settings.SOCIAL_ACME_CLIENT_SECRET'],
  ],
  [
    'lacks TLS',
    both(ACME, set('SOCIAL_ACME_ISSUER', '"http://id.acme.example"')),
    SECRETS,
    ['error settings.SOCIAL_ACME_ISSUER'],
  ],
  [
    'has a bad name',
    both(ACME, set('SOCIAL_PROVIDERS', '"Acme!"')),
    SECRETS,
    ['error settings.SOCIAL_PROVIDERS'],
  ],
])('the doctor, of a provider that %s', async (name, edit, secrets, expected) => {
  const findings = await examine(writeOwnToml(edit(documentedToml('own-host'))), secrets)
  expect(wrong(findings).filter((finding) => finding.startsWith('error'))).toEqual(expected)
  expect(JSON.stringify(findings)).not.toContain('hush')
  const told = JSON.stringify(findings).includes('https://auth.example.com/login/social/acme/callback')
  expect(told).toBe(name === 'is whole' || name === 'has a committed secret')
})

it.each([
  ['names it', () => Response.json({ issuer: ISSUER }), 'ok', 'names this issuer'],
  ['names another', () => Response.json({ issuer: `${ISSUER}/` }), 'error', 'another issuer'],
  ['is missing', () => new Response(null, { status: 404 }), 'error', 'answers 404'],
  ['is no JSON', () => new Response('<html>'), 'error', 'JSON'],
  [
    'does not answer',
    () => Promise.reject(new DOMException('', 'TimeoutError')),
    'error',
    'within 5 seconds',
  ],
])('the doctor, of an issuer whose document %s', async (_, answer, level, text) => {
  const asked: [string, boolean][] = []
  const ask = async (url: string, { signal }: RequestInit) => {
    asked.push([url, signal instanceof AbortSignal])
    return answer()
  }
  const providers = [
    { name: 'acme', issuer: ISSUER },
    { name: 'google', issuer: null },
  ]
  const findings = await checkIssuers({ social: { faults: [], providers } }, ask)
  expect(findings).toMatchObject([{ check: 'settings.SOCIAL_ACME_ISSUER', level }])
  expect(findings[0]?.what).toContain(text)
  expect(asked).toEqual([[`${ISSUER}/.well-known/openid-configuration`, true]])
})
