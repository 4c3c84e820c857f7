import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { resolveSession } from '../../src/sessions/resolve-session'
import { expectProblem, type Person, send, signedInPerson } from '../support/person'
import { copiedSession, createPlace, putCopy, sessionCopy, sessionRow } from '../support/place'

const UNKNOWN_TOKEN = `${'x'.repeat(22)}.${'A'.repeat(43)}`

describe('a session that KV has', () => {
  it('is resolved with one read of KV and none of D1', async () => {
    const here = createPlace()
    const ada = await signedInPerson({ mode: 'session', service: here })
    here.db.calls.length = 0
    here.kv.calls.length = 0
    expect(await here.askApp(ada)).toMatchObject({
      status: 200,
      body: { user_id: ada.userId, session_id: ada.sessionId, mode: 'session', roles: [] },
    })
    expect(here.db.calls).toEqual([])
    expect(here.kv.calls).toEqual([{ operation: 'get', key: `session:${ada.sessionId}` }])
  })

  it('is refused with another secret, and stays', async () => {
    const here = createPlace()
    const ada = await signedInPerson({ mode: 'session', service: here })
    const forged = { headers: { Cookie: `__Host-session=${ada.sessionId}.${'A'.repeat(43)}` } }
    expectProblem(await here.askApp(forged), 401, 'session-ended')
    expect((await here.askApp(ada)).status).toBe(200)
  })

  it.each([
    ['no JSON', '{,}'],
    ['another shape', '{"session":{},"writtenAt":9999999999}'],
    ['an old version', '{"v":1}'],
    ['without a session', '{"session":null,"writtenAt":9999999999}'],
  ])('is read from D1 if the signed copy is %s, and written again', async (_, text) => {
    const here = createPlace()
    const ada = await signedInPerson({ mode: 'session', service: here })
    const good = await copiedSession(ada.sessionId)
    await putCopy(ada.sessionId, text)
    expect((await here.askApp(ada)).status).toBe(200)
    expect(await copiedSession(ada.sessionId)).toEqual({ ...good, writtenAt: expect.any(Number) })
  })
})

describe('a session that KV has not', () => {
  it('is read from D1 once, and written to KV behind the response', async () => {
    const here = createPlace()
    const ada = await signedInPerson({ mode: 'session', service: here })
    const copy = await copiedSession(ada.sessionId)
    await env.SESSIONS.delete(`session:${ada.sessionId}`)

    expect((await here.askApp(ada)).status).toBe(200)
    expect(await copiedSession(ada.sessionId)).toEqual({ ...copy, writtenAt: expect.any(Number) })
    here.db.calls.length = 0
    expect((await here.askApp(ada)).status).toBe(200)
    expect(here.db.calls).toEqual([])
  })

  it('is resolved without waiting for the copy to be written', async () => {
    const here = createPlace()
    const ada = await signedInPerson({ mode: 'session', service: here })
    await env.SESSIONS.delete(`session:${ada.sessionId}`)
    const put = here.kv.hold('put')
    const behind: Promise<unknown>[] = []
    const token = ada.answer.cookies['__Host-session'] ?? ''

    const live = await resolveSession(here.services, token, (work) => behind.push(work))
    expect(live?.session.id).toBe(ada.sessionId)
    await put.reached
    expect(await sessionCopy(ada.sessionId)).toBeNull()
    put.release()
    await Promise.all(behind)
    expect(await sessionCopy(ada.sessionId)).not.toBeNull()
  })

  it.each([
    ['unknown', () => UNKNOWN_TOKEN],
    ['known, with another secret', (id: string) => `${id}.${'A'.repeat(43)}`],
  ])('is refused if it is %s, and nothing is written to KV', async (_, token) => {
    const here = createPlace()
    const ada = await signedInPerson({ mode: 'session', service: here })
    await env.SESSIONS.delete(`session:${ada.sessionId}`)
    here.kv.calls.length = 0
    const forged = { headers: { Cookie: `__Host-session=${token(ada.sessionId)}` } }
    expectProblem(await here.askApp(forged), 401, 'session-ended')
    expect(here.kv.calls.map(({ operation }) => operation)).toEqual(['get'])
  })

  it('is refused without a look at storage if its token is malformed', async () => {
    const here = createPlace()
    const malformed = { headers: { Cookie: '__Host-session=not-a-token' } }
    expectProblem(await here.askApp(malformed), 401, 'session-ended')
    expect(here.kv.calls).toEqual([])
    expect(here.db.calls).toEqual([])
  })

  it('is refused if it is of token mode: its id and any secret open nothing', async () => {
    const here = createPlace()
    const ada = await signedInPerson({ mode: 'token', service: here })
    const forged = { headers: { Cookie: `__Host-session=${ada.sessionId}.${'A'.repeat(43)}` } }
    expectProblem(await here.askApp(forged), 401, 'session-ended')
    expect(await sessionCopy(ada.sessionId)).toBeNull()
  })

  it('PLT-01: is resolved although KV remembers that it was missing', async () => {
    const here = createPlace()
    const elsewhere = createPlace()
    const ada = await signedInPerson({ mode: 'session', service: here })
    const copy = await copiedSession(ada.sessionId)
    await env.SESSIONS.delete(`session:${ada.sessionId}`)
    elsewhere.kv.cacheMisses()
    await elsewhere.askApp(ada)
    expect(await copiedSession(ada.sessionId)).toEqual({ ...copy, writtenAt: expect.any(Number) })

    expect((await elsewhere.askApp(ada)).status).toBe(200)
    elsewhere.kv.catchUp()
    expect((await elsewhere.askApp(ada)).status).toBe(200)
  })
})

describe('INC-16: a session that ends while a request puts its copy into KV', () => {
  /** A request in another place finds no copy, and stands still where it writes one; the session ends meanwhile. */
  async function refillDuring(end: (ada: Person) => Promise<unknown>) {
    const here = createPlace()
    const slow = createPlace()
    const ada = await signedInPerson({ mode: 'session', service: here })
    await env.SESSIONS.delete(`session:${ada.sessionId}`)
    const put = slow.kv.hold('put')
    const asked = slow.askApp(ada)
    await put.reached
    await end(ada)
    return { here, slow, ada, put, asked }
  }

  it.each([
    ['is signed out', (ada: Person) => ada.post('/logout')],
    ['is signed out everywhere', (ada: Person) => ada.post('/logout/all')],
    ['is ended from the list', (ada: Person) => ada.delete(`/sessions/${ada.sessionId}`)],
    ['has its account deleted', (ada: Person) => ada.post('/me/delete', { password: ada.password })],
    ['has its account disabled', disable],
  ])('is not revived when it %s', async (_, end) => {
    const { here, slow, ada, put, asked } = await refillDuring(end)
    put.release()
    await asked
    expect(await sessionCopy(ada.sessionId)).toBeNull()
    expectProblem(await here.askApp(ada), 401, 'session-ended')
    expectProblem(await slow.askApp(ada), 401, 'session-ended')
  })

  it('is swept when the check after the write fails', async () => {
    const { here, slow, ada, put, asked } = await refillDuring((ada) => ada.post('/logout'))
    slow.db.fail()
    put.release()
    expect((await asked).status).toBe(200)
    expect(slow.log).toContainEqual({
      event: 'session-cache-not-written',
      session_id: ada.sessionId,
      store: 'D1',
    })
    expect(await sessionCopy(ada.sessionId)).not.toBeNull()
    expectProblem(await send(here, 'GET', '/me', { headers: ada.headers }), 401, 'session-ended')

    here.ahead = 62
    await here.sweep()
    expect(await sessionCopy(ada.sessionId)).toBeNull()
    expectProblem(await here.askApp(ada), 401, 'session-ended')
  })

  it('is swept, and refused by live routes before, when it ended while its own sign-in was under way', async () => {
    const here = createPlace()
    const slow = createPlace()
    const ada = await signedInPerson({ mode: 'session', service: here })
    const put = slow.kv.hold('put')
    const signingIn = ada.signIn({ service: slow })
    await put.reached
    await ada.post('/logout/all')
    put.release()
    const late = await signingIn
    expect(await sessionRow(late.sessionId)).toMatchObject({ end_reason: 'signed-out-everywhere' })
    expectProblem(await late.get('/me'), 401, 'session-ended')

    here.ahead = 62
    await here.sweep()
    expect(await sessionCopy(late.sessionId)).toBeNull()
    expectProblem(await here.askApp(late), 401, 'session-ended')
  })
})

describe('a KV that fails', () => {
  it('does not keep anyone from signing in', async () => {
    const here = createPlace()
    here.kv.fail('put')
    const ada = await signedInPerson({ mode: 'session', service: here })
    expect(here.log).toContainEqual({
      event: 'session-cache-not-written',
      session_id: ada.sessionId,
      store: 'KV',
    })
    expect((await here.askApp(ada)).status).toBe(200)
    expect(await sessionCopy(ada.sessionId)).toBeNull()

    // The next request after the outage fills it.
    here.kv.recover()
    expect((await here.askApp(ada)).status).toBe(200)
    expect(await sessionCopy(ada.sessionId)).not.toBeNull()
  })

  it('makes no session out of what D1 does not have', async () => {
    const here = createPlace()
    here.kv.fail('get')
    const madeUp = { headers: { Cookie: `__Host-session=${UNKNOWN_TOKEN}` } }
    expectProblem(await here.askApp(madeUp), 401, 'session-ended')
  })
})

function disable({ userId }: Person): Promise<unknown> {
  return env.DB.prepare('UPDATE users SET disabled_at = unixepoch() WHERE id = ?1').bind(userId).run()
}
