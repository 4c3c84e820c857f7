import type { MailAttempt } from '../../links/link-store'
import { type Statement, sql } from './statement'

/** Makes room for an attempt whose name was used before, too long ago to be the same attempt. */
export function forgetEarlierAttempt({ key, repeatedSince }: MailAttempt): Statement {
  return sql('DELETE FROM mail_attempts WHERE attempt_key = :key AND made_at < :since', {
    key,
    since: repeatedSince,
  })
}

/**
 * Notes that an attempt is carried out, in the transaction that does it, if `condition` holds. If it was carried out seconds ago, or is at the
 * same time, its row is there, and the transaction fails as a whole; it must run in {@link unlessRepeated}.
 */
export function noteAttempt({ key }: MailAttempt, now: number, condition = 'true'): Statement {
  return sql(`INSERT INTO mail_attempts (attempt_key, made_at) SELECT :key, :now WHERE ${condition}`, {
    key,
    now,
  })
}

/** Finds an attempt that was carried out seconds ago. */
export function findAttempt({ key, repeatedSince }: MailAttempt): Statement<object> {
  return sql('SELECT 1 FROM mail_attempts WHERE attempt_key = :key AND made_at >= :since', {
    key,
    since: repeatedSince,
  })
}

/** Forgets attempts that were carried out before an instant, at most `limit`. */
export function forgetAttempts(before: number, limit: number): Statement {
  return sql(
    `DELETE FROM mail_attempts WHERE attempt_key IN
       (SELECT attempt_key FROM mail_attempts WHERE made_at < :before ORDER BY made_at, attempt_key LIMIT :limit)`,
    { before, limit },
  )
}
