import { env, exports } from 'cloudflare:workers'
import { Hono } from 'hono'
import { beforeAll, describe, expect, it } from 'vitest'
import { type JanusEnv, janus, requireRole } from '../../packages/verify/index'
import { createForge } from '../support/forge'
import { guardedApp } from '../support/guarded-app'
import { type Answer, type Person, read, signedInPerson } from '../support/person'
import { ownService } from '../support/service'

/** Each way an app next to Janus may ask who is calling. All are asked the same. */
const own = ownService()
const GUARDS = {
  'by the key set': guarded(janus({ issuer: env.ISSUER, fetch: (url) => own.fetch(new Request(url)) })),
  'in the same Worker': guarded(janus({ issuer: env.ISSUER, service: own.callers })),
  'over a service binding': guarded(janus({ issuer: env.ISSUER, service: exports.Janus })),
  'over a service binding, live': guarded(janus({ issuer: env.ISSUER, service: exports.Janus, live: true })),
}

/** Which of them know cookies. */
const WITH_COOKIES = Object.keys(GUARDS).filter((guard) => guard !== 'by the key set')

function guarded(guard: ReturnType<typeof janus>) {
  const app = new Hono<JanusEnv>()
  app.use('/protected', guard)
  app.use('/admin', guard, requireRole('admin'))
  return app.all('/:path', (c) => {
    const { userId, sessionId, mode, roles } = c.var.principal
    return c.json({ user_id: userId, session_id: sessionId, mode, roles })
  })
}

type GuardName = keyof typeof GUARDS

async function ask(guard: GuardName, path: string, init: RequestInit = {}): Promise<Answer> {
  return read(await GUARDS[guard].fetch(new Request(`${env.ISSUER}${path}`, init)))
}

/** Returns the answer of Janus's own guard. */
async function askJanus(init: RequestInit): Promise<Answer> {
  return read(await guardedApp(own).fetch(new Request(`${env.ISSUER}/protected`, init)))
}

/** Returns the part of an answer that a client acts on. */
function essence({ status, headers, body }: Answer) {
  const { instance: _, ...rest } = body
  return {
    status,
    body: rest,
    challenge: headers.get('WWW-Authenticate'),
    type: headers.get('Content-Type')?.replace(/; ?charset=utf-8$/i, ''),
  }
}

let token: Person
let session: Person
let refused: Readonly<Record<string, Record<string, string>>>

beforeAll(async () => {
  token = await signedInPerson({ mode: 'token' })
  session = await signedInPerson({ mode: 'session' })
  const forge = await createForge(token)
  const bearer = (text: string) => ({ Authorization: `Bearer ${text}` })
  const now = Math.floor(Date.now() / 1000)
  const cookie = session.headers.Cookie ?? ''
  refused = {
    'no credential': {},
    'another scheme': { Authorization: 'Basic YTpi' },
    'an empty bearer': { Authorization: 'Bearer ' },
    'a bearer that is no token': bearer('abc'),
    'a token with another signature': bearer(forge.token.replace(/.{8}$/, 'AAAAAAAA')),
    'a token past its end': bearer(await forge.signClaims({ iat: now - 901, exp: now - 1 })),
    'a token for another audience': bearer(await forge.signClaims({ aud: 'https://other.example' })),
    'a token of another issuer': bearer(await forge.signClaims({ iss: 'https://other.example' })),
    'a token that lives too long': bearer(await forge.signClaims({ exp: now + 100_000 })),
    'a token with another typ': bearer(await forge.signHeader({ typ: 'JWT' })),
    'a token of a key that there is not': bearer(await forge.signHeader({ kid: 'nobody' })),
    'a bad bearer beside a good cookie': { ...bearer('abc'), Cookie: cookie },
  }
})

describe.each(Object.keys(GUARDS) as GuardName[])('TOK-11: an app that asks %s', (guard) => {
  it('lets a bearer token in, and knows whose it is', async () => {
    const answer = await ask(guard, '/protected', { headers: token.headers })
    expect(answer.body).toEqual({
      user_id: token.userId,
      session_id: token.sessionId,
      mode: 'token',
      roles: [],
    })
    expect(essence(answer)).toEqual(essence(await askJanus({ headers: token.headers })))
  })

  it.each([
    'no credential',
    'another scheme',
    'an empty bearer',
    'a bearer that is no token',
    'a token with another signature',
    'a token past its end',
    'a token for another audience',
    'a token of another issuer',
    'a token that lives too long',
    'a token with another typ',
    'a token of a key that there is not',
    'a bad bearer beside a good cookie',
  ])('refuses %s as Janus does: the same problem, the same challenge', async (kind) => {
    const headers = refused[kind] ?? {}
    const answer = await ask(guard, '/protected', { headers })
    expect(answer.status).toBe(401)
    expect(essence(answer)).toEqual(essence(await askJanus({ headers })))
    expect(answer.headers.get('Cache-Control')).toBe('no-store')
    expect(answer.body.instance).toMatch(/^urn:uuid:[0-9a-f-]{36}$/)
  })

  it('ADM-01: refuses who lacks the role, and lets in who has it', async () => {
    const admin = await signedInPerson({ mode: 'token' })
    await env.DB.prepare(`UPDATE users SET roles = '["admin"]' WHERE id = ?1`).bind(admin.userId).run()
    const promoted = await admin.signIn({ mode: 'token' })
    expect(await ask(guard, '/admin', { headers: promoted.headers })).toMatchObject({
      status: 200,
      body: { roles: ['admin'] },
    })
    expect(essence(await ask(guard, '/admin', { headers: token.headers }))).toEqual({
      status: 403,
      body: {
        type: `${env.ISSUER}/problems/forbidden`,
        title: 'Permission denied',
        status: 403,
        code: 'forbidden',
        detail: 'This requires the role admin.',
      },
      challenge: null,
      type: 'application/problem+json',
    })
    expect((await ask(guard, '/admin')).status).toBe(401)
  })
})

describe.each(WITH_COOKIES as GuardName[])('CSRF-01: an app that asks %s', (guard) => {
  it.each([
    ['GET', {}, 200],
    ['GET', { 'Sec-Fetch-Site': 'cross-site' }, 200],
    ['POST', {}, 200],
    ['POST', { 'Sec-Fetch-Site': 'same-origin' }, 200],
    ['POST', { 'Sec-Fetch-Site': 'cross-site' }, 403],
    ['DELETE', { 'Sec-Fetch-Site': 'same-site' }, 403],
    ['POST', { Origin: 'https://evil.example' }, 403],
  ])('takes a cookie with %s and %o as Janus does: %i', async (method, from, status) => {
    const headers = { ...session.headers, ...(from as Record<string, string>) }
    const answer = await ask(guard, '/protected', { method, headers })
    expect(answer.status, answer.text).toBe(status)
    if (status === 403) expect(answer.body.code).toBe('cross-site-request')
    else expect(answer.body.user_id).toBe(session.userId)
  })

  it('refuses two session cookies', async () => {
    const headers = { Cookie: `${session.headers.Cookie}; ${session.headers.Cookie}` }
    const answer = await ask(guard, '/protected', { headers })
    expect(essence(answer)).toEqual(essence(await askJanus({ headers })))
    expect(answer.body.code).toBe('session-ended')
  })
})

it('by the key set, a cookie is no credential', async () => {
  const answer = await ask('by the key set', '/protected', { headers: session.headers })
  expect(answer).toMatchObject({ status: 401, body: { code: 'authentication-required' } })
})

describe.each(['session', 'token'] as const)('a session of %s mode that was ended', (mode) => {
  it('is refused at once by a live check, and by Janus alone', async () => {
    const person = await signedInPerson({ mode })
    const other = await person.signIn()
    expect((await ask('over a service binding, live', '/protected', { headers: other.headers })).status).toBe(
      200,
    )
    expect((await person.delete(`/sessions/${other.sessionId}`)).status).toBe(204)
    const answer = await ask('over a service binding, live', '/protected', { headers: other.headers })
    expect(answer).toMatchObject({ status: 401, body: { code: 'session-ended' } })
    expect(answer.headers.get('WWW-Authenticate')).toBe(
      mode === 'token' ? 'Bearer error="invalid_token"' : 'Bearer',
    )
  })
})

it('API-02: a service that is not bound is an error at once, not a weaker check', () => {
  const env = JSON.parse('{}') as { readonly JANUS: typeof own.callers }
  expect(() => janus({ issuer: 'https://auth.example.com', service: env.JANUS })).toThrow(TypeError)
  expect(() => janus({ issuer: 'https://auth.example.com', service: env.JANUS, live: true })).toThrow(
    TypeError,
  )
})

it('API-02: answers 503, and lets nobody in, where the service cannot be reached', async () => {
  const broken = async () => {
    throw new Error('The service is gone')
  }
  for (const live of [false, true]) {
    const service = { authenticate: broken, requireLive: broken }
    const app = guarded(janus({ issuer: env.ISSUER, service, live, log: () => {} }))
    const answer = await read(await app.request('/protected', { headers: token.headers }))
    expect(answer).toMatchObject({ status: 503, body: { code: 'store-unavailable' } })
    expect(answer.headers.get('Retry-After')).toBe('5')
  }
})
