import { env } from 'cloudflare:workers'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createApp } from '../../src/wiring/app'
import { mailingService } from '../support/mail'
import {
  type Answer,
  deviceOf,
  expectProblem,
  newEmail,
  PASSWORD,
  type Person,
  send,
  signedInPerson,
} from '../support/person'
import { type LoggedEvent, type OwnService, ownService } from '../support/service'

const NEW_PASSWORD = 'another horse battery'

/** Every route, asked for what it does. `person` is the one who asks. */
/** Of the right form, and no more. */
const NO_ASSERTION = {
  id: 'A'.repeat(43),
  response: { clientDataJSON: 'e30', authenticatorData: 'AA', signature: 'AA' },
}
const NO_CREDENTIAL = { id: 'A'.repeat(43), response: { clientDataJSON: 'e30', attestationObject: 'oA' } }

const REQUESTS: Readonly<Record<string, (person: Person) => unknown>> = {
  'GET /': () => undefined,
  'POST /register': ({ mode }) => ({ email: newEmail(), password: NEW_PASSWORD, mode }),
  'POST /login': ({ email, mode }) => ({ email, password: PASSWORD, mode }),
  'POST /login/second-factor': () => ({ code: '000000', pending: `${'A'.repeat(22)}.${'A'.repeat(43)}` }),
  'POST /login/second-factor/passkey/options': () => ({ pending: `${'A'.repeat(22)}.${'A'.repeat(43)}` }),
  'POST /login/second-factor/passkey': () => ({
    credential: NO_ASSERTION,
    pending: `${'A'.repeat(22)}.${'A'.repeat(43)}`,
  }),
  'POST /login/second-factor/recovery': () => ({ pending: `${'A'.repeat(22)}.${'A'.repeat(43)}` }),
  'POST /login/second-factor/recovery/cancel': () => ({ token: 'A'.repeat(43) }),
  'POST /me/second-factor/recovery/cancel': () => ({}),
  'POST /login/second-factor/set-up/totp': () => ({ pending: `${'A'.repeat(22)}.${'A'.repeat(43)}` }),
  'POST /login/second-factor/set-up/totp/confirm': () => ({
    enrolment: 'none',
    code: '000000',
    pending: `${'A'.repeat(22)}.${'A'.repeat(43)}`,
  }),
  'POST /login/second-factor/set-up/passkey/options': () => ({
    pending: `${'A'.repeat(22)}.${'A'.repeat(43)}`,
  }),
  'POST /login/second-factor/set-up/passkey': () => ({
    credential: NO_CREDENTIAL,
    pending: `${'A'.repeat(22)}.${'A'.repeat(43)}`,
  }),
  'POST /login/link': ({ email }) => ({ email }),
  'POST /login/link/confirm': () => ({ token: 'A'.repeat(43), binding: 'A'.repeat(43) }),
  'POST /login/passkey/options': () => ({ binding: 'A'.repeat(43) }),
  'POST /login/passkey': () => ({ credential: NO_ASSERTION, binding: 'A'.repeat(43) }),
  'POST /password/forgot': ({ email }) => ({ email }),
  'POST /password/reset': () => ({ token: 'A'.repeat(43), new_password: NEW_PASSWORD }),
  'POST /email/verify': () => ({ token: 'A'.repeat(43) }),
  'POST /email/verify/resend': ({ email }) => ({ email }),
  'POST /email/change': () => ({ email: newEmail(), password: PASSWORD }),
  'POST /email/change/confirm': () => ({ token: 'A'.repeat(43) }),
  'POST /refresh': ({ refreshToken }) => ({ refresh_token: refreshToken }),
  'GET /.well-known/jwks.json': () => undefined,
  'GET /.well-known/apple-app-site-association': () => undefined,
  'GET /.well-known/assetlinks.json': () => undefined,
  'GET /problems/:code': () => undefined,
  'GET /healthz': () => undefined,
  'GET /readyz': () => undefined,
  'POST /logout': () => undefined,
  'POST /logout/all': () => ({ keep_current: false }),
  'GET /me': () => undefined,
  'PATCH /me': () => ({ name: 'Canary Ada' }),
  'POST /me': () => ({ name: 'Canary Ada' }),
  'POST /me/delete': () => ({ password: PASSWORD }),
  'POST /password': () => ({ current_password: PASSWORD, new_password: NEW_PASSWORD }),
  'GET /me/activity': () => undefined,
  'GET /me/second-factor': () => undefined,
  'GET /reauthenticate': () => undefined,
  'POST /reauthenticate': () => ({ password: PASSWORD }),
  'POST /reauthenticate/second-factor': () => ({ code: '000000' }),
  'POST /reauthenticate/passkey/options': () => ({}),
  'POST /reauthenticate/passkey': () => ({ credential: NO_ASSERTION }),
  'POST /me/totp': () => ({}),
  'POST /me/totp/confirm': () => ({ enrolment: 'x', code: '000000' }),
  'POST /me/second-factor/remove': () => ({}),
  'POST /me/recovery-codes': () => ({}),
  'GET /me/export': () => undefined,
  'GET /sessions': () => undefined,
  'DELETE /sessions/:id': () => undefined,
  'POST /sessions/:id/end': () => undefined,
  'GET /devices': () => undefined,
  'DELETE /devices/:id': () => undefined,
  'POST /devices/:id/forget': () => undefined,
  'GET /passkeys': () => undefined,
  'POST /passkeys/options': () => undefined,
  'POST /passkeys': () => ({ credential: NO_CREDENTIAL }),
  'POST /passkeys/:id/rename': () => ({ name: 'Canary key' }),
  'POST /passkeys/:id/remove': () => undefined,
  'GET /login/social': () => undefined,
  'POST /login/social/:provider': () => ({ mode: 'session' }),
  'GET /login/social/:provider/callback': () => undefined,
  'POST /login/social/:provider/callback': () => ({ state: 'x' }),
  'POST /login/social/confirm': () => ({ state: 'x', binding: 'A'.repeat(43) }),
  'GET /identities': () => undefined,
  'POST /identities/confirm': () => ({ state: 'x', binding: 'A'.repeat(43) }),
  'POST /identities/connect': () => ({ offer: 'x' }),
  'POST /identities/:provider/link': () => undefined,
  'POST /identities/:id/remove': () => undefined,
}

/** Lists routes that do not look at an access token. */
const SIGNS_IN = [
  'POST /register',
  'POST /login',
  'POST /login/second-factor',
  'POST /login/second-factor/passkey/options',
  'POST /login/second-factor/passkey',
  'POST /login/second-factor/recovery',
  'POST /login/second-factor/recovery/cancel',
  'POST /login/second-factor/set-up/totp',
  'POST /login/second-factor/set-up/totp/confirm',
  'POST /login/second-factor/set-up/passkey/options',
  'POST /login/second-factor/set-up/passkey',
  'POST /login/link',
  'POST /login/link/confirm',
  'POST /login/passkey/options',
  'POST /login/passkey',
  'GET /login/social',
  'POST /login/social/:provider',
  'GET /login/social/:provider/callback',
  'POST /login/social/:provider/callback',
  'POST /login/social/confirm',
  'POST /password/forgot',
  'POST /password/reset',
  'POST /email/verify',
  'POST /email/verify/resend',
  'POST /email/change/confirm',
  'POST /refresh',
]

/** Lists routes that answer without storage, keys or passwords, with their status. */
const NEEDS_NOTHING: Readonly<Record<string, number>> = {
  'GET /problems/:code': 200,
  'GET /healthz': 200,
  // No native app is listed here.
  'GET /.well-known/apple-app-site-association': 404,
  'GET /.well-known/assetlinks.json': 404,
  'POST /login/passkey/options': 200,
  // Without a challenge of ours nothing is asked.
  'POST /login/passkey': 400,
  'POST /login/second-factor/passkey': 400,
  'POST /login/second-factor/set-up/passkey': 400,
  'POST /login/second-factor/set-up/totp/confirm': 401,
  // No provider is configured here, and no attempt was begun.
  'GET /login/social': 200,
  'POST /login/social/:provider': 404,
  'GET /login/social/:provider/callback': 401,
  'POST /login/social/:provider/callback': 404,
  'POST /login/social/confirm': 401,
}

/** Lists routes that have nothing to do here: there is no such passkey or second factor, or the address is not proven. */
const NOTHING_TO_DO: Readonly<Record<string, number>> = {
  'POST /me/totp': 409,
  'POST /me/second-factor/remove': 409,
  'POST /me/recovery-codes': 409,
  'POST /reauthenticate/second-factor': 409,
  'POST /reauthenticate/passkey': 400,
  'POST /passkeys': 400,
  'POST /passkeys/:id/rename': 404,
  'POST /passkeys/:id/remove': 404,
  'POST /identities/confirm': 401,
  'POST /identities/connect': 401,
  'POST /identities/:provider/link': 404,
  'POST /identities/:id/remove': 404,
}

function ask(service: OwnService, route: string, person: Person): Promise<Answer> {
  const [method = '', path = ''] = route.split(' ')
  const id = path.startsWith('/devices') ? deviceOf(person).slice(0, 22) : person.sessionId
  const url = path.replace(':id', id).replace(':provider', 'acme').replace(':code', 'not-found')
  const body = REQUESTS[route]?.(person)
  return send(service, method, url === '/' ? '' : url, { headers: person.headers, body })
}

/** Holds the message of a store that fails; none of it may reach a client. */
const OUTAGE = 'D1_ERROR: canary-of-the-store no such table: users: SQLITE_ERROR'

interface Faults {
  /** Returns `true` if the next call to a store fails. */
  failing(store: 'D1' | 'KV'): boolean
}

/** Returns the real database, whose round trips fail when told to. */
function faultyD1(faults: Faults): D1Database {
  const reach = <T>(call: () => Promise<T>): Promise<T> =>
    faults.failing('D1') ? Promise.reject(new Error(OUTAGE)) : call()

  /** In place, so that a batch still takes it for the statement that it is. */
  function faulty(statement: D1PreparedStatement): D1PreparedStatement {
    const { bind, first, all, run } = statement
    return Object.assign(statement, {
      bind: (...values: unknown[]) => faulty(bind.apply(statement, values)),
      first: () => reach(() => first.call(statement)),
      all: () => reach(() => all.call(statement)),
      run: () => reach(() => run.call(statement)),
    })
  }

  return {
    prepare: (sql: string) => faulty(env.DB.prepare(sql)),
    batch: (statements: D1PreparedStatement[]) => reach(() => env.DB.batch(statements)),
  } as D1Database
}

/** Returns the real namespace, whose calls fail when told to. */
function faultyKv(faults: Faults): KVNamespace {
  const reach = <T>(call: () => Promise<T>): Promise<T> =>
    faults.failing('KV') ? Promise.reject(new Error(OUTAGE)) : call()
  return {
    get: (key: string) => reach(() => env.SESSIONS.get(key)),
    put: (key: string, value: string, options?: KVNamespacePutOptions) =>
      reach(() => env.SESSIONS.put(key, value, options)),
    delete: (key: string) => reach(() => env.SESSIONS.delete(key)),
  } as KVNamespace
}

function serviceWith(faults: Faults): OwnService {
  return mailingService({ DB: faultyD1(faults), SESSIONS: faultyKv(faults) })
}

/** Fails if a refusal or the log has anything that belongs to the person, or a refusal anything of the works. */
function expectNothingTold(answer: Answer, log: readonly LoggedEvent[], person: Person): void {
  const secrets = [
    person.email,
    PASSWORD,
    NEW_PASSWORD,
    'Canary',
    person.refreshToken,
    ...Object.values(person.headers).map((header) => header.replace(/^Bearer |^__Host-session=/, '')),
  ].filter((secret) => secret !== '')
  const works = ['canary-of', 'SQLITE', 'SELECT', 'users', '.ts', 'node_modules', '    at ', 'Error:']
  if (answer.status >= 400) {
    for (const word of [...secrets, ...works]) expect(answer.text).not.toContain(word)
  }
  for (const secret of secrets) expect(JSON.stringify(log)).not.toContain(secret)
}

/** Returns the event that tells an operator about this very answer. */
function eventOf(answer: Answer, log: readonly LoggedEvent[]): LoggedEvent | undefined {
  return log.find(({ request_id }) => `urn:uuid:${request_id}` === answer.body?.instance)
}

/** Sessions handed out by an answer that no one would find again. */
async function unknownSessions(answer: Answer): Promise<readonly string[]> {
  const handedOut = [
    answer.cookies['__Host-session']?.split('.')[0],
    answer.body?.access_token && answer.body.session.id,
  ]
  const ids = handedOut.filter((id): id is string => typeof id === 'string' && id !== '')
  const found = await Promise.all(
    ids.map((id) => env.DB.prepare('SELECT id FROM sessions WHERE id = ?1').bind(id).first('id')),
  )
  return ids.filter((id) => !found.includes(id))
}

afterEach(() => {
  vi.restoreAllMocks()
})

it('asks every route there is', () => {
  const registered = createApp(ownService().services).routes.filter(({ method }) => method !== 'ALL')
  const names = new Set(registered.map(({ method, path }) => `${method} ${path}`))
  expect(Object.keys(REQUESTS).sort()).toEqual([...names].sort())
})

describe.each(['session', 'token'] as const)('a failure in %s mode', (mode) => {
  const needing = Object.keys(REQUESTS).filter((route) => !(route in NEEDS_NOTHING))

  it.each(needing)('API-01, API-02: %s is 503 while storage is down, and tells no more', async (route) => {
    const ada = await signedInPerson({ mode })
    const service = serviceWith({ failing: () => true })
    const answer = await ask(service, route, ada)
    expectNothingTold(answer, service.log, ada)
    expect(Object.values(answer.cookies).filter((value) => value !== '')).toEqual([])
    if (route === 'GET /readyz') {
      expect(answer.status).toBe(503)
    } else if (mode === 'session' && route === 'POST /refresh') {
      // There is no refresh token to look up.
      expectProblem(answer, 401, 'invalid-token')
    } else {
      expectProblem(answer, 503, 'store-unavailable')
      expect(eventOf(answer, service.log)).toMatchObject({ event: 'store-unavailable', store: 'D1' })
    }
    expect((await ada.get('/me')).body.user.email).toBe(ada.email)
  })

  it.each(Object.entries(NEEDS_NOTHING))('%s needs no storage', async (route, status) => {
    const ada = await signedInPerson({ mode })
    expect((await ask(serviceWith({ failing: () => true }), route, ada)).status).toBe(status)
  })

  it.each(needing)('API-02: %s fails closed at whichever call to storage fails', async (route) => {
    for (let failingCall = 1; ; failingCall++) {
      const ada = await signedInPerson({ mode })
      let calls = 0
      let failed = false
      const service = serviceWith({
        failing() {
          calls += 1
          failed ||= calls === failingCall
          // A read is tried once more, and then fails again.
          return calls === failingCall || calls === failingCall + 1
        },
      })
      const answer = await ask(service, route, ada)
      if (!failed) break
      expectNothingTold(answer, service.log, ada)
      expect(await unknownSessions(answer)).toEqual([])
      if (answer.status === 503 && route !== 'GET /readyz') {
        expectProblem(answer, 503, 'store-unavailable')
        expect(eventOf(answer, service.log)?.event).toBe('store-unavailable')
      } else if (answer.status >= 400 && route !== 'GET /readyz') {
        expect([401, NOTHING_TO_DO[route]]).toContain(answer.status)
        expectProblem(answer, answer.status, answer.body.code)
      }
      // What was done although a copy in KV was not, the log says.
      if (answer.status < 400) expect(service.log).not.toEqual([])
      expect(failingCall).toBeLessThan(20)
    }
  })

  it.each(needing)('API-01, API-02: %s fails closed when cryptography fails', async (route) => {
    const service = mailingService()
    const ada = await signedInPerson({ mode, service })
    for (const method of ['digest', 'sign', 'verify', 'deriveBits', 'importKey'] as const) {
      vi.spyOn(crypto.subtle, method).mockRejectedValue(
        new DOMException(`canary-of-crypto ${ada.email} ${PASSWORD}`, 'OperationError'),
      )
    }
    const answer = await ask(service, route, ada)
    vi.restoreAllMocks()
    expectNothingTold(answer, service.log, ada)
    expect(Object.values(answer.cookies).filter((value) => value !== '')).toEqual([])
    // The keys are in memory since the sign-in.
    const needsNone = route === 'GET /readyz' || (route === 'GET /.well-known/jwks.json' && mode === 'token')
    if (needsNone) {
      expect(answer.status).toBe(200)
    } else if (mode === 'token' && !SIGNS_IN.includes(route)) {
      // jose takes a verification that fails for one that says no.
      expectProblem(answer, 401, 'invalid-token')
    } else {
      expectProblem(answer, 500, 'internal-error')
      expect(Object.keys(answer.body).sort()).toEqual(['code', 'instance', 'status', 'title', 'type'])
      expect(eventOf(answer, service.log)).toMatchObject({
        event: 'unexpected-error',
        error: expect.any(String),
      })
    }
    expect((await ada.get('/me')).body.user.name).toBeNull()
  })
})

describe('with one store down', () => {
  it('API-02: nobody signs in while D1 is down', async () => {
    const ada = await signedInPerson({ mode: 'session' })
    const service = serviceWith({ failing: (store) => store === 'D1' })
    for (const mode of ['session', 'token']) {
      const body = { email: ada.email, password: ada.password, mode }
      const refusal = await send(service, 'POST', '/login', { body })
      expectProblem(refusal, 503, 'store-unavailable')
      expect(refusal.cookies).toEqual({})
    }
  })

  it('API-02: a sign-in while KV is down is one that D1 knows', async () => {
    const ada = await signedInPerson({ mode: 'session' })
    const service = serviceWith({ failing: (store) => store === 'KV' })
    const again = await ada.signIn({ service })
    expect(await unknownSessions(again.answer)).toEqual([])
    expect((await again.get('/me')).status).toBe(200)
    expect(service.log.map(({ event }) => event)).toContain('session-cache-not-written')
  })

  it('API-02: a sign-out while KV is down says that it is not finished, and is final in D1', async () => {
    const ada = await signedInPerson({ mode: 'session' })
    const service = serviceWith({ failing: (store) => store === 'KV' })
    const answer = await send(service, 'POST', '/logout', { headers: ada.headers })
    expectProblem(answer, 503, 'store-unavailable')
    expect(answer.body.detail).toMatch(/could not be deleted yet/)
    expect(answer.cookies['__Host-session']).toBe('')
    expectProblem(await ada.get('/me'), 401, 'session-ended')
  })
})
