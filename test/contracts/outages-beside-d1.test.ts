import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { countSessions, createScene, expectTruthful, OPERATIONS } from '../support/outage-operations'
import { expectProblem, newEmail, PASSWORD, send, signedInPerson } from '../support/person'
import { createPlace, sessionRow } from '../support/place'

/** More calls to one store than any operation makes. */
const MOST_CALLS = 6

const HOWS = ['not-done', 'answer-lost'] as const

describe.each(['session', 'token'] as const)('API-02: an outage of KV in %s mode', (mode) => {
  describe.each(OPERATIONS[mode])('and $name', (operation) => {
    it('is 503 only where the copy of an ended session is left, and all is done', async () => {
      const scene = await createScene(mode)
      scene.here.kv.fail('get', 'put', 'delete')
      const answer = await operation.run(scene)
      scene.here.kv.recover()
      const copies = operation.ends.filter((who) => scene[who].mode === 'session')
      expect(answer.status < 300, answer.text).toBe(copies.length === 0)
      expect(await expectTruthful(scene, operation, answer)).toBe(true)
    })

    it.each(HOWS)('at any one of its calls, %s, leaves the truth, and all is done', async (how) => {
      let reached = true
      for (let n = 1; reached; n++) {
        expect(n, 'calls').toBeLessThanOrEqual(MOST_CALLS)
        const scene = await createScene(mode)
        const { kv } = scene.here
        kv.calls.length = 0
        kv.failNth(n, how)
        const answer = await operation.run(scene)
        reached = kv.calls.length >= n
        kv.recover()
        if (!reached) expect(answer.status, answer.text).toBeLessThan(300)
        expect(await expectTruthful(scene, operation, answer)).toBe(true)
      }
    })
  })
})

describe.each(['session', 'token'] as const)('API-02: an outage of LOGIN_LIMIT in %s mode', (mode) => {
  describe.each(OPERATIONS[mode])('and $name', (operation) => {
    it('is 503 where a password could be guessed, and nothing is done', async () => {
      const scene = await createScene(mode)
      const before = await countSessions(scene.ada)
      scene.limit.down = true
      const answer = await operation.run(scene)
      scene.limit.down = false
      expect(answer.status === 503, answer.text).toBe(operation.limited)
      if (operation.limited) expect(await countSessions(scene.ada)).toBe(before)
      expect(await expectTruthful(scene, operation, answer)).toBe(!operation.limited)
    })
  })
})

describe('API-02: token mode in an isolate that cannot read the signing keys', () => {
  /** Returns a person who signed in elsewhere, and an isolate without keys, in which none can be loaded. */
  async function coldIsolate() {
    const ada = await signedInPerson({ mode: 'token' })
    const here = createPlace()
    here.db.fail(/signing_keys/)
    return { ada, here }
  }

  it('moves no refresh counter, and the token works when they can be read', async () => {
    const { ada, here } = await coldIsolate()
    const before = await sessionRow(ada.sessionId)
    const refresh = () => send(here, 'POST', '/refresh', { body: { refresh_token: ada.refreshToken } })
    for (let again = 0; again < 2; again++) {
      const answer = await refresh()
      expectProblem(answer, 503, 'store-unavailable')
      expect(answer.cookies).toEqual({})
    }
    expect(await sessionRow(ada.sessionId)).toEqual(before)

    here.db.recover()
    // Long after the window in which a token may be repeated: it was not used up.
    here.ahead = 3600
    const refreshed = await refresh()
    expect(refreshed.status, refreshed.text).toBe(200)
    expect(await sessionRow(ada.sessionId)).toMatchObject({ refresh_counter: 1, ended_at: null })
    const headers = { Authorization: `Bearer ${refreshed.body.access_token}` }
    expect((await send(here, 'GET', '/me', { headers })).status).toBe(200)
  })

  it('starts no session by a sign-in, and makes no account', async () => {
    const { ada, here } = await coldIsolate()
    const before = await countSessions(ada)
    const body = { email: ada.email, password: PASSWORD, mode: 'token' }
    const newcomer = { ...body, email: newEmail() }
    const signInTo = (path: string, { email }: { email: string }) =>
      send(here, 'POST', path, { body: { ...body, email } })
    for (const answer of [await signInTo('/login', body), await signInTo('/register', newcomer)]) {
      expectProblem(answer, 503, 'store-unavailable')
      expect(answer.text).not.toMatch(/access_token|refresh_token/)
    }
    expect(await countSessions(ada)).toBe(before)
    const account = env.DB.prepare('SELECT 1 FROM users WHERE email = ?1').bind(newcomer.email)
    expect(await account.first()).toBeNull()

    here.db.recover()
    expect((await signInTo('/login', body)).status).toBe(200)
    expect((await signInTo('/register', newcomer)).status).toBe(201)
  })

  it('changes no password by a session that is to be renewed with a token', async () => {
    const { ada, here } = await coldIsolate()
    const change = { current_password: PASSWORD, new_password: 'seven quiet minutes at sea' }
    const answer = await send(here, 'POST', '/password', { headers: ada.headers, body: change })
    expectProblem(answer, 503, 'store-unavailable')
    expect((await ada.get('/me')).status).toBe(200)
    expect((await ada.signIn()).answer.status).toBe(200)
  })

  it('goes on with sessions, which need no key', async () => {
    const { ada, here } = await coldIsolate()
    const client = await ada.signIn({ mode: 'session', service: here })
    expect((await here.askApp(client)).status).toBe(200)
    expect((await client.post('/logout')).status).toBe(204)
  })
})
