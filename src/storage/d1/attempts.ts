import type { Attempter, ChosenBudget, ReservedAttempt } from '../../throttling/attempt-budget'
import { type AttemptLimits, FAILURE_SECONDS, retryAfterSeconds } from '../../throttling/attempt-limits'
import { hasRoom, sourceWait } from './budgets'
import { presentedDevice } from './devices'

/** An attempt at the password of an address, known or not. */
export interface CountedAttempt {
  readonly canonicalEmail: string
  readonly attempter: Attempter
  readonly now: number
}

/**
 * Counts an attempt before its password is looked at, unless it has to wait: of many parallel attempts no more begin than may fail.
 * The statement itself decides which budget it is. It returns a row if the attempt may go on.
 */
export function reserveAttempt(
  db: D1Database,
  attempt: CountedAttempt,
  limits: AttemptLimits,
): D1PreparedStatement {
  const { sharedKey, canonicalEmail, deviceIds, sources, now } = valuesOf(attempt)
  return db
    .prepare(
      `INSERT INTO budgets (budget_key, kind, spent_until, blocked_until)
       SELECT chosen, 'password', ?5 + ?6, iif(?7 > 1, 0, ?5 + 1) FROM (SELECT ${CHOSEN} AS chosen LIMIT 1)
        WHERE chosen <> ?1 OR ${hasRoom(SOURCES)}
       ON CONFLICT (budget_key, kind) DO UPDATE SET
         spent_until = max(spent_until, ?5) + ?6,
         blocked_until = iif(${FAILURES} < ?7, 0, ?5 + min(?9, 1 << min(30, ${FAILURES} - ?7)))
        WHERE blocked_until <= ?5 AND spent_until - ?5 <= ?8
       RETURNING budget_key, blocked_until`,
    )
    .bind(
      sharedKey,
      canonicalEmail,
      JSON.stringify(deviceIds),
      JSON.stringify(sources),
      now,
      FAILURE_SECONDS,
      limits.freeAttempts,
      (limits.maxAttempts - 1) * FAILURE_SECONDS,
      limits.maxAttemptDelaySeconds,
    )
}

/** Of the statements here. */
const SOURCES = { sources: '?4', now: '?5' }

/** Failures that count with this one, of a budget that has been spent until `spent_until`. */
const FAILURES = '((max(spent_until - ?5, 0) + 2 * ?6 - 1) / ?6)'

/** The device of the account that was presented, or the budget that everybody else shares. */
const CHOSEN = `coalesce((${presentedDevice({ email: '?2', ids: '?3', now: '?5' })}), ?1)`

/** What an attempt that was not reserved has to wait for. One row. */
export function findBudgets(db: D1Database, attempt: CountedAttempt): D1PreparedStatement {
  const { sharedKey, canonicalEmail, deviceIds, sources, now } = valuesOf(attempt)
  return db
    .prepare(
      `SELECT chosen, mine.spent_until, mine.blocked_until, ${sourceWait(SOURCES)} AS source_wait
         FROM (SELECT ${CHOSEN} AS chosen LIMIT 1)
         LEFT JOIN budgets AS mine ON mine.budget_key = chosen AND mine.kind = 'password'`,
    )
    .bind(sharedKey, canonicalEmail, JSON.stringify(deviceIds), JSON.stringify(sources), now)
}

export interface BudgetRow {
  readonly chosen: string
  readonly spent_until: number | null
  readonly blocked_until: number | null
  /** Seconds; `null`: the source has spent nothing yet. */
  readonly source_wait: number | null
}

/** Returns whose budget is meant by the key that the database chose. */
export function chosenBudget({ attempter }: Pick<CountedAttempt, 'attempter'>, key: string): ChosenBudget {
  if (attempter.in === 'session') return { of: 'session', key }
  return { of: key === attempter.accountKey ? 'strangers' : 'device', key }
}

/** Returns what an attempt that was not reserved has to wait for, and how long. */
export function waitOf(
  budget: ChosenBudget,
  row: BudgetRow,
  limits: AttemptLimits,
  now: number,
): { readonly for: 'source' | 'budget'; readonly retryAfterSeconds: number } {
  const ofSource = budget.of === 'strangers' ? (row.source_wait ?? 0) : 0
  if (ofSource > 0) return { for: 'source', retryAfterSeconds: ofSource }
  const spent = { spent_until: row.spent_until ?? now, blocked_until: row.blocked_until ?? now }
  return { for: 'budget', retryAfterSeconds: retryAfterSeconds(spent, limits, now) }
}

/**
 * Takes an attempt back whose password was right, once what it was given for is there: a session, or the token of a link.
 *
 * Of what strangers share only this attempt is taken back: if their failures were cleared, strangers would see that somebody signed
 * in, and so that the address has an account. What a device or a session failed is forgotten.
 */
export function settleAttempt(
  db: D1Database,
  { budget, blockedUntil }: ReservedAttempt,
  done: { readonly sessionId: string } | { readonly tokenHash: string },
): D1PreparedStatement {
  const [isDone, value] =
    'sessionId' in done
      ? ['EXISTS (SELECT 1 FROM sessions WHERE id = ?2)', done.sessionId]
      : ['EXISTS (SELECT 1 FROM one_time_tokens WHERE token_hash = ?2)', done.tokenHash]
  if (budget.of !== 'strangers') {
    return db
      .prepare(`DELETE FROM budgets WHERE budget_key = ?1 AND kind = 'password' AND ${isDone}`)
      .bind(budget.key, value)
  }
  return db
    .prepare(
      // Others may have been told meanwhile to wait longer than this attempt made them.
      `UPDATE budgets SET spent_until = spent_until - ?3, blocked_until = iif(blocked_until = ?4, 0, blocked_until)
        WHERE budget_key = ?1 AND kind = 'password' AND ${isDone}`,
    )
    .bind(budget.key, value, FAILURE_SECONDS, blockedUntil)
}

/**
 * Notes that an attempt was refused while its budget has to wait: once for each wait, and once a day while nothing of it is left. Changes
 * one row or none. However many attempts are refused, they leave no more than that behind.
 */
export function noteWait(
  db: D1Database,
  budgetKey: string,
  now: number,
  { maxAttempts }: AttemptLimits,
): D1PreparedStatement {
  return db
    .prepare(
      `UPDATE budgets SET noted_until = iif(spent_until - ?2 > ?3, ?2 + ${FAILURE_SECONDS}, blocked_until)
        WHERE budget_key = ?1 AND kind = 'password' AND noted_until <= ?2`,
    )
    .bind(budgetKey, now, (maxAttempts - 1) * FAILURE_SECONDS)
}

/**
 * Forgets a device whose budget is used up: whoever goes on failing there is a stranger, and the budget that a stolen credential
 * has is no larger than that.
 */
export function forgetSpentDevice(
  db: D1Database,
  { deviceId, userId, now }: { readonly deviceId: string; readonly userId: string; readonly now: number },
  { maxAttempts }: AttemptLimits,
): D1PreparedStatement {
  return db
    .prepare(
      `DELETE FROM devices WHERE user_id = ?1 AND id = ?2 AND EXISTS (
         SELECT 1 FROM budgets WHERE budget_key = ?2 AND kind = 'password' AND spent_until - ?3 > ?4)`,
    )
    .bind(userId, deviceId, now, (maxAttempts - 1) * FAILURE_SECONDS)
}

function valuesOf({ attempter, canonicalEmail, now }: CountedAttempt) {
  return attempter.in === 'session'
    ? { sharedKey: attempter.sessionId, canonicalEmail, deviceIds: [], sources: [], now }
    : { ...attempter, sharedKey: attempter.accountKey, canonicalEmail, now }
}
