import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { createForge, decodePart } from '../support/forge'
import {
  type Answer,
  clientOf,
  expectProblem,
  PASSWORD,
  type Person,
  send,
  signedInPerson,
} from '../support/person'
import { copiedSession, createPlace, type Place, putCopy, sessionCopy, sessionRow } from '../support/place'
import { stopTime } from '../support/stop-time'

const DAY = 24 * 60 * 60
const IDLE = 7 * DAY

/** Changes the account of a person, as an operator would. */
async function changeUser({ userId }: Person, change: string): Promise<void> {
  await env.DB.prepare(`UPDATE users SET ${change} WHERE id = ?1`).bind(userId).run()
}

const puts = ({ kv }: Place) => kv.calls.filter(({ operation }) => operation === 'put').length

describe.each(['session', 'token'] as const)('an account that changes, in %s mode', (mode) => {
  it('takes its sessions with it when its row is deleted, and the sweep deletes their copies', async () => {
    const here = createPlace()
    const ada = await signedInPerson({ mode, service: here })
    const clients = [ada, await ada.signIn({ mode: 'session' })]
    const eve = await signedInPerson({ mode, service: here })
    await env.DB.prepare('DELETE FROM users WHERE id = ?1').bind(ada.userId).run()

    for (const client of clients) {
      const over = { ended_at: expect.any(Number), end_reason: 'account-deleted', end_context: null }
      expect(await sessionRow(client.sessionId)).toMatchObject(over)
      expectProblem(await client.get('/me'), 401, 'session-ended')
      expectProblem(await client.post('/logout/all'), 401, 'session-ended')
    }
    if (mode === 'token') {
      const body = { refresh_token: ada.refreshToken }
      expectProblem(await send(here, 'POST', '/refresh', { body }), 401, 'session-ended')
    }
    const recorded = await env.DB.prepare(
      `SELECT session_id, reason, actor_id FROM audit_events WHERE subject_id = ?1 AND event = 'session-ended'`,
    )
      .bind(ada.userId)
      .all()
    const ends = clients.map(({ sessionId }) => ({
      session_id: sessionId,
      reason: 'account-deleted',
      actor_id: null,
    }))
    expect(recorded.results).toHaveLength(2)
    expect(recorded.results).toEqual(expect.arrayContaining(ends))

    here.ahead = 62
    await here.sweep()
    for (const client of clients) {
      expect(await sessionCopy(client.sessionId)).toBeNull()
      expect(await sessionRow(client.sessionId)).toBeNull()
      if (client.mode === 'session') expectProblem(await here.askApp(client), 401, 'session-ended')
    }
    expect((await here.askApp(eve)).status).toBe(200)
    expect((await eve.get('/me')).status).toBe(200)
  })

  it.each([
    [
      'a sign-in',
      (ada: Person) =>
        send(ada.service, 'POST', '/login', { body: { email: ada.email, password: PASSWORD, mode } }),
    ],
    [
      'a change of the password',
      (ada: Person) =>
        ada.post('/password', { current_password: PASSWORD, new_password: 'seven quiet minutes at sea' }),
    ],
  ])('%s that raced a change of roles is granted the new ones', async (_, begin) => {
    const here = createPlace()
    const ada = await signedInPerson({ mode, service: here })
    const start = here.db.hold(/INSERT INTO sessions/)
    const begun = begin(ada)
    await start.reached
    await changeUser(ada, `roles = '["admin"]'`)
    start.release()

    const answer = await begun
    expect(answer.status, answer.text).toBe(200)
    expect(answer.body.user.roles).toEqual(['admin'])
    expect(await grantedRoles(answer)).toEqual(['admin'])
    const client = clientOf(here, mode, answer)
    expect(await here.askApp(client)).toMatchObject({ status: 200, body: { roles: ['admin'] } })
    expect((await client.get('/me')).body.user.roles).toEqual(['admin'])
    // What began with the old roles is over.
    expectProblem(await ada.get('/me'), 401, 'session-ended')
  })

  it.each([
    ['disabled', 'disabled_at = unixepoch()'],
    ['given another password', `password_hash = '$other'`],
  ])('begins no session by a sign-in during which it was %s', async (_, change) => {
    const here = createPlace()
    const ada = await signedInPerson({ mode, service: here })
    const sessions = () =>
      env.DB.prepare('SELECT count(*) AS n FROM sessions WHERE user_id = ?1').bind(ada.userId).first('n')
    const before = await sessions()
    const start = here.db.hold(/INSERT INTO sessions/)
    const begun = send(here, 'POST', '/login', { body: { email: ada.email, password: PASSWORD, mode } })
    await start.reached
    await changeUser(ada, change)
    start.release()
    const answer = await begun
    expectProblem(answer, 401, 'invalid-credentials')
    expect(answer.cookies).toEqual({})
    expect(await sessions()).toBe(before)
  })

  const MEANWHILE = [
    ['was given another password', `password_hash = '$other'`],
    ['was disabled', 'disabled_at = unixepoch()'],
  ] as const
  const NEEDS_PASSWORD = [
    [
      'password-changed',
      '/password',
      { current_password: PASSWORD, new_password: 'seven quiet minutes at sea' },
      /UPDATE users SET password_hash/,
    ],
    ['account-deleted', '/me/delete', { password: PASSWORD }, /DELETE FROM users/],
  ] as const
  const races = MEANWHILE.flatMap(([name, change]) =>
    NEEDS_PASSWORD.map(([event, path, body, statement]) => ({ name, change, event, path, body, statement })),
  )

  it.each(races)('is as it was after $path if it $name when the password had been checked', async (race) => {
    const here = createPlace()
    const ada = await signedInPerson({ mode, service: here })
    await ada.signIn()
    const held = here.db.hold(race.statement)
    const asked = ada.post(race.path, race.body)
    await held.reached
    await changeUser(ada, race.change)
    const then = await storedOf(ada)
    held.release()

    expectProblem(await asked, 401, 'invalid-credentials')
    expect(await storedOf(ada)).toEqual(then)
    expect(then.map((rows) => rows.length)).toEqual([1, 2, 2])
    const refusal = await env.DB.prepare(
      `SELECT event, reason FROM audit_events WHERE subject_id = ?1 AND outcome = 'refused'`,
    )
      .bind(ada.userId)
      .all()
    expect(refusal.results).toEqual([{ event: race.event, reason: 'changed-meanwhile' }])
  })

  it('has the roles of D1 in a live check, whatever its credential says', async () => {
    const [here, live] = [createPlace(), createPlace({ LIVE_CHECK: 'always' })]
    const ada = await signedInPerson({ mode })
    let { headers } = ada
    if (mode === 'token') {
      const token = await (await createForge(ada)).signClaims({ roles: ['admin'] })
      headers = { Authorization: `Bearer ${token}` }
    } else {
      await putCopy(
        ada.sessionId,
        JSON.stringify({ ...(await copiedSession(ada.sessionId)), roles: ['admin'] }),
      )
    }
    expect(await here.askApp({ headers })).toMatchObject({ status: 200, body: { roles: ['admin'] } })
    expect(await live.askApp({ headers })).toMatchObject({ status: 200, body: { roles: [] } })
  })
})

/** Returns the rows of an account, of its sessions and of its devices. */
async function storedOf({ userId }: Person): Promise<readonly (readonly unknown[])[]> {
  const found = await env.DB.batch(
    [
      'SELECT * FROM users WHERE id = ?1',
      'SELECT id, ended_at, end_reason FROM sessions WHERE user_id = ?1 ORDER BY id',
      'SELECT id FROM devices WHERE user_id = ?1 ORDER BY id',
    ].map((sql) => env.DB.prepare(sql).bind(userId)),
  )
  return found.map(({ results }) => results)
}

/** Returns the roles in what a sign-in handed out: in the claims of its token, or in the copy of its session. */
async function grantedRoles({ body }: Answer): Promise<unknown> {
  if (body.access_token) return decodePart(body.access_token.split('.')[1]).roles
  return (await copiedSession(body.session.id)).roles
}

describe('a copy that a slide finds wrong', () => {
  /** Returns a person whose session is past half of its idle window. */
  async function pastHalf(): Promise<{ here: Place; ada: Person }> {
    stopTime()
    const here = createPlace()
    const ada = await signedInPerson({ mode: 'session', service: here })
    here.ahead = IDLE / 2 + 60
    here.kv.calls.length = 0
    return { here, ada }
  }

  it('is deleted when the session has ended', async () => {
    const { here, ada } = await pastHalf()
    const end = `UPDATE sessions SET ended_at = unixepoch(), end_reason = 'signed-out' WHERE id = ?1`
    await env.DB.prepare(end).bind(ada.sessionId).run()
    const ended = await sessionRow(ada.sessionId)

    expect((await here.askApp(ada)).status).toBe(200)
    expect(await sessionCopy(ada.sessionId)).toBeNull()
    expect(puts(here)).toBe(0)
    expectProblem(await here.askApp(ada), 401, 'session-ended')
    expect(await sessionRow(ada.sessionId)).toEqual(ended)
  })

  it('is written again after a minute when the write of the slide was lost', async () => {
    const { here, ada } = await pastHalf()
    const old = await sessionCopy(ada.sessionId)
    here.kv.fail('put')
    expect((await here.askApp(ada)).status).toBe(200)
    const slid = await sessionRow(ada.sessionId)
    expect(slid?.idle_expires_at).toBe(Number(slid?.last_seen_at) + IDLE)
    expect(await sessionCopy(ada.sessionId)).toBe(old)

    // Within the minute the copy may only be behind.
    here.kv.recover()
    here.ahead += 30
    expect((await here.askApp(ada)).status).toBe(200)
    expect(await sessionCopy(ada.sessionId)).toBe(old)

    here.ahead += 32
    expect((await here.askApp(ada)).status).toBe(200)
    const { session } = await copiedSession(ada.sessionId)
    expect(session).toMatchObject({ idleExpiresAt: slid?.idle_expires_at, lastSeenAt: slid?.last_seen_at })
    expect(await sessionRow(ada.sessionId)).toEqual(slid)

    here.db.calls.length = 0
    expect((await here.askApp(ada)).status).toBe(200)
    expect(here.db.calls).toEqual([])
  })
})
