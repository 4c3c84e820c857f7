import type { AuditEvent } from '../../audit/audit-event'
import type { AttemptStore } from '../../flows/attempt-store'
import type { ChosenBudget } from '../../throttling/attempt-budget'
import type { AttemptLimits } from '../../throttling/attempt-limits'
import type { Source } from '../../throttling/source-limit'
import {
  chosenBudget,
  findBudgets,
  forgetSpentDevice,
  noteWait,
  reserveAttempt,
  settleAttempt,
  waitOf,
} from './attempts'
import { recordEvent, recordIfChanged } from './audit-log'
import { chargeSource, findSourceWait, pruneBudgets, sourceThrottled, spendSource } from './budgets'
import type { SqlDatabase, Steps } from './sql-database'
import { ifChanged, sql } from './statement'
import { FACTOR_COLUMNS, toCredentials, type UserRow, WITH_TOTP } from './user-row'

/** Attempts at passwords. What belongs together is one transaction. */
export function createAttemptStore(db: SqlDatabase, limits: AttemptLimits): AttemptStore {
  return {
    async reserve(attempt) {
      const { counted, budgets, users } = await db.transaction(
        {
          counted: reserveAttempt(attempt, limits),
          budgets: findBudgets(attempt),
          users: sql<UserRow>(
            `SELECT users.*, ${FACTOR_COLUMNS} FROM users ${WITH_TOTP} WHERE email_canonical = :email`,
            { email: attempt.canonicalEmail },
          ),
        },
        // However many guesses there are at one account, one statement counts each.
        { outcomeMatters: false, hot: true },
      )
      const [user] = users
      const account = user ? toCredentials(user) : null
      const [against] = counted
      if (against) {
        const budget = chosenBudget(attempt, against.budget_key)
        return { outcome: 'reserved', budget, blockedUntil: against.blocked_until, account }
      }
      const [row] = budgets
      if (!row) throw new Error('The statement that finds budgets gives one row')
      const budget = chosenBudget(attempt, row.chosen)
      const wait = waitOf(budget, row, limits, attempt.now)
      const { retryAfterSeconds } = wait
      if (wait.for === 'source') return { outcome: 'source-throttled', retryAfterSeconds }
      return { outcome: 'throttled', budget, retryAfterSeconds, account }
    },

    async refuse(refusal, { budget, sources }) {
      const recorded =
        refusal.reason === 'throttled'
          ? {
              noted: noteWait(budget.key, refusal.at, limits),
              recorded: ifChanged('noted', recordIfChanged(refusal)),
            }
          : { recorded: recordEvent(refusal) }
      await db.transaction(
        { ...recorded, ...chargesFor(refusal, budget, sources) },
        { outcomeMatters: false },
      )
    },

    async takeBack(reserved, done) {
      await db.change(settleAttempt(reserved, done))
    },

    async reserveRegistration({ canonicalEmail, sources, now }) {
      const { spent, waits, owners } = await db.transaction(
        {
          spent: spendSource({ sources, now }),
          waits: findSourceWait({ sources, now }),
          owners: sql<{ created_at: number }>('SELECT created_at FROM users WHERE email_canonical = :email', {
            email: canonicalEmail,
          }),
        },
        { outcomeMatters: false },
      )
      const [owner] = owners
      if (spent.length > 0)
        return owner ? { outcome: 'taken', createdAt: owner.created_at } : { outcome: 'free' }
      return sourceThrottled(waits)
    },

    async forget(now, limit) {
      await db.change(pruneBudgets(now, limit), { outcomeMatters: false })
    },
  }

  function chargesFor(refusal: AuditEvent, budget: ChosenBudget, sources: readonly Source[]): Steps {
    const { at: now, subjectId: userId } = refusal
    if (budget.of === 'strangers') return { charged: chargeSource(sources, now) }
    if (budget.of === 'session' || userId === null) return {}
    const event = { event: 'device-forgotten', outcome: 'success', reason: 'too-many-attempts' } as const
    return {
      forgotten: forgetSpentDevice({ deviceId: budget.key, userId, now }, limits),
      forgottenRecorded: ifChanged('forgotten', recordIfChanged({ ...refusal, ...event, accountKey: null })),
    }
  }
}
