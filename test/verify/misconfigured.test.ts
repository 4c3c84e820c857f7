import { env, exports } from 'cloudflare:workers'
import { Hono } from 'hono'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import {
  createServiceClient,
  createVerifier,
  type JanusEnv,
  janus,
  type RequestHeaders,
  requireRole,
} from '../../packages/verify/index'
import { expectProblem, type Person, read, signedInPerson } from '../support/person'
import { ownService } from '../support/service'

const ISSUER = 'https://auth.example.com'

/** A token of the right form, signed by nobody. */
const TOKEN = 'eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCIsImtpZCI6ImEifQ.eyJzdWIiOiJhZGEifQ.AAAA'
const BEARER = new Headers({ Authorization: `Bearer ${TOKEN}` })

describe('an issuer that cannot be one', () => {
  const makers = {
    createVerifier: (issuer: string) => createVerifier({ issuer }),
    janus: (issuer: string) => janus({ issuer, service: exports.Janus }),
    createServiceClient: (issuer: string) => createServiceClient({ issuer, service: exports.Janus }),
  }

  it.each(Object.entries(makers))('is refused by %s, with what to write', (name, make) => {
    for (const issuer of [`${ISSUER}/`, `${ISSUER}/?a=b`, `${ISSUER}#`, 'https://AUTH.example.com']) {
      expect(() => make(issuer), issuer).toThrow(
        new TypeError(
          `${name}: issuer must be the ISSUER of Janus, byte for byte: lower-case host, no slash at its end, no query. Here: ${ISSUER}`,
        ),
      )
    }
    expect(() => make(`${ISSUER}/auth/`)).toThrow(`Here: ${ISSUER}/auth`)
    expect(() => make('http://auth.example.com')).toThrow('issuer must be an https:// URL')
    for (const issuer of [ISSUER, `${ISSUER}/auth`, 'http://localhost:8787/auth']) {
      expect(() => make(issuer), issuer).not.toThrow()
    }
  })
})

describe('a verifier that gets no keys', () => {
  const answers: Readonly<Record<string, () => Promise<Response>>> = {
    'TypeError: fetch failed (getaddrinfo ENOTFOUND auth.example.com)': () =>
      Promise.reject(
        new TypeError('fetch failed', { cause: new Error('getaddrinfo ENOTFOUND auth.example.com') }),
      ),
    'the answer was 404': async () => new Response('Not found', { status: 404 }),
    'the answer was 302': async () => Response.redirect('https://elsewhere.example'),
    'the answer, text/html, is no key set': async () =>
      new Response('<p>The shop</p>', { headers: { 'Content-Type': 'text/html' } }),
    'the answer, application/json, is no key set': async () => Response.json({ shop: true }),
  }

  it.each(Object.entries(answers))('says once why: %s', async (why, fetch) => {
    const lines: string[] = []
    let now = 1_800_000_000
    const verifier = createVerifier({
      issuer: ISSUER,
      fetch,
      clock: () => now,
      log: (line) => lines.push(line),
    })
    for (let nth = 0; nth < 3; nth++) {
      const verdict = await verifier.authenticate(BEARER)
      expect(verdict).toMatchObject({
        ok: false,
        problem: { status: 503, body: { code: 'store-unavailable' } },
      })
      now += 60
    }
    expect(lines).toEqual([
      `janus/verify: no keys from ${ISSUER}/.well-known/jwks.json: ${why}. Without keys every token is refused (503). Check that issuer is the ISSUER of Janus, byte for byte, and that this service reaches it.`,
    ])
  })

  it('says it again after it had them', async () => {
    const lines: string[] = []
    let now = 1_800_000_000
    let down = true
    const own = ownService()
    const fetch = async (url: string) =>
      down ? new Response('', { status: 500 }) : own.fetch(new Request(url))
    const issuer = own.issuer
    const verifier = createVerifier({ issuer, fetch, clock: () => now, log: (line) => lines.push(line) })
    for (const next of [true, false, true, true]) {
      down = next
      await verifier.authenticate(BEARER)
      now += 400
    }
    expect(lines).toHaveLength(2)
  })

  it('says it to the console where no log is given', async () => {
    const error = vi.spyOn(console, 'error').mockImplementation(() => {})
    try {
      await createVerifier({ issuer: ISSUER, fetch: async () => new Response('') }).authenticate(BEARER)
      expect(error).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('is no key set'))
      expect(JSON.stringify(error.mock.calls)).not.toContain(TOKEN)
    } finally {
      error.mockRestore()
    }
  })
})

describe('a service binding', () => {
  let person: Person
  beforeAll(async () => {
    person = await signedInPerson({ mode: 'token' })
  })

  it('is asked whatever its types know', async () => {
    const { headers, userId, sessionId } = person
    const service = createServiceClient({ issuer: env.ISSUER, service: exports.Janus as Fetcher })
    const principal = { userId, sessionId }
    expect(await service.authenticate(headers, 'GET')).toMatchObject({ ok: true, principal })
    expect(await service.requireLive(new Headers(headers))).toMatchObject({ ok: true, principal })
    expect(await service.endSession('A'.repeat(22))).toEqual({ ok: true, ended: false })
  })

  it('to another entrypoint lets nobody in, and says once what to check', async () => {
    const lines: string[] = []
    const log = (line: string) => lines.push(line)
    // As the platform answers without `entrypoint`, or with a misspelt one.
    const missing = async (): Promise<never> => {
      throw new TypeError('The RPC receiver does not implement the method "authenticate".')
    }
    const other = { authenticate: missing, requireLive: missing, endSession: missing }
    const service = createServiceClient({ issuer: env.ISSUER, service: other, log })
    const { headers } = person
    for (let nth = 0; nth < 2; nth++) {
      expect(await service.authenticate(headers)).toMatchObject({ ok: false, problem: { status: 503 } })
    }
    expect(await service.endSession('A'.repeat(22))).toMatchObject({ ok: false, problem: { status: 503 } })
    expect(lines).toHaveLength(2)
    expect(lines[0]).toMatch(/^janus\/verify: authenticate\(\) of the service failed: .*authenticate/)
    expect(lines[0]).toContain('entrypoint must be "Janus"')
  })

  it.each([undefined, null, 'yes', {}, { ok: true }, { ok: 1, principal: { userId: 'eve' } }, { ok: false }])(
    'to something that answers %j lets nobody in, and says so',
    async (answer) => {
      const lines: string[] = []
      const other = { authenticate: async () => answer as never, requireLive: async () => answer as never }
      const guard = janus({ issuer: env.ISSUER, service: other, live: true, log: (line) => lines.push(line) })
      const app = new Hono<JanusEnv>().get('/', guard, (c) => c.text('in'))
      expectProblem(await read(await app.request('/', { headers: BEARER })), 503, 'store-unavailable')
      expect(lines).toEqual([expect.stringContaining('something that Janus does not send')])
    },
  )
})

describe('the headers of a request', () => {
  it.each(['session', 'token'] as const)('are taken as node:http has them, in %s mode', async (mode) => {
    const { headers, userId } = await signedInPerson({ mode })
    const [[name = '', value = ''] = []] = Object.entries(headers)
    const lower = name.toLowerCase()
    const service = createServiceClient({ issuer: env.ISSUER, service: exports.Janus })
    const good: Record<string, RequestHeaders> = {
      headers: { host: 'localhost', [lower]: value, 'set-cookie': ['a', 'b'] },
      headersDistinct: { host: ['localhost'], [lower]: [value], missing: undefined },
      'in another case': { [name.toUpperCase()]: value },
      'of HTTP/2': { ':method': 'GET', ':path': '/', [lower]: value },
    }
    for (const [kind, given] of Object.entries(good)) {
      expect([kind, await service.authenticate(given, 'GET')]).toMatchObject([
        kind,
        { principal: { userId } },
      ])
    }
    for (const given of [{}, { [lower]: undefined }, { [lower]: [] }]) {
      expect(await service.authenticate(given)).toMatchObject({
        problem: { body: { code: 'authentication-required' } },
      })
    }
    // What no header can hold is not made into what one can.
    const broken = value.replace('.', '.\n')
    for (const given of [
      { [lower]: [value, value] },
      { [lower]: broken },
      { authorization: 'Bearer a\nb' },
    ]) {
      expect(await service.authenticate(given)).toMatchObject({ ok: false, problem: { status: 401 } })
    }
  })

  it('are taken by a verifier, and a second Authorization is refused', async () => {
    const own = ownService()
    const { headers, userId } = await signedInPerson({ mode: 'token', service: own })
    const verifier = createVerifier({ issuer: own.issuer, fetch: (url) => own.fetch(new Request(url)) })
    const authorization = headers.Authorization ?? ''
    expect(await verifier.authenticate({ authorization })).toMatchObject({ principal: { userId } })
    const twice = await verifier.authenticate({ authorization: [authorization, authorization] })
    expect(twice).toMatchObject({ problem: { body: { code: 'invalid-token' } } })
  })

  it('CSRF-01: tell a foreign page in an object, too', async () => {
    const { headers } = await signedInPerson({ mode: 'session' })
    const service = createServiceClient({ issuer: env.ISSUER, service: exports.Janus })
    const given = { cookie: [headers.Cookie ?? ''], 'sec-fetch-site': 'cross-site' }
    expect(await service.authenticate(given, 'POST')).toMatchObject({
      problem: { body: { code: 'cross-site-request' } },
    })
  })
})

it('ADM-01: requireRole without janus before it lets nobody in, and says what is missing', async () => {
  const error = vi.spyOn(console, 'error').mockImplementation(() => {})
  try {
    const app = new Hono<JanusEnv>().get('/admin', requireRole('admin'), (c) => c.text('in'))
    const answer = await read(await app.request('/admin'))
    expect(answer).toMatchObject({ status: 500, body: { type: 'urn:janus:problem:internal-error' } })
    const missing =
      'requireRole needs janus(…) before it on the same route, because janus(…) authenticates the caller.'
    expect(answer.body.detail).toBe(missing)
    expect(error).toHaveBeenCalledExactlyOnceWith(
      `janus/verify: requireRole('admin') on GET /admin. ${missing}`,
    )
  } finally {
    error.mockRestore()
  }
})
