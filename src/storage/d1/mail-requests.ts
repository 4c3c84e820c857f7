import type { MailRequest } from '../../links/link-store'
import { chargeSources, hasRoom, sourceWait } from './budgets'
import { presentedDevice } from './devices'

/** Mail to an address, of one purpose: so many at once, and then one each so many seconds. */
const BURST = 5
const INTERVAL_SECONDS = 12 * 60

/** What one account may ask for at once that goes to addresses of others: an account must not be a way to send mail. */
const ACCOUNT_BURST = 20

/** Returns how many requests for mail of one purpose are counted in so many seconds against one budget, at most. */
export function mostMailRequests(seconds: number): number {
  return BURST + Math.ceil(seconds / INTERVAL_SECONDS)
}

/**
 * Counts a request for mail, unless there were too many. The second statement changes one row if the mail may go out, or none. The
 * generic cell rate algorithm (ITU-T I.371): one instant says how far ahead of its rate a budget is.
 *
 * A device and a session of the account that the address has have budgets of their own, so that no stranger's request delays the
 * owner's. Strangers share one, and their source is charged first; who asks from an account is charged as that account.
 */
export function countMailRequest(db: D1Database, request: MailRequest): readonly D1PreparedStatement[] {
  const { purpose, asker, now } = request
  const values = valuesOf(request)
  return [
    asker.of === 'account'
      ? db
          .prepare(
            `INSERT INTO mail_requests (account_key, purpose, spent_until) VALUES (?1, ?2, ?3 + ?4)
             ON CONFLICT (account_key, purpose) DO UPDATE SET spent_until = max(spent_until, ?3) + ?4
              WHERE spent_until - ?3 <= ?5
             RETURNING purpose`,
          )
          .bind(asker.key, purpose, now, INTERVAL_SECONDS, ACCOUNT_ROOM_SECONDS)
      : db
          .prepare(chargeSources(CHARGED, `${CHOSEN} = ?1 AND ${hasRoom(CHARGED)}`))
          .bind(...values, JSON.stringify(asker.sources)),
    db
      .prepare(
        `INSERT INTO mail_requests (account_key, purpose, spent_until)
         SELECT chosen, ?7, ?3 + ?8 FROM (SELECT ${CHOSEN} AS chosen LIMIT 1) WHERE chosen <> ?1 OR changes() > 0
         ON CONFLICT (account_key, purpose) DO UPDATE SET spent_until = max(spent_until, ?3) + ?8
          WHERE spent_until - ?3 <= ?9
         RETURNING purpose`,
      )
      .bind(...values, purpose, INTERVAL_SECONDS, MAIL_ROOM_SECONDS),
  ]
}

/** How many seconds a request has to wait that was not counted, as `retry_after`. One row. */
export function mailRetryAfter(db: D1Database, request: MailRequest): D1PreparedStatement {
  const { purpose, asker } = request
  const [accountKey, sources] = asker.of === 'account' ? [asker.key, []] : [null, asker.sources]
  return db
    .prepare(
      // Whoever has a budget of their own waits for no source.
      `SELECT max(1, coalesce(mine.spent_until - ?3 - ?8, 1), coalesce(account.spent_until - ?3 - ?10, 1),
                  iif(chosen = ?1, coalesce(${sourceWait({ sources: '?11', now: '?3' })}, 1), 1)) AS retry_after
         FROM (SELECT ${CHOSEN} AS chosen LIMIT 1)
         LEFT JOIN mail_requests AS mine ON mine.account_key = chosen AND mine.purpose = ?7
         LEFT JOIN mail_requests AS account ON account.account_key = ?9 AND account.purpose = ?7`,
    )
    .bind(
      ...valuesOf(request),
      purpose,
      MAIL_ROOM_SECONDS,
      accountKey,
      ACCOUNT_ROOM_SECONDS,
      JSON.stringify(sources),
    )
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

/** Of the statement that charges the source. */
const CHARGED = { sources: '?7', now: '?3' }

/** How far ahead of its rate a budget may be and still be spent. */
const MAIL_ROOM_SECONDS = (BURST - 1) * INTERVAL_SECONDS
const ACCOUNT_ROOM_SECONDS = (ACCOUNT_BURST - 1) * INTERVAL_SECONDS

/** The key of a device of the account that the address has, of a live session of it, or of the budget that everybody else shares. */
const CHOSEN = `coalesce((${presentedDevice({ email: '?2', ids: '?4', now: '?3' }, 'value')}),
  (SELECT ?6 FROM sessions JOIN users ON users.id = sessions.user_id
    WHERE sessions.id = ?5 AND users.email_canonical = ?2 AND sessions.ended_at IS NULL
      AND sessions.idle_expires_at > ?3 AND sessions.expires_at > ?3), ?1)`

/** The values of ?1 to ?6. */
function valuesOf({ accountKey, canonicalEmail, asker, now }: MailRequest): (string | number | null)[] {
  const { deviceKeys, session } = asker.of === 'account' ? { deviceKeys: {}, session: null } : asker
  return [
    accountKey,
    canonicalEmail,
    now,
    JSON.stringify(deviceKeys),
    session?.id ?? null,
    session?.key ?? null,
  ]
}
