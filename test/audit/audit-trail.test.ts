import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { stoppedService } from '../support/guessing'
import { clientOf, newEmail, PASSWORD, type Person, send, signedInPerson } from '../support/person'
import { ownService } from '../support/service'
import { askRecorded, recordedDuring, type TrailRow } from '../support/trail'

const janus = ownService({ LOG_SUCCESS_PERCENT: '100' })

const WRONG = 'not the horse battery'
const NEW_PASSWORD = 'another horse battery'

/** The row of something that the database did by itself. */
const BY_ITSELF = { actor_id: null, address: null, country: null, user_agent: null, request_id: null }

/** Returns the whole of a row, but for its place and time, which are looked at as well. */
function row(event: string, fields: Partial<TrailRow>): Record<string, unknown> {
  return {
    seq: expect.any(Number),
    at: expect.toSatisfy((at: number) => Math.abs(at - Date.now() / 1000) < 300, 'a time just now'),
    event,
    outcome: 'success',
    reason: null,
    actor_id: null,
    subject_id: null,
    account_key: null,
    session_id: null,
    mode: null,
    chain_hash: null,
    source_salt: null,
    source_digest: null,
    ...fields,
  }
}

/** Returns whoever did it to their own account. */
function byOwner(ada: Person, fields: Partial<TrailRow> = {}): Partial<TrailRow> {
  return {
    actor_id: ada.userId,
    subject_id: ada.userId,
    session_id: ada.sessionId,
    mode: ada.mode,
    ...fields,
  }
}

function accountKeyOf(email: string): Promise<string> {
  return janus.services.accountKeys(email)
}

function setUser(ada: Person, assignment: string): Promise<unknown> {
  return env.DB.prepare(`UPDATE users SET ${assignment} WHERE id = ?1`).bind(ada.userId).run()
}

describe.each(['session', 'token'] as const)('the audit trail, in %s mode', (mode) => {
  const person = () => signedInPerson({ mode, service: janus })

  it('AUD-01: has a registration once', async () => {
    const body = { email: newEmail(), password: PASSWORD, mode }
    const { answer, rows, from } = await askRecorded(janus, 'POST', '/register', { body })
    expect(answer.status).toBe(201)
    const [subject_id, session_id] = [answer.body.user.id, answer.body.session.id]
    expect(rows).toEqual([
      row('account-registered', { actor_id: subject_id, subject_id, session_id, mode, ...from }),
    ])
  })

  it('AUD-01: has a sign-in once', async () => {
    const ada = await person()
    const body = { email: ada.email, password: PASSWORD, mode }
    const { answer, rows, from } = await askRecorded(janus, 'POST', '/login', { body })
    expect(answer.status).toBe(200)
    const session_id = answer.body.session.id
    expect(rows).toEqual([row('signed-in', { ...byOwner(ada), session_id, ...from })])
  })

  it('AUD-01: has what a sign-in ended: the session it replaced', async () => {
    const ada = await signedInPerson({ mode: 'session', service: janus })
    const body = { email: ada.email, password: PASSWORD, mode }
    const { answer, rows, from } = await askRecorded(janus, 'POST', '/login', { body, headers: ada.headers })
    const session_id = answer.body.session.id
    expect(rows).toEqual([
      row('signed-in', { ...byOwner(ada, { session_id, mode }), ...from }),
      row('session-ended', { ...byOwner(ada), reason: 'replaced-by-sign-in', ...from }),
    ])
  })

  it.each([
    ['wrong-password', async () => {}],
    ['no-password', (ada: Person) => setUser(ada, 'password_hash = NULL')],
    ['unusable-hash', (ada: Person) => setUser(ada, "password_hash = '$unknown$x'")],
  ])('AUD-01: has a refused sign-in once: %s', async (reason, prepare) => {
    const ada = await person()
    await prepare(ada)
    const body = { email: ada.email, password: WRONG, mode }
    const { answer, rows, from } = await askRecorded(janus, 'POST', '/login', { body })
    expect(answer.status).toBe(401)
    expect(`urn:uuid:${from.request_id}`).toBe(answer.body.instance)
    const account_key = await accountKeyOf(ada.email)
    const subject_id = ada.userId
    expect(rows).toEqual([row('signed-in', { outcome: 'refused', reason, subject_id, account_key, ...from })])
  })

  it('AUD-01: has a refused sign-in once: account-disabled', async () => {
    const ada = await person()
    await setUser(ada, 'disabled_at = unixepoch()')
    const body = { email: ada.email, password: PASSWORD, mode }
    const { answer, rows, from } = await askRecorded(janus, 'POST', '/login', { body })
    expect(`urn:uuid:${from.request_id}`).toBe(answer.body.instance)
    const account_key = await accountKeyOf(ada.email)
    const refused = { outcome: 'refused', reason: 'account-disabled', subject_id: ada.userId }
    expect(rows).toEqual([row('signed-in', { ...refused, account_key, ...from })])
  })

  it('AUD-01: has a sign-in at an address without account once, and not the address', async () => {
    const email = newEmail()
    const body = { email, password: PASSWORD, mode }
    const { answer, rows, from } = await askRecorded(janus, 'POST', '/login', { body })
    expect(`urn:uuid:${from.request_id}`).toBe(answer.body.instance)
    const account_key = await accountKeyOf(email)
    expect(rows).toEqual([
      row('signed-in', { outcome: 'refused', reason: 'unknown-account', account_key, ...from }),
    ])
    expect(JSON.stringify(rows)).not.toContain(email)
  })

  it('AUD-01: has the first attempt of each wait that was throttled, under the name of what it was for', async () => {
    const service = stoppedService({ LOG_SUCCESS_PERCENT: '100', FREE_ATTEMPTS: '1' })
    const ada = await signedInPerson({ mode, service })
    const wrongFor = (path: string) =>
      path === '/login' ? { email: ada.email, password: WRONG } : { password: WRONG }
    const account_key = await accountKeyOf(ada.email)
    const refused = { outcome: 'refused', reason: 'throttled', subject_id: ada.userId, account_key }
    const change = { current_password: PASSWORD, new_password: NEW_PASSWORD }
    for (const [path, body, event, by] of [
      ['/login', { email: ada.email, password: PASSWORD }, 'signed-in', {}],
      ['/password', change, 'password-changed', byOwner(ada)],
      ['/me/delete', { password: PASSWORD }, 'account-deleted', byOwner(ada)],
    ] as const) {
      const headers = path === '/login' ? {} : ada.headers
      // Each has a wait of its own, of which one record is kept.
      service.ahead += 60
      await send(service, 'POST', path === '/login' ? path : '/me/delete', { headers, body: wrongFor(path) })
      const { answer, rows, from } = await askRecorded(service, 'POST', path, { headers, body })
      expect(answer.status).toBe(429)
      expect(`urn:uuid:${from.request_id}`).toBe(answer.body.instance)
      expect(rows).toEqual([row(event, { ...by, ...refused, ...from, at: expect.any(Number) })])
    }
  })

  it('AUD-01: has a change of the password, and the end of each session', async () => {
    const ada = await person()
    const other = await ada.signIn({ mode: 'token' })
    const body = { current_password: PASSWORD, new_password: NEW_PASSWORD }
    const { headers } = ada
    const { answer, rows, from } = await askRecorded(janus, 'POST', '/password', { headers, body })
    expect(answer.status).toBe(200)
    const session_id = answer.body.session.id
    const reason = 'password-changed'
    expect(rows[0]).toEqual(row('password-changed', { ...byOwner(ada, { session_id }), ...from }))
    expect(rows).toHaveLength(3)
    expect(rows.slice(1)).toEqual(
      expect.arrayContaining([
        row('session-ended', { ...byOwner(ada), reason, ...from }),
        row('session-ended', {
          ...byOwner(ada, { session_id: other.sessionId, mode: 'token' }),
          reason,
          ...from,
        }),
      ]),
    )
  })

  it.each([
    ['password-changed', '/password', { current_password: WRONG, new_password: NEW_PASSWORD }],
    ['account-deleted', '/me/delete', { password: WRONG }],
  ])('AUD-01: has it once that "%s" was refused, and from which session', async (event, path, body) => {
    const ada = await person()
    const { answer, rows, from } = await askRecorded(janus, 'POST', path, { headers: ada.headers, body })
    expect(answer.status).toBe(401)
    expect(`urn:uuid:${from.request_id}`).toBe(answer.body.instance)
    const account_key = await accountKeyOf(ada.email)
    const refused = { outcome: 'refused', reason: 'wrong-password', account_key }
    expect(rows).toEqual([row(event, { ...byOwner(ada), ...refused, ...from })])
  })

  it('AUD-01: has the deletion of an account, and the end of each session', async () => {
    const ada = await person()
    const body = { password: PASSWORD }
    const { headers } = ada
    const { answer, rows, from } = await askRecorded(janus, 'POST', '/me/delete', { headers, body })
    expect(answer.status).toBe(204)
    expect(rows).toEqual([
      row('session-ended', { ...byOwner(ada), reason: 'account-deleted', ...from }),
      row('account-deleted', { ...byOwner(ada), ...from }),
    ])
  })

  it('AUD-01: has a sign-out once, however often it is asked for', async () => {
    const ada = await person()
    const { rows, from } = await askRecorded(janus, 'POST', '/logout', { headers: ada.headers })
    expect(rows).toEqual([row('session-ended', { ...byOwner(ada), reason: 'signed-out', ...from })])
    expect((await askRecorded(janus, 'POST', '/logout', { headers: ada.headers })).rows).toEqual([])
  })

  it('AUD-01: has a sign-out everywhere once for each session', async () => {
    const ada = await person()
    const other = await ada.signIn()
    const { rows, from } = await askRecorded(janus, 'POST', '/logout/all', { headers: ada.headers, body: {} })
    expect(rows).toHaveLength(2)
    const reason = 'signed-out-everywhere'
    expect(rows).toEqual(
      expect.arrayContaining(
        [ada, other].map(({ sessionId }) =>
          row('session-ended', { ...byOwner(ada, { session_id: sessionId }), reason, ...from }),
        ),
      ),
    )
  })

  it('AUD-01: has the end of one of one’s own sessions once', async () => {
    const ada = await person()
    const { sessionId } = await ada.signIn({ mode: 'session' })
    const path = `/sessions/${sessionId}`
    const { rows, from } = await askRecorded(janus, 'DELETE', path, { headers: ada.headers })
    const ended = byOwner(ada, { session_id: sessionId, mode: 'session', reason: 'ended-by-owner' })
    expect(rows).toEqual([row('session-ended', { ...ended, ...from })])
    expect((await askRecorded(janus, 'DELETE', path, { headers: ada.headers })).rows).toEqual([])
  })

  it.each([
    ['account-disabled', 'UPDATE users SET disabled_at = unixepoch() WHERE id = ?1'],
    ['roles-changed', `UPDATE users SET roles = '["admin"]' WHERE id = ?1`],
    ['account-deleted', 'DELETE FROM users WHERE id = ?1'],
  ])('AUD-01: has what SQL did to a session, by no one: %s', async (reason, sql) => {
    const ada = await person()
    const rows = await recordedDuring(() => env.DB.prepare(sql).bind(ada.userId).run())
    const { userId: subject_id, sessionId: session_id } = ada
    expect(rows).toEqual([row('session-ended', { ...BY_ITSELF, reason, subject_id, session_id, mode })])
  })
})

it('AUD-01: has the reuse of a refresh token once, from whoever used it, who has proven nothing', async () => {
  const ada = await signedInPerson({ mode: 'token', service: janus })
  const body = { refresh_token: ada.refreshToken }
  for (let turn = 0; turn < 2; turn++) {
    const { answer, rows } = await askRecorded(janus, 'POST', '/refresh', { body })
    // The second is within REFRESH_REUSE_SECONDS.
    expect({ status: answer.status, rows }).toEqual({ status: 200, rows: [] })
  }
  const successor = await send(janus, 'POST', '/refresh', { body })
  await send(janus, 'POST', '/refresh', { body: { refresh_token: successor.body.refresh_token } })
  // As if all that had been a minute ago.
  await env.DB.prepare(
    'UPDATE sessions SET refreshed_at = refreshed_at - 60, recent_rotations = NULL WHERE id = ?1',
  )
    .bind(ada.sessionId)
    .run()
  const { answer, rows, from } = await askRecorded(janus, 'POST', '/refresh', { body })
  expect(answer.body.code).toBe('refresh-token-reused')
  expect(`urn:uuid:${from.request_id}`).toBe(answer.body.instance)
  const reused = { ...byOwner(ada), actor_id: null, reason: 'refresh-token-reused' }
  expect(rows).toEqual([row('session-ended', { ...reused, ...from })])
  expect((await askRecorded(janus, 'POST', '/refresh', { body })).rows).toEqual([])
})

it('AUD-01: has the end of a session that a refresh cookie brought along to a sign-in', async () => {
  const ada = await signedInPerson({ mode: 'token', service: janus })
  const headers = { Cookie: `__Host-refresh=${ada.refreshToken}` }
  const body = { email: ada.email, password: PASSWORD, mode: 'session' }
  const { answer, rows, from } = await askRecorded(janus, 'POST', '/login', { body, headers })
  const started = clientOf(janus, 'session', answer)
  expect(rows).toEqual([
    row('signed-in', { ...byOwner(ada, { session_id: started.sessionId, mode: 'session' }), ...from }),
    row('session-ended', { ...byOwner(ada), reason: 'replaced-by-sign-in', ...from }),
  ])
})
