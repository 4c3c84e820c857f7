import type { MailRequest } from '../../links/link-store'
import { chargeSources, SOURCE_HAS_ROOM, SOURCE_WAIT } from './budgets'
import { presentedDevice } from './devices'
import { ifChanged, PREVIOUS_CHANGED, type Statement, sql } from './statement'

/** Mail to an address, of one purpose: so many at once, and then one each so many seconds. */
const BURST = 5
const INTERVAL_SECONDS = 12 * 60

/** Bounds what one account may ask for at once that goes to addresses of others: an account must not be a way to send mail. */
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
export function countMailRequest(request: MailRequest) {
  const { purpose, asker, now } = request
  const charged =
    asker.of === 'account'
      ? sql<object>(
          `INSERT INTO mail_requests (account_key, purpose, spent_until) VALUES (:account, :purpose, :now + ${INTERVAL_SECONDS})
           ON CONFLICT (account_key, purpose) DO UPDATE
             SET spent_until = max(mail_requests.spent_until, :now) + ${INTERVAL_SECONDS}
           WHERE mail_requests.spent_until - :now <= ${ACCOUNT_ROOM_SECONDS}
           RETURNING purpose`,
          { account: asker.key, purpose, now },
        )
      : sql<object>(chargeSources(`${CHOSEN} = :shared_key AND ${SOURCE_HAS_ROOM}`), {
          ...valuesOf(request),
          sources: JSON.stringify(asker.sources),
        })
  return {
    charged,
    counted: ifChanged(
      'charged',
      sql<{ purpose: string }>(
        // guard: mail to an address is limited
        `INSERT INTO mail_requests (account_key, purpose, spent_until)
         SELECT chosen, :purpose, :now + ${INTERVAL_SECONDS} FROM (SELECT ${CHOSEN} AS chosen LIMIT 1) AS found
          WHERE chosen <> :shared_key OR ${PREVIOUS_CHANGED}
         ON CONFLICT (account_key, purpose) DO UPDATE
           SET spent_until = max(mail_requests.spent_until, :now) + ${INTERVAL_SECONDS}
         WHERE mail_requests.spent_until - :now <= ${MAIL_ROOM_SECONDS}
         RETURNING purpose`,
        { ...valuesOf(request), purpose },
      ),
    ),
  }
}

/** Returns how many seconds a request has to wait that was not counted, as `retry_after`. One row. */
export function mailRetryAfter(request: MailRequest): Statement<{ retry_after: number }> {
  const { purpose, asker } = request
  const [account, sources] = asker.of === 'account' ? [asker.key, []] : [null, asker.sources]
  return sql(
    // Whoever has a budget of their own waits for no source.
    `SELECT max(1, coalesce(mine.spent_until - :now - ${MAIL_ROOM_SECONDS}, 1),
                coalesce(account.spent_until - :now - ${ACCOUNT_ROOM_SECONDS}, 1),
                CASE WHEN chosen = :shared_key THEN coalesce(${SOURCE_WAIT}, 1) ELSE 1 END) AS retry_after
       FROM (SELECT ${CHOSEN} AS chosen LIMIT 1) AS found
       LEFT JOIN mail_requests AS mine ON mine.account_key = chosen AND mine.purpose = :purpose
       LEFT JOIN mail_requests AS account ON account.account_key = :account AND account.purpose = :purpose`,
    { ...valuesOf(request), purpose, account, sources: JSON.stringify(sources) },
  )
}

/** Forgets counts that count no more, at most `limit`. */
export function pruneMailRequests(now: number, limit: number): Statement {
  return sql(
    `DELETE FROM mail_requests WHERE (account_key, purpose) IN
       (SELECT account_key, purpose FROM mail_requests WHERE spent_until < :now ORDER BY spent_until LIMIT :limit)`,
    { now, limit },
  )
}

/** Says how far ahead of its rate a budget may be and still be spent. */
const MAIL_ROOM_SECONDS = (BURST - 1) * INTERVAL_SECONDS
const ACCOUNT_ROOM_SECONDS = (ACCOUNT_BURST - 1) * INTERVAL_SECONDS

// guard: a session that has ended asks for mail as a stranger
/** The key of a device of the account that the address has, of a live session of it, or of the budget that everybody else shares. */
const CHOSEN = `coalesce((${presentedDevice('key')}),
  (SELECT CAST(:session_key AS TEXT) FROM sessions JOIN users ON users.id = sessions.user_id
    WHERE sessions.id = :session_id AND users.email_canonical = :email AND sessions.ended_at IS NULL
      AND sessions.idle_expires_at > :now AND sessions.expires_at > :now), :shared_key)`

/** Returns the values of `:shared_key`, `:email`, `:now`, `:device_ids`, `:session_id` and `:session_key`. */
function valuesOf({ accountKey, canonicalEmail, asker, now }: MailRequest) {
  const { deviceKeys, session } = asker.of === 'account' ? { deviceKeys: {}, session: null } : asker
  return {
    shared_key: accountKey,
    email: canonicalEmail,
    now,
    device_ids: JSON.stringify(Object.entries(deviceKeys).map(([id, key]) => ({ id, key }))),
    session_id: session?.id ?? null,
    session_key: session?.key ?? null,
  }
}
