import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import type { Mode } from '../../src/sessions/mode'
import { expectProblem, PASSWORD, type Person, signedInPerson } from '../support/person'
import { sessionCopy } from '../support/place'
import { type RecordingD1, recordingD1 } from '../support/recording-d1'
import { type OwnService, ownService } from '../support/service'
import { stopTime } from '../support/stop-time'

const MANY = 10_000

/** The number of copies that a request deletes, and how many deletions run at once: src/sessions/delete-cached-copies.ts. */
const MOST_DELETES = 500
const AT_ONCE = 6

/** The rows of a step of the sweep, and the steps of a run: src/sessions/sweep-sessions.ts. */
const STEP = 100
const MOST_STEPS = 50

/** A service that is watched at work on storage. */
interface WatchedService extends OwnService {
  readonly sent: RecordingD1['sent']
  /** Deletes from KV: how many, and the most that were on their way at once. Set to 0 by assignment. */
  readonly deletes: { count: number; atOnce: number }
}

function watchedService(): WatchedService {
  const { db, sent } = recordingD1(env.DB)
  const deletes = { count: 0, atOnce: 0 }
  let underWay = 0
  const kv: Pick<KVNamespace, 'delete'> & Record<'get' | 'put', unknown> = {
    get: (key: string) => env.SESSIONS.get(key),
    put: (key: string, value: string, options: KVNamespacePutOptions) =>
      env.SESSIONS.put(key, value, options),
    async delete(key: string) {
      deletes.count += 1
      underWay += 1
      deletes.atOnce = Math.max(deletes.atOnce, underWay)
      await env.SESSIONS.delete(key)
      underWay -= 1
    },
  }
  return Object.assign(ownService({ DB: db, SESSIONS: kv }), { sent, deletes })
}

/** Sessions of a person besides the first, each begun a second after the one before. Gives their ids, oldest first. */
async function insertSessions({ userId }: Person, mode: Mode, count: number): Promise<readonly string[]> {
  const ids = Array.from({ length: count }, (_, n) => userId.slice(0, 16) + `${n}`.padStart(6, '0'))
  const insert = env.DB.prepare(
    `INSERT INTO sessions (id, user_id, mode, secret_hash, refresh_counter, refreshed_at, created_at,
                           authenticated_at, last_seen_at, idle_expires_at, expires_at)
     SELECT value, ?2, ?3, iif(?3 = 'session', ?4, NULL), iif(?3 = 'token', 0, NULL), iif(?3 = 'token', 0, NULL),
            1000 + key + ?5, 0, 0, unixepoch() + 100000, unixepoch() + 100000
       FROM json_each(?1)`,
  )
  for (let start = 0; start < count; start += 1000) {
    const some = JSON.stringify(ids.slice(start, start + 1000))
    await insert.bind(some, userId, mode, 'A'.repeat(43), start).run()
  }
  return ids
}

function countSessions({ userId }: Person, which = 'TRUE'): Promise<number | null> {
  return env.DB.prepare(`SELECT count(*) AS n FROM sessions WHERE user_id = ?1 AND ${which}`)
    .bind(userId)
    .first('n')
}

async function putCopies(ids: readonly (string | undefined)[]): Promise<void> {
  for (const id of ids) await env.SESSIONS.put(`session:${id}`, '{}')
}

/** Those that have a copy in KV. */
async function withCopy(ids: readonly (string | undefined)[]): Promise<readonly (string | undefined)[]> {
  const copies = await Promise.all(ids.map((id) => sessionCopy(id ?? '')))
  return ids.filter((_, index) => copies[index] !== null)
}

describe('ten thousand sessions of one account', () => {
  it('are listed in a hundred pages, and the last costs what the first does', async () => {
    const janus = watchedService()
    const ada = await signedInPerson({ mode: 'token', service: janus })
    const ids = await insertSessions(ada, 'session', MANY - 1)

    const listed: string[] = []
    const rowsRead: number[] = []
    for (let path: string | null = '/sessions'; path !== null; ) {
      janus.sent.length = 0
      const { status, body } = await ada.get(path)
      expect(status).toBe(200)
      listed.push(...body.sessions.map(({ id }: { id: string }) => id))
      rowsRead.push(janus.sent.reduce((sum, statement) => sum + statement.rowsRead, 0))
      path = body.next_cursor === undefined ? null : `/sessions?cursor=${body.next_cursor}`
    }
    expect(listed).toEqual([ada.sessionId, ...ids.toReversed()])
    expect(rowsRead).toHaveLength(100)
    // The live check, a hundred, and the one that tells of the next page.
    expect(Math.max(...rowsRead)).toBeLessThanOrEqual(105)
  })

  it('end at once; of the copies so many go with the request and the rest with the sweep, in bounded steps', async () => {
    stopTime()
    const janus = watchedService()
    const ada = await signedInPerson({ mode: 'session', service: janus })
    const ids = await insertSessions(ada, 'session', MANY - 1)
    const mine = [ada.sessionId, ids.at(-1), ids.at(-(MOST_DELETES - 1))]
    const left = [ids.at(-MOST_DELETES), ids[0]]
    await putCopies([...mine.slice(1), ...left])

    janus.sent.length = 0
    const answer = await ada.post('/logout/all')
    // The live check, the end, and what has ended.
    expect(janus.sent).toHaveLength(3)
    expectProblem(answer, 503, 'store-unavailable')
    expect(answer.body.detail).toMatch(/^The sessions were ended, but .* deletion will be retried\.$/)
    expect(janus.log).toContainEqual(
      expect.objectContaining({ event: 'store-unavailable', cause: 'More copies than one request deletes' }),
    )
    expect(answer.cookies['__Host-session']).toBe('')
    expect(await countSessions(ada, 'ended_at IS NULL')).toBe(0)
    expectProblem(await ada.get('/me'), 401, 'session-ended')
    expect(janus.deletes).toEqual({ count: MOST_DELETES, atOnce: AT_ONCE })
    expect(await withCopy([...mine, ...left])).toEqual(left)

    janus.ahead = 62
    for (const rowsLeft of [MANY - MOST_STEPS * STEP, 0]) {
      Object.assign(janus.deletes, { count: 0, atOnce: 0 })
      janus.sent.length = 0
      await janus.sweep()
      expect(await countSessions(ada)).toBe(rowsLeft)
      expect(janus.deletes).toEqual({ count: MOST_STEPS * STEP, atOnce: AT_ONCE })
      const ofSessions = janus.sent.filter(({ sql }) => /\bsessions\b/.test(sql))
      expect(ofSessions).toHaveLength(3 * MOST_STEPS)
      // A row of the table, and one of each index.
      expect(Math.max(...ofSessions.map(({ rowsWritten }) => rowsWritten))).toBeLessThanOrEqual(4 * STEP)
      expect(Math.max(...ofSessions.map(({ rowsRead }) => rowsRead))).toBeLessThanOrEqual(4 * STEP)
    }
    expect(await withCopy(left)).toEqual([])
    expect(janus.log.filter(({ event }) => event === 'sweep-failed')).toEqual([])
  })

  it('of token mode have no copies, so all of them is all', async () => {
    const janus = watchedService()
    const ada = await signedInPerson({ mode: 'token', service: janus })
    await insertSessions(ada, 'token', MANY - 1)
    expect((await ada.post('/logout/all', { keep_current: true })).status).toBe(204)
    expect(await countSessions(ada, 'ended_at IS NULL')).toBe(1)
    expect(janus.deletes.count).toBe(0)
  })

  it('of another account are left alone', async () => {
    const janus = watchedService()
    const ada = await signedInPerson({ mode: 'token', service: janus })
    const bob = await signedInPerson({ mode: 'session', service: janus })
    await insertSessions(ada, 'session', 1000)
    await insertSessions(bob, 'session', 10)
    expectProblem(await ada.post('/logout/all'), 503, 'store-unavailable')
    expect(await countSessions(bob, 'ended_at IS NULL')).toBe(11)
    expect((await bob.get('/me')).status).toBe(200)
  })
})

describe('a success means that no copy is left', () => {
  it.each([
    [MOST_DELETES, 204],
    [MOST_DELETES + 1, 503],
  ])('so %i sessions that end together are answered %i', async (count, status) => {
    const janus = watchedService()
    const ada = await signedInPerson({ mode: 'token', service: janus })
    await insertSessions(ada, 'session', count)
    expect((await ada.post('/logout/all', { keep_current: true })).status).toBe(status)
    expect(janus.deletes.count).toBe(MOST_DELETES)
  })

  it.each([
    ['POST /password', { current_password: PASSWORD, new_password: 'seven quiet minutes at sea' }],
    ['POST /me/delete', { password: PASSWORD }],
  ])('and %s, which ends as many, is done although it is answered 503', async (route, body) => {
    const janus = watchedService()
    const ada = await signedInPerson({ mode: 'session', service: janus })
    await insertSessions(ada, 'session', MOST_DELETES)
    const answer = await ada.post(route.slice('POST '.length), body)
    expectProblem(answer, 503, 'store-unavailable')
    expect(answer.body.detail).toMatch(/^The sessions were ended, /)
    expect(await countSessions(ada, 'ended_at IS NOT NULL')).toBe(MOST_DELETES + 1)
    expect(janus.deletes).toEqual({ count: MOST_DELETES, atOnce: AT_ONCE })
  })
})
