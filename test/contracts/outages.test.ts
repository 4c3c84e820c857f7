import { describe, expect, it } from 'vitest'
import { countSessions, createScene, expectTruthful, OPERATIONS } from '../support/outage-operations'
import { expectProblem, PASSWORD, send, signedInPerson } from '../support/person'
import { createPlace } from '../support/place'
import { stopTime } from '../support/stop-time'

/** More calls to one store than any operation makes. */
const MOST_CALLS = 6

/** The batches that do what a request asks for. An attempt that is only counted is none of them. */
const WRITES = /\b(INSERT|UPDATE|DELETE)\b/
const WHAT_WAS_ASKED = /\b(?:INSERT INTO|UPDATE|DELETE FROM) (?:users|sessions)\b/

const HOWS = ['not-done', 'answer-lost'] as const

describe.each(['session', 'token'] as const)('API-02: an outage of D1 in %s mode', (mode) => {
  describe.each(OPERATIONS[mode])('and $name', (operation) => {
    it('is 503, and nothing is done', async () => {
      const scene = await createScene(mode)
      const before = await countSessions(scene.ada)
      scene.here.db.fail()
      const answer = await operation.run(scene)
      scene.here.db.recover()
      expectProblem(answer, 503, 'store-unavailable')
      expect(await countSessions(scene.ada)).toBe(before)
      expect(await expectTruthful(scene, operation, answer)).toBe(false)
    })

    it.each(HOWS)('at any one of its calls, %s, is 503, and leaves the truth', async (how) => {
      let reached = true
      for (let n = 1; reached; n++) {
        expect(n, 'calls').toBeLessThanOrEqual(MOST_CALLS)
        const scene = await createScene(mode)
        const before = await countSessions(scene.ada)
        const { db } = scene.here
        db.calls.length = 0
        db.failNth(n, how)
        const answer = await operation.run(scene)
        reached = db.calls.length >= n
        db.recover()
        // What only reads is asked for once more.
        const refused = reached && WRITES.test(db.calls[n - 1] ?? '')
        expect(answer.status === 503, answer.text).toBe(refused)
        const done503 = refused && how === 'answer-lost' && WHAT_WAS_ASKED.test(db.calls[n - 1] ?? '')
        if (refused) expect(/may have been done/.test(answer.body.detail ?? '')).toBe(done503)
        const after = await countSessions(scene.ada)
        const done = await expectTruthful(scene, operation, answer)
        if (!refused) expect(done).toBe(true)
        else if (how === 'not-done') expect([done, after]).toEqual([false, before])
      }
    })
  })

  it.each(HOWS)('at any one of its calls, %s, lets no wrong password in', async (how) => {
    const here = createPlace()
    const ada = await signedInPerson({ mode, service: here })
    const before = await countSessions(ada)
    for (let n = 1; n <= 3; n++) {
      here.db.calls.length = 0
      here.db.failNth(n, how)
      const answer = await send(here, 'POST', '/login', {
        body: { email: ada.email, password: `${n}${PASSWORD}`, mode },
      })
      const reached = here.db.calls.length >= n
      here.db.recover()
      if (reached) expectProblem(answer, 503, 'store-unavailable')
      else expectProblem(answer, 401, 'invalid-credentials')
      expect(answer.cookies).toEqual({})
    }
    expect(await countSessions(ada)).toBe(before)
    expect((await ada.signIn()).answer.status).toBe(200)
  })

  it('while a wrong password is counted: what was counted stays counted', async () => {
    // The first wait is of one second.
    stopTime()
    const here = createPlace()
    const ada = await signedInPerson({ mode, service: here })
    const login = (password: string) =>
      send(here, 'POST', '/login', { body: { email: ada.email, password, mode } })
    // The answer of every attempt is lost, and each counts: five are free.
    here.db.loseAnswers(/INSERT INTO budgets/)
    for (let attempt = 0; attempt < 5; attempt++) {
      expectProblem(await login(`${attempt}${PASSWORD}`), 503, 'store-unavailable')
    }
    here.db.recover()
    expectProblem(await login(PASSWORD), 429, 'too-many-attempts')
    here.ahead = 60
    expect((await login(PASSWORD)).status).toBe(200)
  })
})
