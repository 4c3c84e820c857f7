import type { AuditEvent } from '../../audit/audit-event'
import { type AttemptLimits, FAILURE_SECONDS, retryAfterSeconds } from '../../throttling/attempt-limits'
import { FAILURES } from './attempts'
import { recordEvent } from './audit-log'
import type { MailQueue } from './mail-queue'
import { ifChanged, PREVIOUS_CHANGED, type SqlValue, type Statement, sql } from './statement'

// Tries at the second factor of an account: at codes and recovery codes together, in sign-ins and in sessions.

/**
 * Counts a try before the code is looked at, against the budget of the account, if the budget has something left.
 *
 * @param of Where `user_id` comes from, and on which condition: nothing is counted without.
 */
export function countTry(
  of: { readonly from: string; readonly values: Readonly<Record<string, SqlValue>> },
  now: number,
  limits: AttemptLimits,
): Statement<{ budget_key: string }> {
  return sql(
    // guard: tries at a second factor are delayed
    // guard: tries at a second factor come to an end
    `INSERT INTO budgets (budget_key, kind, spent_until, blocked_until)
     SELECT user_id, 'second-factor', :now + ${FAILURE_SECONDS}, CASE WHEN :free_attempts > 1 THEN 0 ELSE :now + 1 END
       FROM ${of.from}
     ON CONFLICT (budget_key, kind) DO UPDATE SET
       spent_until = max(budgets.spent_until, :now) + ${FAILURE_SECONDS},
       blocked_until = CASE WHEN ${FAILURES} < :free_attempts THEN 0
         ELSE :now + min(:max_delay, CAST(1 AS BIGINT) << CAST(min(30, ${FAILURES} - :free_attempts) AS INTEGER)) END
      WHERE budgets.blocked_until <= :now AND budgets.spent_until - :now <= :room
     RETURNING budget_key`,
    {
      ...of.values,
      now,
      free_attempts: limits.freeAttempts,
      room: (limits.maxAttempts - 1) * FAILURE_SECONDS,
      max_delay: limits.maxAttemptDelaySeconds,
    },
  )
}

/** Uses a recovery code up, if the statement right before changed a row: of many callers one changes the row. */
export function useRecoveryCode(userId: string, codeHash: string, now: number): Statement {
  return sql(
    // guard: a recovery code works once
    `UPDATE recovery_codes SET used_at = :now
      WHERE user_id = :user_id AND code_hash = :code_hash AND used_at IS NULL AND ${PREVIOUS_CHANGED}`,
    { user_id: userId, code_hash: codeHash, now },
  )
}

/** Sets how many failures the owner is told of, and then for how long not again. */
const TELLING_FAILURES = 3
const TOLD_SECONDS = 24 * 60 * 60

/**
 * Steps after a try that was counted and refused: record it, and tell the owner once a day if so many failed. Whoever tries has proven the
 * first factor, so this is worth a mail, and nobody else can cause one.
 */
export function refuseTry(
  refusal: AuditEvent,
  { userId, mailQueue }: { readonly userId: string; readonly mailQueue: MailQueue },
) {
  const { at: now, source } = refusal
  return {
    recorded: recordEvent(refusal),
    noted: sql<{ budget_key: string }>(
      // guard: an owner is told of wrong codes once a day
      `UPDATE budgets SET noted_until = :now + ${TOLD_SECONDS}
        WHERE budget_key = :user_id AND kind = 'second-factor' AND noted_until <= :now
          AND spent_until - :now > ${(TELLING_FAILURES - 1) * FAILURE_SECONDS}
       RETURNING budget_key`,
      { user_id: userId, now },
    ),
    ownerTold:
      source &&
      ifChanged(
        'noted',
        mailQueue.noticeIfChanged({ kind: 'second-factor-attempts', source, now }, { userId }),
      ),
  }
}

export interface SpentRow {
  readonly spent_until: number | null
  readonly blocked_until: number | null
}

/** Returns how long a try has to wait that was not counted. */
export function waitOfTry(
  { spent_until, blocked_until }: SpentRow,
  limits: AttemptLimits,
  now: number,
): number {
  const spent = { spent_until: spent_until ?? now, blocked_until: blocked_until ?? now }
  return retryAfterSeconds(spent, limits, now)
}
