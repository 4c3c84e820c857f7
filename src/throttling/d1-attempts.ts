import type { AttemptLimits } from './attempt-limits'

/**
 * Counts an attempt before its password is looked at, unless the account has to wait: of many parallel attempts no more
 * begin than may fail. One statement; it returns a row if the attempt may go on.
 */
export function reserveAttempt(
  db: D1Database,
  accountKey: string,
  limits: AttemptLimits,
  now: number,
): D1PreparedStatement {
  return db
    .prepare(
      `INSERT INTO sign_in_attempts (account_key, failures, blocked_until, last_at)
       VALUES (?1, 1, CASE WHEN ?3 > 1 THEN 0 ELSE ?2 + 1 END, ?2)
       ON CONFLICT (account_key) DO UPDATE SET
         failures = failures + 1,
         last_at = ?2,
         blocked_until = CASE WHEN failures + 1 < ?3 THEN 0
                              ELSE ?2 + min(?5, 1 << min(30, failures + 1 - ?3)) END
        WHERE blocked_until <= ?2 AND failures < ?4
       RETURNING failures, blocked_until`,
    )
    .bind(accountKey, now, limits.freeAttempts, limits.maxAttempts, limits.maxAttemptDelaySeconds)
}

/** What has been counted. */
export function findAttempts(db: D1Database, accountKey: string): D1PreparedStatement {
  return db
    .prepare('SELECT failures, blocked_until FROM sign_in_attempts WHERE account_key = ?1')
    .bind(accountKey)
}

/** Forgets the attempts of an account, if the session that the right password was given for has begun. */
export function clearAttempts(db: D1Database, accountKey: string, sessionId: string): D1PreparedStatement {
  return db
    .prepare(
      'DELETE FROM sign_in_attempts WHERE account_key = ?1 AND EXISTS (SELECT 1 FROM sessions WHERE id = ?2)',
    )
    .bind(accountKey, sessionId)
}

/** Forgets the attempts of an account, if it is there and has this very password hash. */
export function clearAttemptsOf(
  db: D1Database,
  accountKey: string,
  { userId, passwordHash }: { readonly userId: string; readonly passwordHash: string | null },
): D1PreparedStatement {
  return db
    .prepare(
      `DELETE FROM sign_in_attempts
        WHERE account_key = ?1 AND EXISTS (SELECT 1 FROM users WHERE id = ?2 AND password_hash IS ?3)`,
    )
    .bind(accountKey, userId, passwordHash)
}

/** Forgets attempts whose last was before `lastBefore`, at most `limit` of them; never those that disabled a password. */
export function pruneAttempts(
  db: D1Database,
  { maxAttempts }: AttemptLimits,
  lastBefore: number,
  limit: number,
): D1PreparedStatement {
  return db
    .prepare(
      `DELETE FROM sign_in_attempts WHERE account_key IN
         (SELECT account_key FROM sign_in_attempts WHERE last_at < ?1 AND failures < ?3 ORDER BY last_at, account_key LIMIT ?2)`,
    )
    .bind(lastBefore, limit, maxAttempts)
}
