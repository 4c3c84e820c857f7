import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import {
  type Answer,
  expectProblem,
  PASSWORD,
  type Person,
  type SignedIn,
  send,
  signedInPerson,
} from '../support/person'
import { createPlace, type Place, sessionCopy, sessionRow } from '../support/place'

const NEW_PASSWORD = 'a quite different sentence'

const ENDS_SESSIONS = /UPDATE sessions SET ended_at/

/** Everything that ends sessions: what it does, and which of the two it ends, its own and another device's. */
const ENDINGS: readonly [string, (ada: Person, other: SignedIn) => Promise<Answer>, ('own' | 'other')[]][] = [
  ['POST /logout', (ada) => ada.post('/logout'), ['own']],
  ['POST /logout/all', (ada) => ada.post('/logout/all'), ['own', 'other']],
  ['POST /logout/all, else', (ada) => ada.post('/logout/all', { keep_current: true }), ['other']],
  ['DELETE /sessions/:id', (ada, other) => ada.delete(`/sessions/${other.sessionId}`), ['other']],
  ['POST /sessions/:id/end', (ada, other) => ada.post(`/sessions/${other.sessionId}/end`), ['other']],
  ['DELETE /sessions/:id, own', (ada) => ada.delete(`/sessions/${ada.sessionId}`), ['own']],
  [
    'POST /password',
    (ada) => ada.post('/password', { current_password: PASSWORD, new_password: NEW_PASSWORD }),
    ['own', 'other'],
  ],
  ['POST /me/delete', (ada) => ada.post('/me/delete', { password: PASSWORD }), ['own', 'other']],
]

/** Returns a person with a session in `mode` and another device in session mode, so that every ending has a copy to delete. */
async function twoDevices(mode: 'session' | 'token') {
  const here = createPlace()
  const ada = await signedInPerson({ mode, service: here })
  const other = await ada.signIn({ mode: 'session' })
  return { here, ada, other }
}

/** Asserts that a session is over everywhere. */
async function expectGone(here: Place, client: SignedIn): Promise<void> {
  expect(await sessionCopy(client.sessionId)).toBeNull()
  if (client.mode === 'session') expectProblem(await here.askApp(client), 401, 'session-ended')
  expectProblem(await client.get('/me'), 401, 'session-ended')
  if (client.mode === 'token') {
    const body = { refresh_token: client.refreshToken }
    expectProblem(await send(here, 'POST', '/refresh', { body }), 401, 'session-ended')
  }
}

describe.each(['session', 'token'] as const)('INC-19: ending sessions in %s mode', (mode) => {
  describe.each(ENDINGS)('by %s', (_, end, ends) => {
    it.each([
      ['write', 'writes'],
      ['end sessions', ENDS_SESSIONS],
    ] as const)('says 503 if D1 cannot %s, and all are still signed in', async (_, what) => {
      const { here, ada, other } = await twoDevices(mode)
      here.db.fail(what)
      expectProblem(await end(ada, other), 503, 'store-unavailable')
      here.db.recover()
      for (const client of [ada, other]) {
        expect((await here.askApp(client)).status).toBe(200)
        expect((await client.get('/me')).status).toBe(200)
      }
      // Neither password nor account has changed.
      expect((await ada.signIn()).answer.status).toBe(200)
    })

    it('says 503 if D1 is down, and all are still signed in', async () => {
      const { here, ada, other } = await twoDevices(mode)
      here.db.fail()
      expectProblem(await end(ada, other), 503, 'store-unavailable')
      here.db.recover()
      for (const client of [ada, other]) expect((await client.get('/me')).status).toBe(200)
    })

    it('says 503 if the answer of D1 is lost; what it did is done, and the sweep finishes it', async () => {
      const { here, ada, other } = await twoDevices(mode)
      here.db.loseAnswers(ENDS_SESSIONS)
      expectProblem(await end(ada, other), 503, 'store-unavailable')
      here.db.recover()
      here.ahead = 62
      await here.sweep()
      for (const which of ends) await expectGone(here, which === 'own' ? ada : other)
    })

    it('says 503 if a copy cannot be deleted from KV; live routes refuse at once, and the sweep finishes it', async () => {
      const { here, ada, other } = await twoDevices(mode)
      const ended = ends.map((which) => (which === 'own' ? ada : other))
      const withCopy = ended.filter((client) => client.mode === 'session')
      here.kv.fail('delete')
      const answer = await end(ada, other)
      if (withCopy.length === 0) expect(answer.status).toBe(204)
      else {
        expectProblem(answer, 503, 'store-unavailable')
        expect(answer.body.detail).toMatch(
          /^The session was ended, but its cached copy could not be deleted yet\. .* will be retried\.$/,
        )
      }
      for (const client of ended) expectProblem(await client.get('/me'), 401, 'session-ended')

      here.kv.recover()
      here.ahead = 62
      await here.sweep()
      for (const client of ended) await expectGone(here, client)
    })

    it('says it was done only if it was', async () => {
      const { here, ada, other } = await twoDevices(mode)
      expect((await end(ada, other)).status).toBeLessThan(300)
      for (const which of ends) await expectGone(here, which === 'own' ? ada : other)
    })
  })
})

describe('INC-19: ending sessions again after a failure', () => {
  it('does not say that others are signed out while KV keeps their copies', async () => {
    const { here, ada, other } = await twoDevices('session')
    here.kv.fail('delete')
    expectProblem(await ada.post('/logout/all', { keep_current: true }), 503, 'store-unavailable')
    expect((await here.askApp(other)).status).toBe(200)

    expectProblem(await ada.post('/logout/all', { keep_current: true }), 503, 'store-unavailable')
    here.kv.recover()
    expect((await ada.post('/logout/all', { keep_current: true })).status).toBe(204)
    expectProblem(await here.askApp(other), 401, 'session-ended')
  })

  it('does not say that this one is signed out while KV keeps its copy', async () => {
    const here = createPlace()
    const ada = await signedInPerson({ mode: 'session', service: here })
    here.kv.fail('delete')
    for (let again = 0; again < 2; again++) {
      expectProblem(await ada.post('/logout'), 503, 'store-unavailable')
    }
    here.kv.recover()
    expect((await ada.post('/logout')).status).toBe(204)
    expectProblem(await here.askApp(ada), 401, 'session-ended')
  })

  it('lets one sign in with the new password after a change that was answered 503', async () => {
    const { here, ada } = await twoDevices('session')
    here.kv.fail('delete')
    const change = { current_password: PASSWORD, new_password: NEW_PASSWORD }
    const answer = await ada.post('/password', change)
    expectProblem(answer, 503, 'store-unavailable')
    expect((await ada.signIn({ password: NEW_PASSWORD })).answer.status).toBe(200)
    const { email } = ada
    const old = await send(here, 'POST', '/login', { body: { email, password: PASSWORD } })
    expectProblem(old, 401, 'invalid-credentials')
  })

  it('makes the client forget its cookie although storage failed', async () => {
    const here = createPlace()
    const ada = await signedInPerson({ mode: 'session', service: here })
    here.db.fail('writes')
    const out = await ada.post('/logout')
    expectProblem(out, 503, 'store-unavailable')
    expect(out.cookies).toEqual({ '__Host-session': '', '__Host-refresh': '' })
  })
})

it('INC-19: an ended session cannot be begun again in D1, by whatever statement', async () => {
  const ada = await signedInPerson({ mode: 'session' })
  await ada.post('/logout')
  const before = await sessionRow(ada.sessionId)
  for (const change of ['ended_at = NULL, end_reason = NULL', 'ended_at = ended_at + 1']) {
    const revive = env.DB.prepare(`UPDATE sessions SET ${change} WHERE id = ?1`).bind(ada.sessionId)
    await expect(revive.run()).rejects.toThrow('an ended session stays ended')
  }
  expect(await sessionRow(ada.sessionId)).toEqual(before)
})
