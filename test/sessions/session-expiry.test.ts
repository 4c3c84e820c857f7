import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it } from 'vitest'
import { type Answer, expectProblem, type Person, send, signedInPerson } from '../support/person'
import { createPlace, type Place, sessionCopy, sessionRow } from '../support/place'
import { stopTime } from '../support/stop-time'

const DAY = 24 * 60 * 60
const IDLE = { session: 7 * DAY, token: 14 * DAY }
const LIFETIME = 30 * DAY

beforeEach(stopTime)

/** Gives what uses a session as its client does who wants to keep it: by its cookie, or by refreshing. */
function user(place: Place, ada: Person): () => Promise<Answer> {
  let refreshToken = ada.refreshToken
  return async () => {
    if (ada.mode === 'session') return place.askApp(ada)
    const answer = await send(place, 'POST', '/refresh', { body: { refresh_token: refreshToken } })
    refreshToken = answer.body.refresh_token ?? refreshToken
    return answer
  }
}

describe.each(['session', 'token'] as const)('SES-04, INC-30: a session in %s mode', (mode) => {
  it('lives while it is used within its idle window', async () => {
    const here = createPlace()
    const ada = await signedInPerson({ mode, service: here })
    const use = user(here, ada)
    here.ahead = IDLE[mode] - 60
    expect((await use()).status).toBe(200)
    // By now it would have been over.
    here.ahead = IDLE[mode] + DAY
    expect((await use()).status).toBe(200)
  })

  it('is over when it was not used for its idle window, although its copy in KV is still there', async () => {
    const here = createPlace()
    const ada = await signedInPerson({ mode, service: here })
    here.ahead = IDLE[mode] + 1
    expectProblem(await user(here, ada)(), 401, 'session-ended')
    expect((await sessionCopy(ada.sessionId)) !== null).toBe(mode === 'session')
    expect(await sessionRow(ada.sessionId)).toMatchObject({ ended_at: null })
  })

  it('is over at its absolute expiry, however steadily it is used', async () => {
    const here = createPlace()
    const ada = await signedInPerson({ mode, service: here })
    const use = user(here, ada)
    for (let day = 3; day < 30; day += 3) {
      here.ahead = day * DAY
      expect((await use()).status, `day ${day}`).toBe(200)
    }
    here.ahead = LIFETIME - 60
    expect((await use()).status).toBe(200)
    expect(await sessionRow(ada.sessionId)).toMatchObject({
      expires_at: Number((await sessionRow(ada.sessionId))?.created_at) + LIFETIME,
    })

    here.ahead = LIFETIME + 1
    expectProblem(await use(), 401, 'session-ended')
    expect((await sessionCopy(ada.sessionId)) !== null).toBe(mode === 'session')
  })

  it('is over for the live check too, and in the list', async () => {
    const here = createPlace()
    const ada = await signedInPerson({ mode, service: here })
    const other = await ada.signIn({ mode: 'token' })
    // As if another isolate had shorter settings: the copy in KV and the token are good for longer than the session.
    const shorten = env.DB.prepare(
      'UPDATE sessions SET idle_expires_at = created_at + 120 WHERE user_id = ?1',
    )
    await shorten.bind(ada.userId).run()
    here.ahead = 121
    expect((await here.askApp(ada)).status).toBe(200)
    expectProblem(await ada.get('/me'), 401, 'session-ended')
    expectProblem(await ada.post('/logout/all'), 401, 'session-ended')
    expectProblem(await other.get('/me'), 401, 'session-ended')

    const current = await ada.signIn()
    const list = await current.get('/sessions')
    expect(list.body.sessions.map(({ id }: { id: string }) => id)).toEqual([current.sessionId])
  })

  it('is over after a time that settings may choose', async () => {
    const here = createPlace({ SESSION_LIFETIME_SECONDS: '600' })
    const ada = await signedInPerson({ mode, service: here })
    const use = user(here, ada)
    here.ahead = 500
    expect((await use()).status).toBe(200)
    here.ahead = 601
    expectProblem(await use(), 401, 'session-ended')
    if (mode === 'token') expectProblem(await here.askApp(ada), 401, 'token-expired')
  })
})

it('token mode: an access token never outlives its session', async () => {
  const here = createPlace({ SESSION_LIFETIME_SECONDS: '600' })
  const ada = await signedInPerson({ mode: 'token', service: here })
  expect(ada.answer.body.expires_in).toBe(600)
  here.ahead = 500
  const renewed = await user(here, ada)()
  expect(renewed.body.expires_in).toBe(100)
  const client = { headers: { Authorization: `Bearer ${renewed.body.access_token}` } }
  here.ahead = 599
  expect((await here.askApp(client)).status).toBe(200)
  here.ahead = 600
  expectProblem(await here.askApp(client), 401, 'token-expired')
})

it('PLT-01: a session with seconds left is over after them, although KV keeps its record for a minute', async () => {
  const here = createPlace({ SESSION_LIFETIME_SECONDS: '120' })
  const ada = await signedInPerson({ mode: 'session', service: here })
  await env.SESSIONS.delete(`session:${ada.sessionId}`)
  here.ahead = 90
  expect((await here.askApp(ada)).status).toBe(200)
  expect(await sessionCopy(ada.sessionId)).not.toBeNull()

  here.ahead = 121
  expectProblem(await here.askApp(ada), 401, 'session-ended')
  expect(await sessionCopy(ada.sessionId)).not.toBeNull()
})

it('a record in KV goes away by itself when its session is over', async () => {
  const ada = await signedInPerson({ mode: 'session' })
  const { keys } = await env.SESSIONS.list({ prefix: `session:${ada.sessionId}` })
  const row = await sessionRow(ada.sessionId)
  const expiration = keys[0]?.expiration ?? 0
  expect(Math.abs(expiration - Number(row?.idle_expires_at))).toBeLessThan(60)
})
