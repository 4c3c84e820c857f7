import type { EndedSession, Rotation, SessionStore } from '../../sessions/session-store'
import type { MailQueue } from './mail-queue'
import { HELD_BY_JANUS, toOldUse, useCurrent, useOld } from './session-rotation'
import { type LiveSessionRow, toLiveSession } from './session-row'
import { endContext, endSessionsOf, JOIN_LIVE_ACCOUNT, selectEndedOf } from './sessions'
import type { SqlDatabase } from './sql-database'
import { sql } from './statement'

/** Creates the store of sessions. Every statement finds its rows by the primary key or a unique index (src/storage/d1/migrations). */
export function createSessionStore(db: SqlDatabase, mailQueue: MailQueue): SessionStore {
  return {
    async findLive(id, now) {
      const row = await db.first(
        sql<LiveSessionRow>(
          `SELECT sessions.*, users.roles FROM sessions ${JOIN_LIVE_ACCOUNT} WHERE sessions.id = :id`,
          { id, now },
        ),
      )
      return row && toLiveSession(row)
    },

    async slide(session, idleExpiresAt, now) {
      const [row] = await db.change(
        sql<LiveSessionRow>(
          // guard: one request slides a session
          `UPDATE sessions SET idle_expires_at = min(:idle_expires_at, expires_at), last_seen_at = :now
            WHERE id = :id AND idle_expires_at = :read_as
              AND ended_at IS NULL AND idle_expires_at > :now AND expires_at > :now
              AND EXISTS (SELECT 1 FROM users WHERE id = user_id AND disabled_at IS NULL)
           RETURNING *, (SELECT roles FROM users WHERE id = user_id) AS roles`,
          { id: session.id, idle_expires_at: idleExpiresAt, read_as: session.idleExpiresAt, now },
        ),
        { outcomeMatters: false },
      )
      return row ? toLiveSession(row) : null
    },

    async endPresented(presented, { reason, source, now }) {
      const context = endContext({ actorId: null, source })
      const { ended } = await db.transaction({
        ended: presented.map(({ sessionId, secretHash }) =>
          sql<EndedSession>(
            // guard: a session that is signed out was proven by its own credential
            `UPDATE sessions SET ended_at = coalesce(ended_at, :now), end_reason = coalesce(end_reason, :reason),
                    end_context = CASE WHEN ended_at IS NULL THEN json_set(:context, '$.actorId', user_id) ELSE end_context END
              WHERE id = :id AND secret_hash IS NOT DISTINCT FROM :secret_hash
             RETURNING id, mode`,
            { id: sessionId, secret_hash: secretHash, now, reason, context },
          ),
        ),
      })
      return ended
    },

    async endAny(id, { reason, by, now }) {
      const [ended] = await db.change(
        sql<EndedSession>(
          `UPDATE sessions SET ended_at = :now, end_reason = :reason, end_context = :context
            WHERE id = :id AND ended_at IS NULL
           RETURNING id, mode`,
          { id, now, reason, context: endContext(by) },
        ),
      )
      return ended ?? null
    },

    async endAll(userId, { except }, end) {
      const { ended } = await db.transaction({
        ending: endSessionsOf({ ...end, userId, except }),
        ended: selectEndedOf(userId),
      })
      return ended
    },

    async rotate(id, counter, terms): Promise<Rotation> {
      const token = { id, counter }
      const [row] = await db.change(useCurrent(token, terms, HELD_BY_JANUS))
      if (row) return { outcome: 'rotated', live: toLiveSession(row), counter: row.refresh_counter }
      return toOldUse(await db.transaction(useOld(mailQueue, token, terms, HELD_BY_JANUS)))
    },

    async findEnded(endedBefore, limit) {
      return db.all(
        sql<EndedSession>(
          // guard: growth: the sweep finds what has ended by an index
          'SELECT id, mode FROM sessions WHERE ended_at < :ended_before ORDER BY ended_at, id LIMIT :limit',
          { ended_before: endedBefore, limit },
        ),
      )
    },

    async deleteEnded(ids) {
      await db.change(
        sql(
          `DELETE FROM sessions
            WHERE id IN (SELECT value ->> 'id' FROM json_each(:ids) AS listed) AND ended_at IS NOT NULL`,
          { ids: JSON.stringify(ids.map((id) => ({ id }))) },
        ),
        { outcomeMatters: false },
      )
    },

    async deleteExpired(expiredBefore, limit) {
      const deleted = await db.change(
        sql<{ id: string }>(
          `DELETE FROM sessions WHERE id IN
             (SELECT id FROM sessions WHERE expires_at < :expired_before ORDER BY expires_at, id LIMIT :limit)
           RETURNING id`,
          { expired_before: expiredBefore, limit },
        ),
        { outcomeMatters: false },
      )
      return deleted.length
    },
  }
}
