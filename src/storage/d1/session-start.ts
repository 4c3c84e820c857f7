import type { Client } from '../../request-source/request-source'
import { StoreUnavailable } from '../../runtime/outage'
import type { Session } from '../../sessions/session'
import { endContext } from './session-store'

// The statements of a sign-in about sessions: they stand in the batch that checks what entitles to one.

/**
 * Starts a session of an account that exists and is not disabled, on one condition. With a password: that it is the hash the account
 * still has, so that a sign-in which was checked against another starts nothing. With a one-time token: that the statement right
 * before, which used it up, changed a row. Returns the account's roles. Fails if there is the session already, so that nothing of the batch
 * happens twice: see {@link unlessRepeated}.
 */
export function insertSession(
  db: D1Database,
  { session, secretHash, proof, unless = null }: NewSessionRow,
): D1PreparedStatement {
  const refreshed = session.mode === 'token'
  return db
    .prepare(
      `INSERT INTO sessions (id, user_id, mode, secret_hash, refresh_counter, refreshed_at, created_at,
                             authenticated_at, last_seen_at, idle_expires_at, expires_at, user_agent, country, amr)
       SELECT ?1, id, ?2, ?3, ?4, ?5, ?6, ?6, ?6, ?7, ?8, ?9, ?10, ?13
         FROM users WHERE id = ?11 AND disabled_at IS NULL
            AND (${proof === 'one-time-token' ? 'changes() > ?12' : HAS_PASSWORD} OR EXISTS (SELECT 1 FROM sessions WHERE id = ?1))
       RETURNING (SELECT roles FROM users WHERE id = user_id) AS roles`,
    )
    .bind(
      session.id,
      session.mode,
      secretHash,
      refreshed ? 0 : null,
      refreshed ? session.createdAt : null,
      session.createdAt,
      session.idleExpiresAt,
      session.expiresAt,
      session.userAgent,
      session.country,
      session.userId,
      proof === 'one-time-token' ? 0 : proof.passwordHash,
      session.amr,
      ...(proof === 'one-time-token' ? [] : [proof.verifiedOnly ? 1 : 0, unless]),
    )
}

/** Runs a batch that starts a session by {@link insertSession}; `null`, and nothing done, if an equal request has started it before. */
export async function unlessRepeated<T>(batch: Promise<T>): Promise<T | null> {
  try {
    return await batch
  } catch (error) {
    if (error instanceof StoreUnavailable && HAS_SESSION.test(String(error.cause))) return null
    throw error
  }
}

/** SQLite names the columns of whichever unique index it looked at first; each of them ends with the id. */
const HAS_SESSION = /UNIQUE constraint failed: sessions\./

const HAS_PASSWORD = `password_hash = ?12 AND (email_verified_at IS NOT NULL OR ?14 = 0)
              AND NOT EXISTS (SELECT 1 FROM sessions WHERE id = ?15)`

export interface NewSessionRow {
  readonly session: Session
  /** `null` in token mode. */
  readonly secretHash: string | null
  readonly proof: SessionProof
  /** The id of a session that must not exist, if it is started by a password. */
  readonly unless?: string | null | undefined
}

/** What entitles to a session. */
export type SessionProof =
  /** `verifiedOnly`: and the address must have been proven. */
  { readonly passwordHash: string; readonly verifiedOnly: boolean } | 'one-time-token'

/** Ends a session whose credential came along with a sign-in, if that sign-in started `replacement`. */
export function endPresented(
  db: D1Database,
  { sessionId, secretHash }: { readonly sessionId: string; readonly secretHash: string | null },
  replacement: Session,
  client: Client,
): D1PreparedStatement {
  return db
    .prepare(
      `UPDATE sessions SET ended_at = ?1, end_reason = 'replaced-by-sign-in', end_context = ?5
        WHERE id = ?2 AND secret_hash IS ?3 AND ended_at IS NULL AND EXISTS (SELECT 1 FROM sessions WHERE id = ?4)
       RETURNING id, mode`,
    )
    .bind(
      replacement.createdAt,
      sessionId,
      secretHash,
      replacement.id,
      endContext({ actorId: replacement.userId, client }),
    )
}

/**
 * Ends the sessions of an account beyond `maxSessions`, if the sign-in started `replacement`, which stays: first those that have
 * expired, then those that were used least recently.
 */
export function endBeyondLimit(
  db: D1Database,
  { maxSessions, replacement, client }: { maxSessions: number; replacement: Session; client: Client },
): D1PreparedStatement {
  const { id, userId, createdAt: now } = replacement
  return db
    .prepare(
      `UPDATE sessions SET ended_at = ?1, end_reason = 'too-many-sessions', end_context = ?5
        WHERE EXISTS (SELECT 1 FROM sessions WHERE id = ?2) AND id IN (
          SELECT id FROM sessions INDEXED BY sessions_open WHERE user_id = ?3 AND ended_at IS NULL AND id <> ?2
           ORDER BY idle_expires_at > ?1 DESC, last_seen_at DESC, created_at DESC, id LIMIT -1 OFFSET ?4 - 1)
       RETURNING id, mode`,
    )
    .bind(now, id, userId, maxSessions, endContext({ actorId: userId, client }))
}
