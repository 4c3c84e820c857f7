import { env } from 'cloudflare:workers'
import { Hono } from 'hono'
import { describe, expect, it } from 'vitest'
import { janus } from '../../packages/verify/index'
import { countingService } from '../support/counting'
import { ENDINGS } from '../support/endings'
import { guardedApp } from '../support/guarded-app'
import {
  type Answer,
  expectProblem,
  type Person,
  type SignedIn,
  send,
  signedInPerson,
} from '../support/person'
import { createPlace, type Place, sessionCopy } from '../support/place'
import { stopTime } from '../support/stop-time'

/** Turns the seal on. It adds its seconds in session mode to the table of docs/explain/staleness.md, and nothing else. */
const SEALED = { SEAL_SECONDS: '30' }

const SEAL = '__Host-seal'

/** Returns the headers of a browser that has kept the seal of an answer, too. */
function withSeal({ headers }: Pick<SignedIn, 'headers'>, { cookies }: Pick<Answer, 'cookies'>) {
  return { Cookie: `${headers.Cookie}; ${SEAL}=${cookies[SEAL]}` }
}

/** Returns somebody who has signed in at a place with seals, as their browser is from then on. */
async function sealedPerson(
  settings = {},
): Promise<{ here: Place; person: Person; browser: { headers: { Cookie: string } } }> {
  const here = createPlace({ ...SEALED, ...settings })
  const person = await signedInPerson({ mode: 'session', service: here })
  return { here, person, browser: { headers: withSeal(person, person.answer) } }
}

describe('a seal', () => {
  it('SES-02: comes with the sign-in, beside the session cookie, for SEAL_SECONDS, and out of reach of scripts', async () => {
    stopTime()
    const { person } = await sealedPerson()
    const [seal] = person.answer.headers.getSetCookie().filter((each) => each.startsWith(`${SEAL}=`))
    expect(seal).toMatch(/^__Host-seal=[\w-]+; Max-Age=30; Path=\/; HttpOnly; Secure; SameSite=Lax$/)
  })

  it('keeps the sign-in from waiting for KV, and every request after it from asking any storage', async () => {
    const { service, costsOf } = countingService(SEALED)
    const app = guardedApp(service)
    let person: Person | undefined
    const signIn = await costsOf(async () => {
      person = await signedInPerson({ mode: 'session', service })
    })
    expect([signIn.kvReads, signIn.kvWrites]).toEqual([0, 0])
    if (!person) throw new Error('Nobody signed in')
    const headers = withSeal(person, person.answer)
    // When the database was put back is read once a minute, as for tokens.
    await service.services.restores.lastAt()
    const twenty = await costsOf(() =>
      Promise.all(Array.from({ length: 20 }, () => send(app, 'GET', '/protected', { headers }))),
    )
    expect(twenty).toMatchObject({ d1: 0, kvReads: 0, kvWrites: 0, kvDeletes: 0 })
  })

  it('opens the session in another isolate, while KV and D1 are down there', async () => {
    const { person, browser } = await sealedPerson()
    const elsewhere = createPlace(SEALED)
    elsewhere.kv.fail('get')
    elsewhere.db.fail()
    expect(await elsewhere.askApp(browser)).toMatchObject({
      status: 200,
      body: { user_id: person.userId, session_id: person.sessionId },
    })
    expect((await elsewhere.askApp(person)).status).toBe(503)
  })

  it('is made anew by the request that had to ask, from the copy and from the database', async () => {
    stopTime()
    const { here, person, browser } = await sealedPerson()
    expect(await sessionCopy(person.sessionId)).toBeNull()
    here.ahead = 31
    const fromDatabase = await here.askApp(browser)
    expect(await sessionCopy(person.sessionId)).not.toBeNull()
    const elsewhere = createPlace(SEALED)
    elsewhere.ahead = 31
    const fromCopy = await elsewhere.askApp(person)
    for (const answer of [fromDatabase, fromCopy]) {
      expect(answer.status).toBe(200)
      const third = createPlace(SEALED)
      third.ahead = 32
      third.kv.fail('get')
      third.db.fail()
      expect((await third.askApp({ headers: withSeal(person, answer) })).status).toBe(200)
    }
  })

  it('is not sent again while the browser has one, and not after a refusal', async () => {
    const { here, person, browser } = await sealedPerson({ MEMO_SECONDS: '5' })
    for (let n = 0; n < 2; n++) expect((await here.askApp(browser)).cookies).toEqual({})
    expect(Object.keys((await here.askApp(person)).cookies)).toEqual([SEAL])
    const elsewhere = createPlace(SEALED)
    elsewhere.kv.fallBehind()
    await elsewhere.askApp(person)
    await person.post('/logout')
    const refused = await send(elsewhere, 'GET', '/sessions', { headers: person.headers })
    expectProblem(refused, 401, 'session-ended')
    expect(refused.cookies).toEqual({})
  })

  it('is given by RPC as a header for the app to set, and by the middleware of an app beside Janus', async () => {
    const { here, person, browser } = await sealedPerson()
    const verdict = await here.callers.authenticate(new Headers(person.headers), 'GET')
    expect(verdict).toMatchObject({
      ok: true,
      setCookie: expect.stringMatching(/^__Host-seal=[\w-]+; Max-Age=(29|30); /),
    })
    expect(await here.callers.authenticate(new Headers(browser.headers), 'GET')).not.toHaveProperty(
      'setCookie',
    )
    const hono = new Hono()
      .use(janus({ issuer: here.issuer, service: here.callers }))
      .get('/', (c) => c.text('hello'))
    const app = { issuer: here.issuer, fetch: async (request: Request) => hono.fetch(request) }
    expect(Object.keys((await send(app, 'GET', '/', { headers: person.headers })).cookies)).toEqual([SEAL])
    expect((await send(app, 'GET', '/', { headers: browser.headers })).cookies).toEqual({})
  })

  it('is given by an app beside Janus with no answer that refuses, or sets or clears a cookie of the session', async () => {
    const { here, person } = await sealedPerson()
    const hono = new Hono()
      .use(janus({ issuer: here.issuer, service: here.callers }))
      .get('/refused', (c) => c.text('no', 403))
      .get('/:cookie', (c) =>
        c.body(null, 204, { 'Set-Cookie': `${c.req.param('cookie')}=; Max-Age=0; Path=/` }),
      )
    const app = { issuer: here.issuer, fetch: async (request: Request) => hono.fetch(request) }
    const given = async (path: string) => {
      const { headers } = await send(app, 'GET', path, { headers: person.headers })
      return headers
        .getSetCookie()
        .filter((each) => each.startsWith(`${SEAL}=`) && !each.includes('Max-Age=0'))
    }
    for (const path of ['/refused', '/__Host-session', `/${SEAL}`])
      expect(await given(path), path).toEqual([])
    expect(await given('/another')).toHaveLength(1)
  })

  it('does not exist in token mode, or where SEAL_SECONDS is 0', async () => {
    const token = await signedInPerson({ mode: 'token', service: createPlace(SEALED) })
    expect(token.answer.cookies).not.toHaveProperty(SEAL)
    expect((await token.get('/sessions')).cookies).toEqual({})
    const without = createPlace({ SEAL_SECONDS: '0' })
    const person = await signedInPerson({ mode: 'session', service: without })
    expect(person.answer.cookies).not.toHaveProperty(SEAL)
    expect((await without.askApp(person)).cookies).toEqual({})
    expect(await sessionCopy(person.sessionId)).not.toBeNull()
  })
})

describe('PLT-01: a seal opens nothing', () => {
  const dead = (place: Place) => {
    place.kv.fail('get')
    place.db.fail()
  }

  it('without the session cookie that it was made for, or beside another', async () => {
    const { here, person } = await sealedPerson()
    const eve = await signedInPerson({ mode: 'session', service: here })
    const alone = { headers: { Cookie: `${SEAL}=${person.answer.cookies[SEAL]}` } }
    expectProblem(await here.askApp(alone), 401, 'authentication-required')
    expect((await here.askApp({ headers: withSeal(eve, person.answer) })).body).toMatchObject({
      user_id: eve.userId,
    })
    const [id] = (person.answer.cookies['__Host-session'] ?? '').split('.')
    const [, secret] = (eve.answer.cookies['__Host-session'] ?? '').split('.')
    const mixed = {
      headers: { Cookie: `__Host-session=${id}.${secret}; ${SEAL}=${person.answer.cookies[SEAL]}` },
    }
    expectProblem(await here.askApp(mixed), 401, 'session-ended')
  })

  it.each([
    [
      'changed in one character',
      (seal: string) => seal.slice(0, 90) + (seal[90] === 'A' ? 'B' : 'A') + seal.slice(91),
    ],
    ['cut off', (seal: string) => seal.slice(0, -4)],
    ['that is empty', () => ''],
    ['that is no base64url', () => '%%%'],
    ['sent twice', (seal: string) => `${seal}; ${SEAL}=${seal}`],
  ])('%s', async (_, change) => {
    const { person } = await sealedPerson()
    const elsewhere = createPlace(SEALED)
    const headers = {
      Cookie: `${person.headers.Cookie}; ${SEAL}=${change(person.answer.cookies[SEAL] ?? '')}`,
    }
    expect((await elsewhere.askApp({ headers })).status).toBe(200)
    dead(elsewhere)
    expect((await elsewhere.askApp({ headers })).status).toBe(503)
  })

  it('made with another secret or for another issuer', async () => {
    for (const other of [
      { AUTH_SECRET: 'Zt4Kq8sVw2Yb6Ne9Rc3Hx7Jm1Fp5Gd0Lu_Oi-TaQkWyE' },
      { ISSUER: 'https://evil.example' },
    ]) {
      const { browser } = await sealedPerson(other)
      const here = createPlace(SEALED)
      dead(here)
      expect((await here.askApp(browser)).status).toBe(503)
    }
  })

  it('after a rotation of the secret only as long as the old one is configured', async () => {
    const { browser } = await sealedPerson()
    const next = 'Zt4Kq8sVw2Yb6Ne9Rc3Hx7Jm1Fp5Gd0Lu_Oi-TaQkWyE'
    const both = createPlace({ ...SEALED, AUTH_SECRET: `${next},${env.AUTH_SECRET}` })
    const only = createPlace({ ...SEALED, AUTH_SECRET: next })
    for (const place of [both, only]) dead(place)
    expect([(await both.askApp(browser)).status, (await only.askApp(browser)).status]).toEqual([200, 503])
  })
})

describe('OUT-02: a session that has ended', () => {
  it('is honoured by its seal elsewhere for SEAL_SECONDS, and no longer, however often it is used', async () => {
    stopTime()
    const { person, browser } = await sealedPerson()
    const elsewhere = createPlace({ ...SEALED, MEMO_SECONDS: '10' })
    await person.post('/logout')
    for (elsewhere.ahead = 1; elsewhere.ahead < 29; elsewhere.ahead += 4) {
      const answer = await elsewhere.askApp(browser)
      expect([answer.status, answer.cookies]).toEqual([200, {}])
    }
    elsewhere.ahead = 31
    expectProblem(await elsewhere.askApp(browser), 401, 'session-ended')
  })

  it('gets no seal out of the memo that would last longer than the answer of storage', async () => {
    stopTime()
    const { person } = await sealedPerson()
    const elsewhere = createPlace({ ...SEALED, MEMO_SECONDS: '30' })
    // The first request puts the session into KV, and the second remembers it.
    for (let n = 0; n < 2; n++) expect((await elsewhere.askApp(person)).status).toBe(200)
    await person.post('/logout')
    elsewhere.ahead = 20
    const late = await elsewhere.askApp(person)
    expect(late.headers.getSetCookie()[0]).toMatch(/; Max-Age=(9|10);/)
    const third = createPlace(SEALED)
    third.ahead = 31
    expectProblem(await third.askApp({ headers: withSeal(person, late) }), 401, 'session-ended')
  })

  it('is over at once where SEAL_SECONDS was lowered', async () => {
    stopTime()
    const { person, browser } = await sealedPerson({ SEAL_SECONDS: '300' })
    await person.post('/logout')
    for (const [SEAL_SECONDS, ahead] of [
      ['10', 12],
      ['0', 1],
    ] as const) {
      const lower = createPlace({ SEAL_SECONDS })
      lower.ahead = ahead
      expectProblem(await lower.askApp(browser), 401, 'session-ended')
    }
  })

  it.each(ENDINGS)(
    'is refused here at once after %s, seal or not, and its browser is given no seal of it',
    async (_, end) => {
      const { here, person, browser } = await sealedPerson()
      const answer = await end(person)
      expect(answer.status).toBeLessThan(300)
      expectProblem(await here.askApp(browser), 401, 'session-ended')
      const seal = answer.cookies[SEAL]
      const session = answer.cookies['__Host-session']
      // A new session has a seal of its own; nothing else has one.
      if (session)
        expect(
          (await here.askApp({ headers: { Cookie: `__Host-session=${session}; ${SEAL}=${seal}` } })).status,
        ).toBe(200)
      else expect(seal ?? '').toBe('')
    },
  )

  it('is forgotten with its seal by the browser that signs out', async () => {
    const { here, browser } = await sealedPerson()
    const answer = await send(here, 'POST', '/logout', { headers: browser.headers })
    expect(answer.cookies).toMatchObject({ '__Host-session': '', [SEAL]: '' })
  })

  it('is refused at once by a live check, whatever its seal says', async () => {
    const { person, browser } = await sealedPerson()
    const elsewhere = createPlace(SEALED)
    const always = createPlace({ ...SEALED, LIVE_CHECK: 'always' })
    await person.post('/logout')
    expectProblem(
      await send(elsewhere, 'GET', '/sessions', { headers: browser.headers }),
      401,
      'session-ended',
    )
    expectProblem(await always.askApp(browser), 401, 'session-ended')
    const live = await elsewhere.callers.requireLive(new Headers(browser.headers), 'GET')
    expect(live).toMatchObject({ ok: false, problem: { body: { code: 'session-ended' } } })
  })

  it('is not brought back by a seal after the database was', async () => {
    const { here, browser } = await sealedPerson()
    const elsewhere = createPlace(SEALED)
    const lastAt = elsewhere.services.restores.lastAt
    elsewhere.services.restores.lastAt = async () => here.services.clock() + 1
    elsewhere.kv.fail('get')
    elsewhere.db.fail()
    expect((await elsewhere.askApp(browser)).status).toBe(503)
    elsewhere.services.restores.lastAt = lastAt
  })
})

describe('a session that is used', () => {
  it('slides as it would without seals, and lasts no longer', async () => {
    stopTime()
    const { here, person, browser } = await sealedPerson({ SEAL_SECONDS: '300', SESSION_IDLE_SECONDS: '120' })
    const idleExpiresAt = () =>
      env.DB.prepare('SELECT idle_expires_at FROM sessions WHERE id = ?1')
        .bind(person.sessionId)
        .first<number>('idle_expires_at')
    const before = (await idleExpiresAt()) ?? 0
    here.ahead = 70
    expect((await here.askApp(browser)).status).toBe(200)
    expect(await idleExpiresAt()).toBeGreaterThan(before + 60)
    const short = await sealedPerson({ SEAL_SECONDS: '300', SESSION_LIFETIME_SECONDS: '120' })
    short.here.ahead = 121
    expectProblem(await short.here.askApp(short.browser), 401, 'session-ended')
  })

  it('is signed in at once though KV is late or has cached that there is no copy', async () => {
    const { person, browser } = await sealedPerson()
    for (const fault of ['fallBehind', 'cacheMisses'] as const) {
      const elsewhere = createPlace(SEALED)
      elsewhere.kv[fault]()
      for (const client of [person, browser]) expect((await elsewhere.askApp(client)).status).toBe(200)
      elsewhere.ahead = 31
      expect((await elsewhere.askApp(browser)).status).toBe(200)
    }
  })
})
