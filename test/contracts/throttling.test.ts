import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { faultyKv } from '../support/faulty-kv'
import {
  countHashes,
  expectThrottled,
  fail,
  failuresOf,
  logIn,
  openSessions,
  stoppedService,
  transcriptOf,
  WRONG,
} from '../support/guessing'
import { expectProblem, newEmail, PASSWORD, send, signedInPerson } from '../support/person'

const NEW_PASSWORD = 'seven quiet minutes at sea'
const DAY = 24 * 60 * 60

describe.each(['session', 'token'] as const)('guessing at one account, in %s mode', (mode) => {
  it('RL-02, INC-4, PLT-01: of 200 guesses at once five are hashed, and KV is not asked', async () => {
    const kv = faultyKv(env.SESSIONS)
    const service = stoppedService({ SESSIONS: kv })
    const ada = await signedInPerson({ mode, service })
    kv.fallBehind()
    kv.calls.length = 0
    const hashes = countHashes()
    const guesses = Array.from({ length: 200 }, () => logIn(service, ada.email, WRONG, mode))
    const answers = await Promise.all(guesses)
    expect(hashes()).toBe(5)
    expect(kv.calls).toEqual([])
    const [refused, throttled] = [401, 429].map((is) => answers.filter(({ status }) => status === is))
    expect([refused?.length, throttled?.length]).toEqual([5, 195])
    for (const answer of refused ?? []) expectProblem(answer, 401, 'invalid-credentials')
    for (const answer of throttled ?? []) expect(expectThrottled(answer)).toBe(1)
  })

  it('RL-02: the right password among 200 guesses at once opens nothing more than one of the five', async () => {
    const service = stoppedService()
    const ada = await signedInPerson({ mode, service })
    const guesses = Array.from({ length: 200 }, (_, index) =>
      logIn(service, ada.email, index === 150 ? PASSWORD : WRONG, mode),
    )
    const statuses = (await Promise.all(guesses)).map(({ status }) => status)
    expect(statuses).not.toContain(200)
    expect(await openSessions(ada.userId)).toBe(1)
  })

  it('RL-01, RL-07: the wait doubles; until it is over even the right password is refused, before any hash', async () => {
    const service = stoppedService()
    const ada = await signedInPerson({ mode, service })
    await fail(service, ada.email, 5, mode)
    const waits = []
    const hashes = countHashes()
    for (let failure = 0; failure < 14; failure++) {
      const wait = expectThrottled(await logIn(service, ada.email, PASSWORD, mode))
      service.ahead += wait - 1
      expect(expectThrottled(await logIn(service, ada.email, PASSWORD, mode))).toBe(1)
      expect(hashes()).toBe(failure)
      service.ahead += 1
      expectProblem(await logIn(service, ada.email, WRONG, mode), 401, 'invalid-credentials')
      expect(hashes()).toBe(failure + 1)
      waits.push(wait)
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900, 900])
    expect(await failuresOf(service, ada.email)).toBe(19)
    expect(await openSessions(ada.userId)).toBe(1)
  })

  it('RL-01, RL-04: the success of somebody unknown takes back nothing but itself', async () => {
    const service = stoppedService()
    const ada = await signedInPerson({ mode, service })
    let failures = 0
    for (const more of [4, 1, 3]) {
      await fail(service, ada.email, more, mode)
      failures += more
      service.ahead += 900
      expect((await logIn(service, ada.email, PASSWORD, mode)).status).toBe(200)
      expect(await failuresOf(service, ada.email)).toBe(failures)
    }
    expectProblem(await logIn(service, ada.email, WRONG, mode), 401, 'invalid-credentials')
    expect(expectThrottled(await logIn(service, ada.email, WRONG, mode))).toBe(16)
  })

  it('RL-01: a changed password, and a disabled account’s right password, leave what strangers did', async () => {
    const service = stoppedService()
    const ada = await signedInPerson({ mode, service })
    await fail(service, ada.email, 4, mode)
    const change = { current_password: PASSWORD, new_password: NEW_PASSWORD }
    expect((await ada.post('/password', change)).status).toBe(200)
    expect(await failuresOf(service, ada.email)).toBe(4)

    await env.DB.prepare('UPDATE users SET disabled_at = 1 WHERE id = ?1').bind(ada.userId).run()
    expectProblem(await logIn(service, ada.email, NEW_PASSWORD, mode), 401, 'invalid-credentials')
    expectThrottled(await logIn(service, ada.email, NEW_PASSWORD, mode))
    expect(await failuresOf(service, ada.email)).toBe(5)
  })

  it.each([
    ['is known', 30, ''],
    ['is disabled', 9, 'UPDATE users SET disabled_at = 1 WHERE id = ?1'],
    ['has no password', 9, 'UPDATE users SET password_hash = NULL WHERE id = ?1'],
  ])(
    'RL-04: an address that %s and one that is unknown give the same transcript',
    async (_, most, change) => {
      const service = stoppedService()
      const ada = await signedInPerson({ mode, service })
      if (change !== '') await env.DB.prepare(change).bind(ada.userId).run()
      const stranger = newEmail()
      let [failures, answers] = [0, 0]
      for (; failures < most; answers++) {
        const [known, unknown] = [
          await logIn(service, ada.email, WRONG, mode),
          await logIn(service, stranger, WRONG, mode),
        ]
        expect([401, 429]).toContain(known.status)
        expect(transcriptOf(known)).toEqual(transcriptOf(unknown))
        if (known.status === 401) failures += 1
        else service.ahead += expectThrottled(known)
      }
      // The failures, and the wait that was told before each that was not free.
      expect(answers).toBe(most + most - 5)
    },
  )

  it('RL-05: a password that is disabled leaves the owner signed in, and refresh working', async () => {
    const service = stoppedService({ MAX_ATTEMPTS: '20', MAX_ATTEMPT_DELAY_SECONDS: '1' })
    const ada = await signedInPerson({ mode, service })
    const phone = await ada.signIn({ mode: 'token' })
    await fail(service, ada.email, 20, mode)
    const wait = expectThrottled(await logIn(service, ada.email, PASSWORD, mode))
    expect(wait).toBeGreaterThan(DAY - 60)

    expect((await ada.get('/me')).body.session.id).toBe(ada.sessionId)
    expect((await ada.patch('/me', { name: 'Ada' })).body.user.name).toBe('Ada')
    expect((await ada.get('/sessions')).body.sessions).toHaveLength(2)
    const refreshed = await send(service, 'POST', '/refresh', { body: { refresh_token: phone.refreshToken } })
    expect(refreshed.status).toBe(200)
    const headers = { Authorization: `Bearer ${refreshed.body.access_token}` }
    expect((await send(service, 'GET', '/me', { headers })).body.session.id).toBe(phone.sessionId)
    expect((await ada.post('/logout')).status).toBe(204)
  })

  it('RL-06, RL-07: a bad choice of a new password, and a body that is not valid, are no attempts', async () => {
    const service = stoppedService()
    const ada = await signedInPerson({ mode, service })
    for (let times = 0; times < 10; times++) {
      const change = { current_password: WRONG, new_password: 'short' }
      expectProblem(await ada.post('/password', change), 422, 'password-refused')
      expectProblem(await ada.post('/me/delete', { password: 7 }), 422, 'invalid-input')
      const body = { email: ada.email, password: WRONG, mode: 'both' }
      expectProblem(await send(service, 'POST', '/login', { body }), 422, 'invalid-input')
    }
    expect(await failuresOf(service, ada.email)).toBe(0)
  })

  it('RL-01: of attempts that are blocked none is counted, or makes the wait longer', async () => {
    const service = stoppedService()
    const ada = await signedInPerson({ mode, service })
    await fail(service, ada.email, 8, mode)
    for (let times = 0; times < 20; times++) {
      expect(expectThrottled(await logIn(service, ada.email, WRONG, mode))).toBe(8)
    }
    expect(await failuresOf(service, ada.email)).toBe(8)
    service.ahead += 8
    expect((await logIn(service, ada.email, PASSWORD, mode)).status).toBe(200)
  })
})

describe('RL-01: a hundred failures', () => {
  it('from a hundred addresses stop the next for a day, whoever makes it, and another account is not slowed down', async () => {
    const service = stoppedService()
    const ada = await signedInPerson({ mode: 'session', service })
    const unknown = newEmail()
    const hashes = countHashes()
    const begun = service.ahead
    await fail(service, ada.email, 100, 'token')
    expect(hashes()).toBe(100)
    // Delays alone take so long, and one failure may be forgotten meanwhile.
    expect(service.ahead - begun).toBeGreaterThan(20 * 3600)
    const wait = expectThrottled(await logIn(service, ada.email, PASSWORD, 'session'))
    expect(wait).toBeGreaterThan(900)
    for (const seconds of [900, wait - 901]) {
      service.ahead += seconds
      await service.sweep()
      expectThrottled(await logIn(service, ada.email, PASSWORD, 'session'))
    }
    expect(hashes()).toBe(100)
    service.ahead += 1
    expectProblem(await logIn(service, ada.email, WRONG, 'session'), 401, 'invalid-credentials')
    expect(expectThrottled(await logIn(service, ada.email, PASSWORD, 'session'))).toBe(DAY)
    expect(hashes()).toBe(101)
    expectProblem(await logIn(service, unknown, PASSWORD, 'session'), 401, 'invalid-credentials')
  })
})
