import type { MailRequest } from '../links/link-store'

/** Mail to an address, of one purpose: so many at once, and then one each so many seconds. */
const BURST = 5
const INTERVAL_SECONDS = 12 * 60

/** Returns how many requests for mail of one purpose to one address are counted in so many seconds, at most. */
export function mostMailRequests(seconds: number): number {
  return BURST + Math.ceil(seconds / INTERVAL_SECONDS)
}

/**
 * Counts a request for mail, unless there were too many; changes one row or none. The generic cell rate algorithm (ITU-T I.371):
 * one instant for each address says how far ahead of its rate it is.
 */
export function countMailRequest(
  db: D1Database,
  { accountKey, purpose, now }: MailRequest,
): D1PreparedStatement {
  return db
    .prepare(
      `INSERT INTO mail_requests (account_key, purpose, spent_until) VALUES (?1, ?2, ?3 + ?4)
       ON CONFLICT (account_key, purpose) DO UPDATE SET spent_until = max(spent_until, ?3) + ?4
        WHERE max(spent_until, ?3) + ?4 <= ?3 + ?4 * ?5
       RETURNING purpose`,
    )
    .bind(accountKey, purpose, now, INTERVAL_SECONDS, BURST)
}

/** How many seconds a request has to wait that was not counted, as `retry_after`. */
export function mailRetryAfter(
  db: D1Database,
  { accountKey, purpose, now }: MailRequest,
): D1PreparedStatement {
  return db
    .prepare(
      `SELECT max(1, spent_until + ?4 - ?4 * ?5 - ?3) AS retry_after
         FROM mail_requests WHERE account_key = ?1 AND purpose = ?2`,
    )
    .bind(accountKey, purpose, now, INTERVAL_SECONDS, BURST)
}

/** Forgets counts that count no more, at most `limit`. */
export function pruneMailRequests(db: D1Database, now: number, limit: number): D1PreparedStatement {
  return db
    .prepare(
      `DELETE FROM mail_requests WHERE (account_key, purpose) IN
         (SELECT account_key, purpose FROM mail_requests WHERE spent_until < ?1 ORDER BY spent_until LIMIT ?2)`,
    )
    .bind(now, limit)
}
