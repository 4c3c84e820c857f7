import type { AuditEvent } from '../../audit/audit-event'
import type { AttemptStore } from '../../flows/attempt-store'
import { reach, reachToDo } from '../../runtime/outage'
import type { AttemptLimits } from '../../throttling/attempt-limits'
import type { Source } from '../../throttling/source-limit'
import {
  type BudgetRow,
  chosenBudget,
  findBudgets,
  forgetSpentDevice,
  noteWait,
  reserveAttempt,
  settleAttempt,
  waitOf,
} from './attempts'
import { recordEvent } from './audit-log'
import { chargeSource, pruneBudgets, sourceWait, spendSource } from './budgets'
import { toCredentials, type UserRow } from './user-row'

/** Attempts in D1. What belongs together is one batch, which D1 runs as a transaction. */
export function createD1AttemptStore(db: D1Database, limits: AttemptLimits): AttemptStore {
  return {
    async reserve(attempt) {
      const [reserved, budgets, users] = await reach('D1', () =>
        db.batch([
          reserveAttempt(db, attempt, limits),
          findBudgets(db, attempt),
          db.prepare('SELECT * FROM users WHERE email_canonical = ?1').bind(attempt.canonicalEmail),
        ]),
      )
      const [user] = (users?.results ?? []) as UserRow[]
      const found = user ? toCredentials(user) : null
      const [counted] = (reserved?.results ?? []) as { budget_key: string; blocked_until: number }[]
      if (counted) {
        const budget = chosenBudget(attempt, counted.budget_key)
        return { outcome: 'reserved', budget, blockedUntil: counted.blocked_until, found }
      }
      const [row] = (budgets?.results ?? []) as BudgetRow[]
      if (!row) throw new Error('The statement that finds budgets gives one row')
      const budget = chosenBudget(attempt, row.chosen)
      const wait = waitOf(budget, row, limits, attempt.now)
      const { retryAfterSeconds } = wait
      if (wait.for === 'source') return { outcome: 'source-throttled', retryAfterSeconds }
      return { outcome: 'throttled', budget, retryAfterSeconds, found }
    },

    async refuse(refusal, { budget, sources }) {
      const isLookedAt = refusal.reason !== 'throttled'
      await reach('D1', () =>
        db.batch([
          ...(isLookedAt ? [] : [noteWait(db, budget.key, refusal.at, limits)]),
          recordEvent(db, refusal, isLookedAt ? 'always' : 'if-changed'),
          ...chargesFor(refusal, budget, sources),
        ]),
      )
    },

    async takeBack(reserved, sessionId) {
      await reachToDo('D1', () => settleAttempt(db, reserved, { sessionId }).run())
    },

    async reserveRegistration({ canonicalEmail, sources, now }) {
      const [spent, waits, users] = await reach('D1', () =>
        db.batch<{ wait: number | null; created_at: number }>([
          spendSource(db, { sources, now }),
          db
            .prepare(`SELECT ${sourceWait({ sources: '?1', now: '?2' })} AS wait`)
            .bind(JSON.stringify(sources), now),
          db.prepare('SELECT created_at FROM users WHERE email_canonical = ?1').bind(canonicalEmail),
        ]),
      )
      const [owner] = users?.results ?? []
      if (spent?.results.length)
        return owner ? { outcome: 'taken', createdAt: owner.created_at } : { outcome: 'free' }
      return { outcome: 'source-throttled', retryAfterSeconds: Math.max(1, waits?.results[0]?.wait ?? 1) }
    },

    async forget(now, limit) {
      await reach('D1', () => pruneBudgets(db, now, limit).run())
    },
  }

  function chargesFor(
    refusal: AuditEvent,
    budget: Parameters<AttemptStore['refuse']>[1]['budget'],
    sources: readonly Source[],
  ): readonly D1PreparedStatement[] {
    const { at: now, subjectId: userId } = refusal
    if (budget.of === 'strangers') return [chargeSource(db, sources, now)]
    if (budget.of === 'session' || userId === null) return []
    const forgotten = { event: 'device-forgotten', outcome: 'success', reason: 'too-many-attempts' } as const
    return [
      forgetSpentDevice(db, { deviceId: budget.key, userId, now }, limits),
      recordEvent(db, { ...refusal, ...forgotten, accountKey: null }, 'if-changed'),
    ]
  }
}
