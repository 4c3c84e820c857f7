import type { AuditEvent } from '../../audit/audit-event'
import type { AttemptStore } from '../../flows/attempt-store'
import type { ChosenBudget } from '../../throttling/attempt-budget'
import type { AttemptLimits } from '../../throttling/attempt-limits'
import type { Source } from '../../throttling/source-limit'
import {
  chosenBudget,
  findAttempted,
  forgetSpentDevice,
  noteWait,
  reserveAttempt,
  settleAttempt,
  waitOf,
} from './attempts'
import { recordEvent, recordIfChanged } from './audit-log'
import {
  chargeSource,
  pruneBudgets,
  SOURCE_WAIT,
  type SourceWaitRow,
  sourceThrottled,
  spendSource,
} from './budgets'
import type { SqlDatabase, Steps } from './sql-database'
import { ifChanged, sql } from './statement'
import { toCredentials } from './user-row'

/** Attempts at passwords. What belongs together is one transaction. */
export function createAttemptStore(db: SqlDatabase, limits: AttemptLimits): AttemptStore {
  return {
    async reserve(attempt) {
      const { counted, attempted } = await db.transaction(
        { counted: reserveAttempt(attempt, limits), attempted: findAttempted(attempt) },
        // However many guesses there are at one account, one statement counts each.
        { outcomeMatters: false, hot: true },
      )
      const [row] = attempted
      if (!row) throw new Error('The statement that finds what is attempted gives one row')
      const account = row.id === null ? null : toCredentials(row)
      const [against] = counted
      if (against) {
        const budget = chosenBudget(attempt, against.budget_key)
        return { outcome: 'reserved', budget, blockedUntil: against.blocked_until, account }
      }
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
      const { spent, found } = await db.transaction(
        {
          spent: spendSource({ sources, now }),
          found: sql<SourceWaitRow & { owned_since: number | null }>(
            `SELECT ${SOURCE_WAIT} AS wait, (SELECT created_at FROM users WHERE email_canonical = :email) AS owned_since`,
            { sources: JSON.stringify(sources), email: canonicalEmail, now },
          ),
        },
        { outcomeMatters: false },
      )
      if (spent.length === 0) return sourceThrottled(found)
      const createdAt = found[0]?.owned_since ?? null
      return createdAt === null ? { outcome: 'free' } : { outcome: 'taken', createdAt }
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
