import { env, exports } from 'cloudflare:workers'
import { Hono } from 'hono'
import { describe, expect, it } from 'vitest'
import {
  createServiceClient,
  createVerifier,
  type JanusEnv,
  janus,
  type RequireRecentOptions,
  requireRecent,
  type Verdict,
} from '../../packages/verify/index'
import { expectProblem, read, send, signedInPerson } from '../support/person'
import { personWithTotp } from '../support/second-factor'
import { ownService } from '../support/service'
import { stopTime } from '../support/stop-time'

const issuer = env.ISSUER
const own = ownService()
const byKeySet = { issuer, fetch: (url: string) => own.fetch(new Request(url)) }

/** Each way an app next to Janus may ask, and the modes that it knows. */
const APPS = [
  ['by the key set', 'token', janus(byKeySet)],
  ['in the same Worker', 'token', janus({ issuer, service: own.callers })],
  ['in the same Worker', 'session', janus({ issuer, service: own.callers })],
  ['over a service binding', 'token', janus({ issuer, service: exports.Janus })],
  ['over a service binding, live', 'session', janus({ issuer, service: exports.Janus, live: true })],
] as const

/** Returns an app whose clock is so many seconds ahead. */
function appOf(guard: ReturnType<typeof janus>, terms: RequireRecentOptions, ahead = 0) {
  const clock = () => Math.floor(Date.now() / 1000) + ahead
  return new Hono<JanusEnv>().post('/orders', guard, requireRecent({ clock, ...terms }), (c) => c.text('in'))
}

const challenge = (rest: string) => `Bearer error="insufficient_user_authentication", ${rest}`

describe.each(APPS)('STP-01: an app that asks %s, in %s mode', (_, mode, guard) => {
  const ask = async (headers: Record<string, string>, terms: RequireRecentOptions, ahead?: number) =>
    read(await appOf(guard, terms, ahead).request('/orders', { method: 'POST', headers }))

  it('lets in who proved who they are a moment ago, and nobody later', async () => {
    stopTime()
    const { headers } = await signedInPerson({ mode })
    expect((await ask(headers, { maxAge: 600 }, 590)).status).toBe(200)
    const refused = await ask(headers, { maxAge: 600 }, 605)
    expectProblem(refused, 401, 'insufficient-user-authentication')
    expect(refused.headers.get('WWW-Authenticate')).toBe(challenge('max_age="600"'))
    expect(refused.body).toMatchObject({ max_age: 600, type: `${issuer}/problems/${refused.body.code}` })
  })

  it('asks for a level, and lets in who has it', async () => {
    const terms = { maxAge: 600, acr: 'urn:janus:2fa' } as const
    const refused = await ask((await signedInPerson({ mode })).headers, terms)
    expectProblem(refused, 401, 'insufficient-user-authentication')
    expect(refused.headers.get('WWW-Authenticate')).toBe(
      challenge('acr_values="urn:janus:2fa", max_age="600"'),
    )
    expect(refused.body).toMatchObject({ max_age: 600, acr_values: 'urn:janus:2fa' })
    const { session } = await personWithTotp(mode)
    expect((await ask(session.headers, terms)).status).toBe(200)
    expect((await ask(session.headers, { maxAge: 600, acr: 'urn:janus:1fa' })).status).toBe(200)
    expect((await ask(session.headers, terms, 700)).status).toBe(401)
  })

  it('refuses nobody and somebody whose session is over as before', async () => {
    expectProblem(await ask({}, { maxAge: 600 }), 401, 'authentication-required')
  })
})

describe('STP-01: without middleware', () => {
  const code = (verdict: Verdict) => (verdict.ok ? 'in' : verdict.problem.body.code)
  const ways = {
    verifier: createVerifier({ ...byKeySet, clock: () => Math.floor(Date.now() / 1000) + own.ahead }),
    'service client': createServiceClient({ issuer, service: own.callers }),
  }

  it.each(['verifier', 'service client'] as const)('a %s says what is to be proven', async (way) => {
    const { headers } = await signedInPerson({ mode: 'token', service: own })
    const ask = (terms: { maxAge: number; acr?: 'urn:janus:2fa' }) =>
      ways[way].requireRecent(headers, terms, 'POST')
    expect(code(await ask({ maxAge: 600 }))).toBe('in')
    expect(code(await ask({ maxAge: 600, acr: 'urn:janus:2fa' }))).toBe('insufficient-user-authentication')
    own.ahead = 605
    const refused = await ask({ maxAge: 600 })
    own.ahead = 0
    expect(refused).toMatchObject({
      ok: false,
      problem: {
        status: 401,
        headers: { 'WWW-Authenticate': challenge('max_age="600"') },
        body: { code: 'insufficient-user-authentication', max_age: 600 },
      },
    })
    expect(code(await ways[way].requireRecent({}, { maxAge: 600 }))).toBe('authentication-required')
  })

  it('a Janus that is older than this client lets nobody in', async () => {
    const { authenticate, requireLive } = own.callers
    const client = createServiceClient({ issuer, service: { authenticate, requireLive }, log: () => {} })
    const { headers } = await signedInPerson({ mode: 'session', service: own })
    expect(code(await client.requireRecent(headers, { maxAge: 600 }, 'POST'))).toBe('store-unavailable')
  })

  it.each([{ maxAge: 0 }, { maxAge: Number.NaN }, { maxAge: 60, acr: 'phr' as 'urn:janus:2fa' }])(
    'terms that mean nothing are an error at once: %o',
    (terms) => expect(() => requireRecent(terms)).toThrow(TypeError),
  )

  it('STP-02: a refresh is no proof', async () => {
    const person = await signedInPerson({ mode: 'token', service: own })
    own.ahead = 605
    const { body } = await send(own, 'POST', '/refresh', { body: { refresh_token: person.refreshToken } })
    const headers = { Authorization: `Bearer ${body.access_token}` }
    const asked = await own.callers.requireRecent(new Headers(headers), { maxAge: 600 }, 'POST')
    own.ahead = 0
    expect(code(asked)).toBe('insufficient-user-authentication')
  })
})
