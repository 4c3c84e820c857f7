import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it } from 'vitest'
import { expectProblem, send } from '../support/person'
import {
  ACME,
  goToProvider,
  type Interference,
  type Issued,
  metadata,
  newBrowser,
  newSubject,
  REFRESH_TOKEN,
  type SocialService,
  signInAt,
  socialService,
  tokenSignIn,
} from '../support/providers'
import { stopTime } from '../support/stop-time'

let service: SocialService

beforeEach(async () => {
  service = socialService()
})

async function countOf(table: 'users' | 'sessions' | 'identities'): Promise<number> {
  const row = await env.DB.prepare(`SELECT count(*) AS n FROM ${table}`).first<{ n: number }>()
  return row?.n ?? -1
}

/** Returns everything that exists once somebody is let in. */
async function everything() {
  return [await countOf('users'), await countOf('sessions'), await countOf('identities')]
}

function reasons(): readonly unknown[] {
  return service.log.filter(({ event }) => event === 'social-refused').map(({ reason }) => reason)
}

/** One flaw at a time (OpenID Connect Core §3.1.3.7), and the reason in the log. */
const BENT: Readonly<Record<string, readonly [reason: string, bend: (issued: Issued) => void]>> = {
  'of another issuer': [
    'jwt-claim-comparison-failed',
    ({ claims }) => Object.assign(claims, { iss: 'https://evil.example' }),
  ],
  'for another client': [
    'jwt-claim-comparison-failed',
    ({ claims }) => Object.assign(claims, { aud: 'another' }),
  ],
  'for many, and authorized for another': [
    'jwt-claim-comparison-failed',
    ({ claims }) => Object.assign(claims, { aud: ['janus-at-acme', 'another'], azp: 'another' }),
  ],
  'for many, and authorized for nobody': [
    'jwt-claim-comparison-failed',
    ({ claims }) => Object.assign(claims, { aud: ['janus-at-acme', 'another'] }),
  ],
  'with another nonce': [
    'jwt-claim-comparison-failed',
    ({ claims }) => Object.assign(claims, { nonce: 'another' }),
  ],
  'without a nonce': ['invalid-response', ({ claims }) => Object.assign(claims, { nonce: undefined })],
  'that has expired': [
    'jwt-timestamp-check-failed',
    ({ claims }) => Object.assign(claims, { exp: 1_700_000_000 }),
  ],
  'without an expiry': ['invalid-response', ({ claims }) => Object.assign(claims, { exp: undefined })],
  'without an instant of issue': [
    'invalid-response',
    ({ claims }) => Object.assign(claims, { iat: undefined }),
  ],
  'without a subject': ['invalid-response', ({ claims }) => Object.assign(claims, { sub: undefined })],
  'with a subject that is too long': [
    'subject',
    ({ claims }) => Object.assign(claims, { sub: 'x'.repeat(256) }),
  ],
  // No PostgreSQL keeps it.
  'with a subject that has a NUL': ['subject', ({ claims }) => Object.assign(claims, { sub: 'ada\0' })],
  'signed with a key of nobody': [
    'invalid-response',
    (issued) => Object.assign(issued, { foreignKey: true }),
  ],
  'signed with an unknown key': [
    'key-selection-failed',
    ({ header }) => Object.assign(header, { kid: 'two' }),
  ],
  'without a signature': ['invalid-response', ({ header }) => Object.assign(header, { alg: 'none' })],
  'with a signature that anybody can make': [
    'invalid-response',
    ({ header }) => Object.assign(header, { alg: 'HS256' }),
  ],
  'of another access token': ['at-hash', ({ claims }) => Object.assign(claims, { at_hash: 'another' })],
  'with an extension that is not known': [
    'unsupported-operation',
    ({ header }) => Object.assign(header, { crit: ['x'], x: 1 }),
  ],
}

describe.each(['session', 'token'] as const)('SOC-04, INC-29, CVE-2026-31813: in %s mode', (mode) => {
  it.each(Object.entries(BENT))('refuses an ID token %s', async (_, [reason, bend]) => {
    service.provider.bend = bend
    const before = await everything()
    const answer = await signInAs(mode, newSubject())
    expectProblem(answer, 400, 'social-refused')
    expect(reasons()).toEqual([reason])
    expect(await everything()).toEqual(before)
    expect(answer.cookies).toEqual({})
  })
})

async function signInAs(mode: 'session' | 'token', subject: ReturnType<typeof newSubject>) {
  if (mode === 'token') return (await tokenSignIn(service, { subject })).confirm()
  return signInAt(service, newBrowser(service), { subject })
}

it('SOC-04: accepts the hash of the access token, and UserInfo of the same subject alone', async () => {
  const subject = { ...newSubject(), email: undefined, email_verified: undefined }
  const address = `${subject.sub}@acme.example`
  const userinfo = { email: address, email_verified: true }
  const other = await signInAs('token', { ...subject, userinfo: { ...userinfo, sub: 'another' } } as never)
  expectProblem(other, 400, 'social-refused')
  const own = await signInAs('token', { ...subject, userinfo } as never)
  expect(own).toMatchObject({ status: 201, body: { user: { email: address } } })
})

describe('SOC-01: the answer of a provider', () => {
  it('is taken by the browser that began, once', async () => {
    const ada = newBrowser(service)
    const path = await goToProvider(service, ada, { subject: newSubject() })
    const before = await everything()
    for (const other of [newBrowser(service), await begunBrowser()]) {
      expectProblem(await other.request('GET', path), 400, 'social-refused')
    }
    expect(await everything()).toEqual(before)
    expect((await ada.request('GET', path)).status).toBe(303)
    // The code is used, and if the provider took it again, the attempt is used, too.
    const replayed = newBrowser(service)
    replayed.cookies.set('__Host-social', ada.cookies.get('__Host-social') ?? '')
    expectProblem(await replayed.request('GET', path), 400, 'social-refused')
  })

  it('is taken once, even if the provider lets a code be used again', async () => {
    const ada = newBrowser(service)
    const path = await goToProvider(service, ada, { subject: newSubject() })
    const { provider } = service
    let first: Promise<string> | null = null
    provider.interfere = (url, init) => {
      if (url.pathname !== '/token') return null
      if (first === null) {
        provider.interfere = null
        first = provider.send(url.href, init).then((response) => response.text())
        provider.interfere = again
      }
      return first.then((text) => new Response(text, JSON_TYPE))
    }
    const again = provider.interfere
    const sessions = await countOf('sessions')
    const both = await Promise.all([0, 1].map(() => ada.request('GET', path)))
    expect(both.map(({ status }) => status).sort()).toEqual([303, 400])
    expect(await countOf('sessions')).toBe(sessions + 1)
  })

  it('is refused without a code, with the code of another person, and with parameters twice', async () => {
    const ada = newBrowser(service)
    const mallory = newBrowser(service)
    const path = await goToProvider(service, ada, { subject: newSubject() })
    const other = await goToProvider(service, mallory, { subject: newSubject() })
    const code = (text: string) => new URL(text, service.issuer).searchParams.get('code') ?? ''
    for (const bent of [
      path.replace(/code=[^&]+/, 'code='),
      // The verifier is another one, so the provider refuses the code (RFC 7636).
      path.replace(code(path), code(other)),
      `${path}&code=another`,
    ]) {
      expectProblem(await ada.request('GET', bent), 400, 'social-refused')
    }
  })

  it('is refused after ten minutes, and with a state that was not made here', async () => {
    stopTime()
    const ada = newBrowser(service)
    const path = await goToProvider(service, ada, { subject: newSubject() })
    for (const bent of ['', 'x', 'AAAAAAAA.AAAA.AAAA']) {
      expectProblem(
        await ada.request('GET', path.replace(/state=[^&]+/, `state=${bent}`)),
        401,
        'sign-in-expired',
      )
    }
    service.ahead = 599
    expect((await ada.request('GET', path)).status).toBe(303)
    service.ahead = 600
    expectProblem(await ada.request('GET', path), 401, 'sign-in-expired')
  })

  it('is refused in token mode without the binding of the client that began', async () => {
    const { confirm, forwarded } = await tokenSignIn(service, { subject: newSubject() })
    expect([...forwarded.searchParams.keys()].sort()).toEqual(['code', 'iss', 'state'])
    expectProblem(await confirm({ binding: 'x'.repeat(43) }), 400, 'social-refused')
    // Nor does a browser get a cookie for it.
    const path = `/login/social/acme/callback?${forwarded.searchParams}`
    const browser = await begunBrowser()
    const answer = await browser.request('GET', path)
    expect(answer.status).toBe(303)
    expect(answer.headers.get('Location')).toMatch(/^https:\/\/app\.example\.com\/signed-in\?/)
    expect(answer.cookies).toEqual({})
    expect((await confirm()).status).toBe(201)
  })

  it('leads an app nowhere that is not allowed any more', async () => {
    const { forwarded } = await tokenSignIn(service, { subject: newSubject() })
    const stricter = socialService({ ALLOWED_ORIGINS: 'none' })
    const answer = await send(stricter, 'GET', `/login/social/acme/callback?${forwarded.searchParams}`)
    expectProblem(answer, 400, 'social-refused')
  })

  it('begins only on pages of this site', async () => {
    const headers = { 'Sec-Fetch-Site': 'cross-site' }
    const answer = await send(service, 'POST', '/login/social/acme', { headers, body: {} })
    expectProblem(answer, 403, 'cross-site-request')
  })
})

/** Returns a browser that has begun a sign-in of its own. */
async function begunBrowser() {
  const browser = newBrowser(service)
  await goToProvider(service, browser, { subject: newSubject() })
  return browser
}

const JSON_TYPE = { headers: { 'Content-Type': 'application/json' } }

describe('SOC-05: mix-up', () => {
  it('GHSA-x445-f3h2-j279: refuses an answer at the path of another provider', async () => {
    const ada = newBrowser(service)
    const path = await goToProvider(service, ada, { subject: newSubject() })
    const requests = service.provider.requests.length
    expectProblem(await ada.request('GET', path.replace('/acme/', '/google/')), 400, 'social-refused')
    expect(service.provider.requests).toHaveLength(requests)
  })

  it('refuses an answer that names another issuer, or none where the provider names itself (RFC 9207)', async () => {
    for (const iss of ['iss=https%3A%2F%2Fevil.example', '']) {
      const ada = newBrowser(service)
      const path = await goToProvider(service, ada, { subject: newSubject() })
      expectProblem(await ada.request('GET', path.replace(/iss=[^&]+/, iss)), 400, 'social-refused')
    }
    expect(reasons()).toEqual(['invalid-response', 'invalid-response'])
    expect(service.provider.requests.filter(({ url }) => url.endsWith('/token'))).toEqual([])
  })

  it('refuses discovery that lies about its issuer, or names hosts that are not configured', async () => {
    const lies = [
      metadata('https://evil.example'),
      { ...metadata(ACME), issuer: `${ACME}/` },
      { ...metadata(ACME), token_endpoint: 'https://evil.example/token' },
      { ...metadata(ACME), jwks_uri: 'http://id.acme.example/jwks' },
      { ...metadata(ACME), authorization_endpoint: 'https://evil.example/authorize' },
      { ...metadata(ACME), jwks_uri: undefined },
    ]
    for (const lie of lies) {
      service.provider.interfere = () => Response.json(lie)
      const answer = await send(service, 'POST', '/login/social/acme', { body: { mode: 'session' } })
      expectProblem(answer, 502, 'provider-unavailable')
    }
  })
})

/** The ways in which a provider may answer. */
const HOSTILE: Readonly<Record<string, readonly [reason: string, interference: Interference]>> = {
  'redirects elsewhere': [
    'redirected',
    () => new Response(null, { status: 302, headers: { Location: 'http://127.0.0.1/' } }),
  ],
  fails: ['failed', () => new Response('no', { status: 500 })],
  'sends more than is read': ['too-large', () => new Response('x'.repeat(64 * 1024 + 1), JSON_TYPE)],
  'sends without an end': ['too-large', () => new Response(endless(), JSON_TYPE)],
  'cannot be reached': [
    'unreachable',
    () => {
      throw new TypeError('refused')
    },
  ],
  'does not answer': [
    'timed-out',
    (_, { signal }) =>
      new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason))),
  ],
}

function endless(): ReadableStream {
  return new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(32 * 1024)) })
}

describe('SOC-06: a provider that', () => {
  it.each(Object.entries(HOSTILE))(
    '%s lets nobody in, and is called at no other place',
    async (_, [reason, interference]) => {
      const ada = newBrowser(service)
      const path = await goToProvider(service, ada, { subject: newSubject() })
      service.provider.interfere = (url, init) => (url.pathname === '/token' ? interference(url, init) : null)
      const before = await everything()
      expectProblem(await ada.request('GET', path), 502, 'provider-unavailable')
      expect(await everything()).toEqual(before)
      const { requests } = service.provider
      expect(new Set(requests.map(({ url }) => new URL(url).origin))).toEqual(new Set([ACME]))
      const logged = service.log.filter(({ event }) => event === 'provider-unavailable')
      expect(logged).toMatchObject([{ provider: 'acme', reason }])
    },
  )

  it('issues tokens sees none of them kept, logged or handed on', async () => {
    const subject = newSubject()
    const answer = await signInAs('token', subject)
    expect(answer.status).toBe(201)
    const { results: tables } = await env.DB.prepare(
      "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '_cf%' AND name NOT LIKE 'd1_%'",
    ).all<{ name: string }>()
    const rows = await Promise.all(
      tables.map(({ name }) =>
        env.DB.prepare(`SELECT * FROM ${name}`)
          .all()
          .then(({ results }) => results),
      ),
    )
    const seen = JSON.stringify([rows, service.log, answer.body])
    expect(seen).toContain(subject.sub)
    for (const secret of [REFRESH_TOKEN, 'access.', 'secret-at-acme']) expect(seen).not.toContain(secret)
  })
})

describe('GHSA-8fpg: settings that are at fault', () => {
  it.each([
    [{ SOCIAL_PROVIDERS: 'acme, acme' }, 'SOCIAL_PROVIDERS'],
    [{ SOCIAL_PROVIDERS: 'Acme' }, 'SOCIAL_PROVIDERS'],
    [{ SOCIAL_PROVIDERS: 'confirm' }, 'SOCIAL_PROVIDERS'],
    [{ SOCIAL_ACME_ISSUER: undefined }, 'SOCIAL_ACME_ISSUER'],
    [{ SOCIAL_ACME_ISSUER: 'http://id.acme.example' }, 'SOCIAL_ACME_ISSUER'],
    [{ SOCIAL_ACME_CLIENT_SECRET: '' }, 'SOCIAL_ACME_CLIENT_SECRET'],
    [{ SOCIAL_ACME_DOMAINS: '*' }, 'SOCIAL_ACME_DOMAINS'],
    [{ SOCIAL_GOOGLE_CLIENT_ID: undefined }, 'SOCIAL_GOOGLE_CLIENT_ID'],
    [{ SOCIAL_MICROSOFT_TENANTS: 'everybody' }, 'SOCIAL_MICROSOFT_TENANTS'],
    [{ SOCIAL_APPLE_PRIVATE_KEY: 'not a key' }, 'SOCIAL_APPLE_PRIVATE_KEY'],
  ])('%o serve nothing', async (settings, setting) => {
    expect(() => socialService(settings)).toThrow(`"settings":"${setting}"`)
  })
})
