import { reach, reachToDo, reachToRead } from '../../runtime/outage'
import { MOST_DELETES } from '../../sessions/delete-cached-copies'
import type { EndedBy, LiveSession, Session } from '../../sessions/session'
import type { End, EndedSession, Rotation, SessionStore } from '../../sessions/session-store'
import type { D1MailQueue } from './mail-queue'

/** Sessions in D1. Every statement finds its rows by the primary key or a unique index (src/storage/d1/migrations). */
export function createD1SessionStore(db: D1Database, mailQueue: D1MailQueue): SessionStore {
  return {
    async findLive(id, now) {
      const row = await reachToRead('D1', () =>
        db
          .prepare(`SELECT sessions.*, users.roles FROM sessions ${JOIN_LIVE_ACCOUNT} WHERE sessions.id = ?2`)
          .bind(now, id)
          .first<LiveSessionRow>(),
      )
      return row && toLiveSession(row)
    },

    async slide(session, idleExpiresAt, now) {
      const row = await reach('D1', () =>
        db
          .prepare(
            `UPDATE sessions SET idle_expires_at = min(?3, expires_at), last_seen_at = ?1
              WHERE id = ?2 AND idle_expires_at = ?4
                AND ended_at IS NULL AND idle_expires_at > ?1 AND expires_at > ?1
                AND EXISTS (SELECT 1 FROM users WHERE id = user_id AND disabled_at IS NULL)
             RETURNING *, (SELECT roles FROM users WHERE id = user_id) AS roles`,
          )
          .bind(now, session.id, idleExpiresAt, session.idleExpiresAt)
          .first<LiveSessionRow>(),
      )
      return row && toLiveSession(row)
    },

    async end({ id, userId }, { reason, by, now }) {
      return reachToDo('D1', () =>
        db
          .prepare(
            `UPDATE sessions SET ended_at = ?1, end_reason = ?2, end_context = ?5
              WHERE id = ?3 AND user_id = ?4 AND ended_at IS NULL
             RETURNING id, mode`,
          )
          .bind(now, reason, id, userId, endContext(by))
          .first<EndedSession>(),
      )
    },

    async endPresented(presented, { reason, client, now }) {
      const context = endContext({ actorId: null, client })
      const results = await reachToDo('D1', () =>
        db.batch<EndedSession>(
          presented.map(({ sessionId, secretHash }) =>
            db
              .prepare(
                `UPDATE sessions SET ended_at = coalesce(ended_at, ?1), end_reason = coalesce(end_reason, ?2),
                        end_context = iif(ended_at IS NULL, json_set(?5, '$.actorId', user_id), end_context)
                  WHERE id = ?3 AND secret_hash IS ?4
                 RETURNING id, mode`,
              )
              .bind(now, reason, sessionId, secretHash, context),
          ),
        ),
      )
      return results.flatMap((ended) => ended.results)
    },

    async endAny(id, { reason, by, now }) {
      return reachToDo('D1', () =>
        db
          .prepare(
            `UPDATE sessions SET ended_at = ?1, end_reason = ?2, end_context = ?4
              WHERE id = ?3 AND ended_at IS NULL
             RETURNING id, mode`,
          )
          .bind(now, reason, id, endContext(by))
          .first<EndedSession>(),
      )
    },

    async endAll(userId, { except }, end) {
      const [, ended] = await reachToDo('D1', () =>
        db.batch<EndedSession>([
          endSessionsOf(db, { ...end, userId, except, ifPasswordHash: null }),
          selectEndedOf(db, userId),
        ]),
      )
      return ended?.results ?? []
    },

    async list(userId, { before, limit }, now) {
      const page = await reachToRead('D1', () =>
        db
          .prepare(
            `SELECT * FROM sessions
              WHERE user_id = ?1 AND ended_at IS NULL AND (created_at, id) < (?2, ?3)
                AND idle_expires_at > ?4 AND expires_at > ?4
              ORDER BY created_at DESC, id DESC LIMIT ?5`,
          )
          .bind(userId, before?.createdAt ?? Number.MAX_SAFE_INTEGER, before?.id ?? '', now, limit)
          .all<SessionRow>(),
      )
      return page.results.map(toSession)
    },

    async rotate(id, counter, { now, idleExpiresAt, reuseSeconds, client }): Promise<Rotation> {
      // One transaction. The second statement sees what the first did, so the winner's own rotation is no reuse.
      const results = await reachToDo('D1', () =>
        db.batch<RotatedRow>([
          db
            .prepare(
              `UPDATE sessions
                  SET refresh_counter = refresh_counter + 1, refreshed_at = ?1, last_seen_at = ?1,
                      idle_expires_at = min(?4, expires_at), recent_rotations = ${RECENT_ROTATIONS}
                WHERE id = ?2 AND refresh_counter = ?3
                  AND ended_at IS NULL AND idle_expires_at > ?1 AND expires_at > ?1
                  AND EXISTS (SELECT 1 FROM users WHERE id = user_id AND disabled_at IS NULL)
               RETURNING id`,
            )
            .bind(now, id, counter, idleExpiresAt, reuseSeconds),
          db
            .prepare(
              `UPDATE sessions SET ended_at = ?1, end_reason = 'refresh-token-reused', end_context = ?5
                WHERE id = ?2 AND ended_at IS NULL AND refresh_counter > ?3
                  AND ?3 < coalesce(${LOWEST_RECENT}, refresh_counter)
                  AND NOT (refresh_counter = ?3 + 1 AND refreshed_at >= ?1 - ?4)
               RETURNING id`,
            )
            .bind(now, id, counter, reuseSeconds, endContext({ actorId: null, client })),
          ...mailQueue.notice({ kind: 'refresh-token-reused', client, now }, { sessionId: id }, 'if-changed'),
          db
            .prepare(
              `SELECT sessions.*, users.roles FROM sessions ${JOIN_LIVE_ACCOUNT}
                WHERE sessions.id = ?2 AND refresh_counter > ?3`,
            )
            .bind(now, id, counter),
        ]),
      )
      mailQueue.note(results)
      const [rotated, reused] = results
      if (reused?.results.length) return { outcome: 'reused' }
      const row = results.at(-1)?.results[0]
      if (!row) return { outcome: 'over' }
      const outcome = rotated?.results.length ? 'rotated' : 'repeated'
      return { outcome, live: toLiveSession(row), counter: row.refresh_counter }
    },

    async findEnded(endedBefore, limit) {
      const ended = await reachToRead('D1', () =>
        db
          .prepare('SELECT id, mode FROM sessions WHERE ended_at < ?1 ORDER BY ended_at, id LIMIT ?2')
          .bind(endedBefore, limit)
          .all<EndedSession>(),
      )
      return ended.results
    },

    async deleteEnded(ids) {
      await reach('D1', () =>
        db
          .prepare(
            'DELETE FROM sessions WHERE id IN (SELECT value FROM json_each(?1)) AND ended_at IS NOT NULL',
          )
          .bind(JSON.stringify(ids))
          .run(),
      )
    },

    async deleteExpired(expiredBefore, limit) {
      const deleted = await reach('D1', () =>
        db
          .prepare(
            `DELETE FROM sessions WHERE id IN
               (SELECT id FROM sessions WHERE expires_at < ?1 ORDER BY expires_at, id LIMIT ?2)
             RETURNING id`,
          )
          .bind(expiredBefore, limit)
          .all(),
      )
      return deleted.results.length
    },
  }
}

/** Ends a user's open sessions; with `ifPasswordHash`, only if that is the account's hash. Which: {@link selectEndedOf}. */
export function endSessionsOf(
  db: D1Database,
  options: End & {
    readonly userId: string
    readonly except: string | null
    readonly ifPasswordHash: string | null
  },
): D1PreparedStatement {
  const { userId, except, reason, by, now, ifPasswordHash } = options
  return db
    .prepare(
      `UPDATE sessions SET ended_at = ?1, end_reason = ?2, end_context = ?6
        WHERE user_id = ?3 AND ended_at IS NULL AND id IS NOT ?4
          AND (?5 IS NULL OR EXISTS (SELECT 1 FROM users WHERE id = ?3 AND password_hash = ?5))`,
    )
    .bind(now, reason, userId, except, ifPasswordHash, endContext(by))
}

/**
 * The sessions of an account that have ended and are not swept yet, and have cached copies that may be there still: newest first,
 * all or one more than a request deletes copies of.
 */
export function selectEndedOf(db: D1Database, userId: string): D1PreparedStatement {
  return db
    .prepare(
      `SELECT id, mode FROM sessions WHERE user_id = ?1 AND mode = 'session' AND ended_at IS NOT NULL
        ORDER BY created_at DESC, id DESC LIMIT ?2`,
    )
    .bind(userId, MOST_DELETES + 1)
}

/** Who ends a session, as the trigger that records the end reads it (src/storage/d1/migrations/0007_triggers_as_they_are.sql). */
export function endContext({ actorId, client }: EndedBy): string {
  return JSON.stringify({ actorId, ...client })
}

/** The rotations of a session in the last ?5 seconds before ?1, and that of counter ?3 at ?1 if it is the first of its second. */
const RECENT_ROTATIONS = `(
  SELECT json_group_array(json(value)) FROM
    (SELECT value FROM json_each(recent_rotations) WHERE value ->> 0 >= ?1 - ?5
     UNION ALL SELECT json_array(?1, ?3)
      WHERE NOT EXISTS (SELECT 1 FROM json_each(recent_rotations) WHERE value ->> 0 = ?1)))`

/** The lowest counter that was moved on in the last ?4 seconds before ?1. Every one above it was moved on later. */
const LOWEST_RECENT = `(SELECT value ->> 1 FROM json_each(recent_rotations) WHERE value ->> 0 >= ?1 - ?4 LIMIT 1)`

/** Keeps only sessions that are live at instant ?1, and the account of each. */
export const JOIN_LIVE_ACCOUNT = `JOIN users ON users.id = sessions.user_id
  AND users.disabled_at IS NULL AND sessions.ended_at IS NULL
  AND sessions.idle_expires_at > ?1 AND sessions.expires_at > ?1`

export interface SessionRow {
  readonly id: string
  readonly user_id: string
  readonly mode: Session['mode']
  readonly secret_hash: string | null
  readonly created_at: number
  readonly authenticated_at: number
  readonly amr: Session['amr']
  readonly last_seen_at: number
  readonly idle_expires_at: number
  readonly expires_at: number
  readonly user_agent: string | null
  readonly country: string | null
}

interface LiveSessionRow extends SessionRow {
  readonly roles: string
}

interface RotatedRow extends LiveSessionRow {
  readonly refresh_counter: number
}

export function toSession(row: SessionRow): Session {
  return {
    id: row.id,
    userId: row.user_id,
    mode: row.mode,
    createdAt: row.created_at,
    authenticatedAt: row.authenticated_at,
    amr: row.amr,
    lastSeenAt: row.last_seen_at,
    idleExpiresAt: row.idle_expires_at,
    expiresAt: row.expires_at,
    userAgent: row.user_agent,
    country: row.country,
  }
}

/** Roles as the database has them: a JSON array, of which only text is a role. */
export function parseRoles(json: string): readonly string[] {
  const roles: unknown[] = JSON.parse(json)
  return roles.filter((role) => typeof role === 'string')
}

function toLiveSession(row: LiveSessionRow): LiveSession {
  return { session: toSession(row), roles: parseRoles(row.roles), secretHash: row.secret_hash }
}
