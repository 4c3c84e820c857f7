import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it } from 'vitest'
import { type Answer, expectProblem, type Person, send, signedInPerson } from '../support/person'
import { createPlace, type Place, sessionCopy } from '../support/place'
import { stopTime } from '../support/stop-time'
import { truthOfProject } from '../support/truth'

// The table of docs/explain/staleness.md, row by row and column by column.

const LATER = 62

beforeEach(stopTime)

describe('OUT-02: signed out here, used elsewhere', () => {
  it('session mode: honoured while KV is behind there, refused as soon as it is not', async () => {
    const here = createPlace()
    const elsewhere = createPlace()
    const ada = await signedInPerson({ mode: 'session', service: here })
    elsewhere.kv.fallBehind()
    expect((await elsewhere.askApp(ada)).status).toBe(200)

    expect((await ada.post('/logout')).status).toBe(204)
    expectProblem(await here.askApp(ada), 401, 'session-ended')
    expect((await elsewhere.askApp(ada)).status).toBe(200)

    elsewhere.kv.catchUp()
    expectProblem(await elsewhere.askApp(ada), 401, 'session-ended')
  })

  it('token mode: honoured until the access token expires; refresh is refused at once', async () => {
    const here = createPlace()
    const ada = await signedInPerson({ mode: 'token', service: here })
    await ada.post('/logout')

    expectProblem(await refresh(here, ada.refreshToken), 401, 'session-ended')
    here.ahead = 15 * 60 - 1
    expect((await here.askApp(ada)).status).toBe(200)
    here.ahead = 15 * 60
    expectProblem(await here.askApp(ada), 401, 'token-expired')
  })

  it.each(['session', 'token'] as const)('%s mode, live check: refused at once', async (mode) => {
    const here = createPlace()
    const elsewhere = createPlace()
    const ada = await signedInPerson({ mode, service: here })
    elsewhere.kv.fallBehind()
    await elsewhere.askApp(ada)
    await ada.post('/logout')

    expect((await elsewhere.askApp(ada)).status).toBe(200)
    expectProblem(await changePassword(elsewhere, ada), 401, 'session-ended')
    expectProblem(await me(elsewhere, ada), 401, 'session-ended')
  })
})

describe.each([
  ['account disabled', 'disabled_at = unixepoch()', 'account-disabled'],
  ['role changed', `roles = '["admin"]'`, 'roles-changed'],
])('OUT-02: %s', (_, change, reason) => {
  const apply = (ada: Person) =>
    env.DB.prepare(`UPDATE users SET ${change} WHERE id = ?1`).bind(ada.userId).run()

  it('session mode: honoured until the sweep has deleted the copy in KV, and refused then', async () => {
    const here = createPlace()
    const ada = await signedInPerson({ mode: 'session', service: here })
    await apply(ada)
    expect((await here.askApp(ada)).status).toBe(200)

    here.ahead = LATER
    await here.sweep()
    expect(await sessionCopy(ada.sessionId)).toBeNull()
    expectProblem(await here.askApp(ada), 401, 'session-ended')
  })

  it('token mode: honoured, as it was, until the access token expires; refresh is refused at once', async () => {
    const here = createPlace()
    const ada = await signedInPerson({ mode: 'token', service: here })
    await apply(ada)

    expectProblem(await refresh(here, ada.refreshToken), 401, 'session-ended')
    expect(await here.askApp(ada)).toMatchObject({ status: 200, body: { roles: [] } })
    here.ahead = 15 * 60
    expectProblem(await here.askApp(ada), 401, 'token-expired')
  })

  it.each(['session', 'token'] as const)('%s mode, live check: refused at once', async (mode) => {
    const here = createPlace()
    const ada = await signedInPerson({ mode, service: here })
    await apply(ada)

    expectProblem(await changePassword(here, ada), 401, 'session-ended')
    expectProblem(await me(here, ada), 401, 'session-ended')
    const ended = await env.DB.prepare('SELECT end_reason FROM sessions WHERE id = ?1')
      .bind(ada.sessionId)
      .first('end_reason')
    expect(ended).toBe(reason)
  })
})

it.each(['session', 'token'] as const)(
  'role changed, %s mode: the next sign-in has the role',
  async (mode) => {
    const here = createPlace()
    const ada = await signedInPerson({ mode, service: here })
    await env.DB.prepare(`UPDATE users SET roles = '["admin"]' WHERE id = ?1`).bind(ada.userId).run()
    const again = await ada.signIn()
    expect(await here.askApp(again)).toMatchObject({ status: 200, body: { roles: ['admin'] } })
  },
)

describe('KV down', () => {
  it('session mode: still signed in, for D1 answers', async () => {
    const here = createPlace()
    const ada = await signedInPerson({ mode: 'session', service: here })
    here.kv.fail('get', 'put', 'delete')
    expect(await here.askApp(ada)).toMatchObject({ status: 200, body: { session_id: ada.sessionId } })
    expect((await ada.signIn()).answer.status).toBe(200)
    expect(here.log).toContainEqual({ event: 'session-cache-unavailable', session_id: ada.sessionId })
  })

  it('session mode: a session that has ended is not revived by the outage', async () => {
    const here = createPlace()
    const ada = await signedInPerson({ mode: 'session', service: here })
    await ada.post('/logout')
    here.kv.fail('get')
    expectProblem(await here.askApp(ada), 401, 'session-ended')
  })

  it('token mode: not touched', async () => {
    const here = createPlace()
    const ada = await signedInPerson({ mode: 'token', service: here })
    here.kv.fail('get', 'put', 'delete')
    expect((await here.askApp(ada)).status).toBe(200)
    const renewed = await refresh(here, ada.refreshToken)
    expect(renewed.status).toBe(200)
    const again = { headers: { Authorization: `Bearer ${renewed.body.access_token}` } }
    expect((await here.askApp(again)).status).toBe(200)
    expect((await ada.post('/logout')).status).toBe(204)
    expect(here.kv.calls).toEqual([])
  })

  it.each(['session', 'token'] as const)('%s mode, live check: not touched', async (mode) => {
    const here = createPlace({ LIVE_CHECK: 'always' })
    const ada = await signedInPerson({ mode, service: here })
    here.kv.fail('get', 'put', 'delete')
    expect((await here.askApp(ada)).status).toBe(200)
    expect((await ada.get('/me')).status).toBe(200)
  })
})

describe('KV full', () => {
  it('session mode: signing in works, and so does what follows', async () => {
    const here = createPlace()
    here.kv.fillUp()
    const ada = await signedInPerson({ mode: 'session', service: here })
    expect((await here.askApp(ada)).status).toBe(200)
    expect(await sessionCopy(ada.sessionId)).toBeNull()
    expect((await ada.post('/logout')).status).toBe(204)
    expectProblem(await here.askApp(ada), 401, 'session-ended')
  })
})

describe('D1 down', () => {
  it('session mode: still signed in, for KV answers', async () => {
    const here = createPlace()
    const ada = await signedInPerson({ mode: 'session', service: here })
    here.db.fail()
    expect(await here.askApp(ada)).toMatchObject({ status: 200, body: { user_id: ada.userId } })
  })

  it('token mode: still signed in; refresh 503, and the token is good afterwards', async () => {
    const here = createPlace()
    const ada = await signedInPerson({ mode: 'token', service: here })
    here.db.fail()
    expect((await here.askApp(ada)).status).toBe(200)
    expectProblem(await refresh(here, ada.refreshToken), 503, 'store-unavailable')

    here.db.recover()
    expect((await refresh(here, ada.refreshToken)).status).toBe(200)
  })

  it('token mode: keys that were loaded are used until D1 is back, however old', async () => {
    const here = createPlace()
    const ada = await signedInPerson({ mode: 'token', service: here })
    here.db.fail()
    here.ahead = 10 * 60
    expect((await here.askApp(ada)).status).toBe(200)
    expect(here.log).toContainEqual({ event: 'signing-keys-not-reloaded', store: truthOfProject().store })
  })

  it('token mode: an isolate that has no keys yet cannot tell, and does not say that the token is bad', async () => {
    const ada = await signedInPerson({ mode: 'token' })
    const cold = createPlace()
    cold.db.fail()
    expectProblem(await cold.askApp(ada), 503, 'store-unavailable')
    cold.db.recover()
    expect((await cold.askApp(ada)).status).toBe(200)
  })

  it.each(['session', 'token'] as const)('%s mode, live check: 503, and nothing happens', async (mode) => {
    const here = createPlace()
    const ada = await signedInPerson({ mode, service: here })
    here.db.fail()
    expectProblem(await changePassword(here, ada), 503, 'store-unavailable')
    expectProblem(await me(here, ada), 503, 'store-unavailable')

    here.db.recover()
    expect((await me(here, ada)).status).toBe(200)
    expect((await ada.signIn()).answer.status).toBe(200)
  })

  it.each(['session', 'token'] as const)('%s mode: signing in 503, with no credential', async (mode) => {
    const here = createPlace()
    const ada = await signedInPerson({ mode, service: here })
    here.db.fail()
    const { email, password } = ada
    const answer = await send(here, 'POST', '/login', { body: { email, password, mode } })
    expectProblem(answer, 503, 'store-unavailable')
    expect(answer.cookies).toEqual({})
    expect(answer.body).not.toHaveProperty('access_token')
  })

  it('session mode, KV down as well: 503, and not signed out', async () => {
    const here = createPlace()
    const ada = await signedInPerson({ mode: 'session', service: here })
    here.db.fail()
    here.kv.fail('get')
    const answer = await here.askApp(ada)
    expectProblem(answer, 503, 'store-unavailable')
    expect(answer.cookies).toEqual({})
  })
})

describe.each(['session', 'token'] as const)('LIVE_CHECK=always, %s mode', (mode) => {
  it('makes every route live, for one read of D1 each', async () => {
    const here = createPlace()
    const strict = createPlace({ LIVE_CHECK: 'always' })
    const ada = await signedInPerson({ mode, service: here })
    strict.kv.fallBehind()
    await strict.askApp(ada)

    strict.db.calls.length = 0
    expect((await strict.askApp(ada)).status).toBe(200)
    expect(strict.db.calls).toHaveLength(1)
    // A route that asks for a live session anyway does not ask twice.
    strict.db.calls.length = 0
    expect(
      (await send(strict, 'DELETE', `/sessions/${'A'.repeat(22)}`, { headers: ada.headers })).status,
    ).toBe(404)
    expect(strict.db.calls).toHaveLength(2)

    await ada.post('/logout')
    expectProblem(await strict.askApp(ada), 401, 'session-ended')
    expectProblem(await send(strict, 'GET', '/sessions', { headers: ada.headers }), 401, 'session-ended')
  })

  it('answers 503 on every route when D1 is down', async () => {
    const strict = createPlace({ LIVE_CHECK: 'always' })
    const ada = await signedInPerson({ mode, service: strict })
    strict.db.fail()
    expectProblem(await strict.askApp(ada), 503, 'store-unavailable')
  })
})

function me(place: Place, { headers }: Person): Promise<Answer> {
  return send(place, 'GET', '/me', { headers })
}

function refresh(place: Place, refreshToken: string): Promise<Answer> {
  return send(place, 'POST', '/refresh', { body: { refresh_token: refreshToken } })
}

/** Calls a route that asks for a live session. */
function changePassword(place: Place, { headers, password }: Person): Promise<Answer> {
  const body = { current_password: password, new_password: `${password} again` }
  return send(place, 'POST', '/password', { headers, body })
}
