import { MOST_DELETES } from '../../sessions/delete-cached-copies'
import type { EndedBy } from '../../sessions/session'
import type { End, EndedSession } from '../../sessions/session-store'
import { type Statement, sql } from './statement'

/** Ends a user's open sessions; with `ifPasswordHash`, only if that is the account's hash, where `null` is none. Which: {@link selectEndedOf}. */
export function endSessionsOf(
  options: End & {
    readonly userId: string
    readonly except: string | null
    readonly ifPasswordHash?: string | null
    /** Holds of the account besides its password, and begins with `AND`. */
    readonly ifAlso?: { readonly condition: string; readonly values: Readonly<Record<string, string>> }
    /** Only if there is this session. */
    readonly ifSession?: string
  },
): Statement {
  const { userId, except, reason, by, now, ifPasswordHash, ifAlso, ifSession = null } = options
  return sql(
    `UPDATE sessions SET ended_at = :now, end_reason = :reason, end_context = :context
      WHERE user_id = :user_id AND ended_at IS NULL AND id IS DISTINCT FROM :except
        AND (CAST(:whatever_hash AS INTEGER) = 1
             OR EXISTS (SELECT 1 FROM users WHERE id = :user_id AND password_hash IS NOT DISTINCT FROM :password_hash ${ifAlso?.condition ?? ''}))
        AND (CAST(:if_session AS TEXT) IS NULL OR EXISTS (SELECT 1 FROM sessions AS begun WHERE begun.id = :if_session))`,
    {
      user_id: userId,
      except,
      reason,
      now,
      whatever_hash: ifPasswordHash === undefined ? 1 : 0,
      password_hash: ifPasswordHash ?? null,
      if_session: ifSession,
      context: endContext(by),
      ...ifAlso?.values,
    },
  )
}

/**
 * Selects the sessions of an account that have ended and are not swept yet, and have cached copies that may be there still: newest first,
 * all or one more than a request deletes copies of.
 */
export function selectEndedOf(userId: string): Statement<EndedSession> {
  return sql(
    `SELECT id, mode FROM sessions WHERE user_id = :user_id AND mode = 'session' AND ended_at IS NOT NULL
      ORDER BY created_at DESC, id DESC LIMIT :limit`,
    { user_id: userId, limit: MOST_DELETES + 1 },
  )
}

/** Returns who ends a session, as the trigger that records the end reads it (0007_triggers_as_they_are.sql). */
export function endContext({ actorId, source }: EndedBy): string {
  return JSON.stringify({ actorId, ...source })
}

/** A condition on a row of sessions: it has not ended or expired at `:now`. */
export const LIVE_SESSION = 'ended_at IS NULL AND idle_expires_at > :now AND sessions.expires_at > :now'

/** Keeps only sessions that are live at `:now`, and the account of each. */
export const JOIN_LIVE_ACCOUNT = `JOIN users ON users.id = sessions.user_id
  AND users.disabled_at IS NULL AND sessions.ended_at IS NULL
  AND sessions.idle_expires_at > :now AND sessions.expires_at > :now`
