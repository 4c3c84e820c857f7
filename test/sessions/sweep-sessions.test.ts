import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it } from 'vitest'
import { expectProblem, signedInPerson } from '../support/person'
import { createPlace, type Place, sessionCopy, sessionRow } from '../support/place'
import { truthOfProject } from '../support/truth'

const DAY = 24 * 60 * 60
const NOW = Math.floor(Date.now() / 1000)

/** A sweep sees all sessions there are, so each test begins with none. */
beforeEach(() => env.DB.exec('DELETE FROM sessions'))

/** Inserts sessions that are over, and gives their ids. */
async function insertSessions(
  count: number,
  { endedAt = null, expiresAt = NOW + DAY }: { endedAt?: number | null; expiresAt?: number },
): Promise<string[]> {
  const ids = Array.from({ length: count }, (_, n) => `${n}`.padStart(22, crypto.randomUUID().slice(0, 8)))
  await env.DB.prepare(
    `INSERT INTO sessions (id, user_id, mode, secret_hash, created_at, authenticated_at, last_seen_at,
                           idle_expires_at, expires_at, ended_at, end_reason)
     SELECT value ->> 'id', 'nobody', 'session', ?2, 0, 0, 0, ?3, ?3, CAST(?4 AS INTEGER), CASE WHEN CAST(?4 AS INTEGER) > 0 THEN 'signed-out' END
       FROM json_each(?1)`,
  )
    .bind(JSON.stringify(ids.map((id) => ({ id }))), 'A'.repeat(43), expiresAt, endedAt)
    .run()
  return ids
}

async function countRows(): Promise<number | null> {
  return env.DB.prepare('SELECT count(*) AS n FROM sessions').first<number>('n')
}

/** Returns the lines of the sweep about sessions. Others depend on rows that other files left in the storage that they share. */
function ofSessions(log: Place['log']): Place['log'] {
  return log.filter(({ event, part }) => event === 'sessions-swept' || part === 'sessions')
}

describe('the sweep', () => {
  it('deletes the copy of a session that ended a minute ago, and its row', async () => {
    const [id = ''] = await insertSessions(1, { endedAt: NOW - 62 })
    await env.SESSIONS.put(`session:${id}`, '{}')
    const here = createPlace()
    await here.sweep()
    expect(await sessionCopy(id)).toBeNull()
    expect(await sessionRow(id)).toBeNull()
    expect(here.log).toContainEqual({ event: 'sessions-swept', ended: 1, expired: 0 })
  })

  it('waits a minute, for requests under way may still write a copy', async () => {
    const [id = ''] = await insertSessions(1, { endedAt: NOW - 10 })
    await createPlace().sweep()
    expect(await sessionRow(id)).not.toBeNull()
  })

  it.each(['session', 'token'] as const)('leaves live sessions alone, in %s mode', async (mode) => {
    const here = createPlace()
    const ada = await signedInPerson({ mode, service: here })
    const row = await sessionRow(ada.sessionId)
    const copy = await sessionCopy(ada.sessionId)
    here.ahead = 62
    await here.sweep()
    expect(await sessionRow(ada.sessionId)).toEqual(row)
    expect(await sessionCopy(ada.sessionId)).toBe(copy)
    expect((await here.askApp(ada)).status).toBe(200)
  })

  it('keeps the rows whose copies it could not delete, and takes them at the next run', async () => {
    const here = createPlace()
    const ids = await insertSessions(3, { endedAt: NOW - 62 })
    for (const id of ids) await env.SESSIONS.put(`session:${id}`, '{}')
    here.kv.fail('delete')
    await here.sweep()
    expect(ofSessions(here.log)).toEqual([{ event: 'sweep-failed', part: 'sessions', store: 'KV' }])
    expect(await countRows()).toBe(3)

    here.kv.recover()
    await here.sweep()
    expect(await countRows()).toBe(0)
    for (const id of ids) expect(await sessionCopy(id)).toBeNull()
  })

  it('deletes copies again when D1 failed after them', async () => {
    const here = createPlace()
    const [id = ''] = await insertSessions(1, { endedAt: NOW - 62 })
    here.db.fail(/DELETE FROM sessions\s+WHERE id IN \(SELECT value/)
    await here.sweep()
    expect(here.kv.calls).toEqual([{ operation: 'delete', key: `session:${id}` }])
    expect(ofSessions(here.log)).toEqual([
      { event: 'sweep-failed', part: 'sessions', store: truthOfProject().store },
    ])
    expect(await sessionRow(id)).not.toBeNull()
    here.db.recover()
    here.kv.calls.length = 0
    await here.sweep()
    expect(here.kv.calls).toEqual([{ operation: 'delete', key: `session:${id}` }])
    expect(await sessionRow(id)).toBeNull()
  })

  it('asks KV for no copy where a session of token mode ended', async () => {
    const here = createPlace()
    const ada = await signedInPerson({ mode: 'token', service: here })
    await ada.post('/logout')
    here.ahead = 62
    await here.sweep()
    expect(await sessionRow(ada.sessionId)).toBeNull()
    // The sweep marks in KV how far the audit trail has come, if another has not just done so.
    expect(here.kv.calls.filter(({ key }) => key !== 'audit-mark')).toEqual([])
    expectProblem(await ada.get('/me'), 401, 'session-ended')
  })

  it('removes sessions whose time is over, a minute later, and only those', async () => {
    const over = await insertSessions(2, { expiresAt: NOW - 62 })
    const justOver = await insertSessions(1, { expiresAt: NOW - 10 })
    const open = await insertSessions(1, {})
    await createPlace().sweep()
    for (const id of over) expect(await sessionRow(id)).toBeNull()
    for (const id of [...justOver, ...open]) expect(await sessionRow(id)).not.toBeNull()
  })

  it('goes on until nothing is left', async () => {
    const here = createPlace()
    await insertSessions(530, { endedAt: NOW - 200 })
    await insertSessions(210, { expiresAt: NOW - 100 })
    const [open = ''] = await insertSessions(1, {})
    await here.sweep()
    expect(ofSessions(here.log)).toEqual([{ event: 'sessions-swept', ended: 530, expired: 210 }])
    expect(await countRows()).toBe(1)
    expect(await sessionRow(open)).not.toBeNull()
    expect(here.kv.calls.length).toBe(530)
  })

  it('stops after half a minute with what is oldest done, and the next run does the rest', async () => {
    const here = createPlace()
    const last = await insertSessions(30, { endedAt: NOW - 100 })
    await insertSessions(100, { endedAt: NOW - 200 })
    await insertSessions(110, { expiresAt: NOW - 100 })
    const first = here.db.hold(/DELETE FROM sessions\s+WHERE id IN \(SELECT value/)
    const swept = here.sweep()
    await first.reached
    here.ahead = 31
    first.release()
    await swept
    expect(ofSessions(here.log)).toEqual([{ event: 'sessions-swept', ended: 100, expired: 100 }])
    expect(await countRows()).toBe(40)
    for (const id of last) expect(await sessionRow(id)).not.toBeNull()
    expect(here.kv.calls.length).toBe(100)

    await here.sweep()
    expect(await countRows()).toBe(0)
    expect(here.kv.calls.length).toBe(130)
  })

  it('does nothing where nothing is to do', async () => {
    const here = createPlace()
    await here.sweep()
    expect(here.db.calls.filter((sql) => /\bsessions\b/.test(sql))).toHaveLength(2)
    expect(here.kv.calls).toEqual([])
    expect(ofSessions(here.log)).toEqual([])
  })
})
