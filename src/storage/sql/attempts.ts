import type { Attempter, ChosenBudget, ReservedAttempt } from '../../throttling/attempt-budget'
import { type AttemptLimits, FAILURE_SECONDS, retryAfterSeconds } from '../../throttling/attempt-limits'
import { SOURCE_HAS_ROOM, SOURCE_WAIT } from './budgets'
import { listOfIds, presentedDevice } from './devices'
import { type Statement, sql } from './statement'
import { FACTOR_COLUMNS, type UserRow, WITH_TOTP } from './user-row'

/** An attempt at the password of an address, known or not. */
export interface CountedAttempt {
  readonly canonicalEmail: string
  readonly attempter: Attempter
  readonly now: number
}

/** A budget that an attempt was counted against. */
export interface CountedRow {
  readonly budget_key: string
  readonly blocked_until: number
}

/**
 * Counts an attempt before its password is looked at, unless it has to wait: of many parallel attempts no more begin than may fail.
 * The statement itself decides which budget it is. It returns a row if the attempt may go on.
 */
export function reserveAttempt(attempt: CountedAttempt, limits: AttemptLimits): Statement<CountedRow> {
  return sql(
    // guard: attempts are delayed
    // guard: attempts come to an end
    `INSERT INTO budgets (budget_key, kind, spent_until, blocked_until)
     SELECT chosen, 'password', :now + ${FAILURE_SECONDS}, CASE WHEN :free_attempts > 1 THEN 0 ELSE :now + 1 END
       FROM (SELECT ${CHOSEN} AS chosen LIMIT 1) AS found
      WHERE chosen <> :shared_key OR ${SOURCE_HAS_ROOM}
     ON CONFLICT (budget_key, kind) DO UPDATE SET
       spent_until = max(budgets.spent_until, :now) + ${FAILURE_SECONDS},
       blocked_until = CASE WHEN ${FAILURES} < :free_attempts THEN 0
         ELSE :now + min(:max_delay, CAST(1 AS BIGINT) << CAST(min(30, ${FAILURES} - :free_attempts) AS INTEGER)) END
      WHERE budgets.blocked_until <= :now AND budgets.spent_until - :now <= :room
     RETURNING budget_key, blocked_until`,
    {
      ...valuesOf(attempt),
      free_attempts: limits.freeAttempts,
      room: (limits.maxAttempts - 1) * FAILURE_SECONDS,
      max_delay: limits.maxAttemptDelaySeconds,
    },
  )
}

/** Failures that count with this one, of a budget that has been spent until `spent_until`. */
export const FAILURES = `((max(budgets.spent_until - :now, 0) + ${2 * FAILURE_SECONDS - 1}) / ${FAILURE_SECONDS})`

/** The device of the account that was presented, or the budget that everybody else shares. */
const CHOSEN = `coalesce((${presentedDevice()}), :shared_key)`

/** Returns the account of an attempt, and what the attempt has to wait for if it was not reserved. One row. */
export function findAttempted(
  attempt: CountedAttempt,
): Statement<BudgetRow & (UserRow | { readonly id: null })> {
  return sql(
    `SELECT chosen, mine.spent_until, mine.blocked_until, ${SOURCE_WAIT} AS source_wait, users.*, ${FACTOR_COLUMNS}
       FROM (SELECT ${CHOSEN} AS chosen LIMIT 1) AS found
       LEFT JOIN budgets AS mine ON mine.budget_key = chosen AND mine.kind = 'password'
       LEFT JOIN users ON users.email_canonical = :email ${WITH_TOTP}`,
    valuesOf(attempt),
  )
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
 * Takes an attempt back whose password was right, once what it was given for is there: a session, the token of a link, or a link that was used.
 *
 * Of what strangers share only this attempt is taken back: if their failures were cleared, strangers would see that somebody signed
 * in, and so that the address has an account. What a device or a session failed is forgotten.
 */
export function settleAttempt(
  { budget, blockedUntil }: ReservedAttempt,
  done:
    | { readonly sessionId: string }
    | { readonly tokenHash: string }
    | { readonly usedLink: string }
    | { readonly pendingSignIn: string },
): Statement {
  const [isDone, proof] =
    'sessionId' in done
      ? ['EXISTS (SELECT 1 FROM sessions WHERE id = :proof)', done.sessionId]
      : 'tokenHash' in done
        ? ['EXISTS (SELECT 1 FROM one_time_tokens WHERE token_hash = :proof)', done.tokenHash]
        : 'usedLink' in done
          ? ['EXISTS (SELECT 1 FROM used_links WHERE token_hash = :proof)', done.usedLink]
          : ['EXISTS (SELECT 1 FROM pending_sign_ins WHERE token_hash = :proof)', done.pendingSignIn]
  const values = { budget_key: budget.key, proof }
  if (budget.of !== 'strangers') {
    return sql(
      `DELETE FROM budgets WHERE budget_key = :budget_key AND kind = 'password' AND ${isDone}`,
      values,
    )
  }
  return sql(
    // Others may have been told meanwhile to wait longer than this attempt made them.
    `UPDATE budgets SET spent_until = spent_until - ${FAILURE_SECONDS},
            blocked_until = CASE WHEN blocked_until = :blocked_until THEN 0 ELSE blocked_until END
      WHERE budget_key = :budget_key AND kind = 'password' AND ${isDone}`,
    { ...values, blocked_until: blockedUntil },
  )
}

/**
 * Notes that an attempt was refused while its budget has to wait: once for each wait, and once a day while nothing of it is left. Changes
 * one row or none. However many attempts are refused, they leave no more than that behind.
 */
export function noteWait(budgetKey: string, now: number, { maxAttempts }: AttemptLimits): Statement {
  return sql(
    // guard: attempts that are refused unseen are recorded once
    `UPDATE budgets
        SET noted_until = CASE WHEN spent_until - :now > :room THEN :now + ${FAILURE_SECONDS} ELSE blocked_until END
      WHERE budget_key = :budget_key AND kind = 'password' AND noted_until <= :now`,
    { budget_key: budgetKey, now, room: (maxAttempts - 1) * FAILURE_SECONDS },
  )
}

/**
 * Forgets a device whose budget is used up: whoever goes on failing there is a stranger, and the budget that a stolen credential
 * has is no larger than that.
 */
export function forgetSpentDevice(
  { deviceId, userId, now }: { readonly deviceId: string; readonly userId: string; readonly now: number },
  { maxAttempts }: AttemptLimits,
): Statement {
  return sql(
    // guard: a device that is used up is forgotten
    `DELETE FROM devices WHERE user_id = :user_id AND id = :device_id AND EXISTS (
       SELECT 1 FROM budgets WHERE budget_key = :device_id AND kind = 'password' AND spent_until - :now > :room)`,
    { user_id: userId, device_id: deviceId, now, room: (maxAttempts - 1) * FAILURE_SECONDS },
  )
}

/** Returns the values of `:shared_key`, `:email`, `:device_ids`, `:sources` and `:now`. */
function valuesOf({ attempter, canonicalEmail, now }: CountedAttempt) {
  const { sharedKey, deviceIds, sources } =
    attempter.in === 'session'
      ? { sharedKey: attempter.sessionId, deviceIds: [], sources: [] }
      : { ...attempter, sharedKey: attempter.accountKey }
  return {
    shared_key: sharedKey,
    email: canonicalEmail,
    device_ids: listOfIds(deviceIds),
    sources: JSON.stringify(sources),
    now,
  }
}
