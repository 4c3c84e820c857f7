import type { Source, SourceThrottled } from '../../throttling/source-limit'
import { type Statement, sql } from './statement'

/** Describes whose budgets are spent, and when. */
interface Spending {
  readonly sources: readonly Source[]
  readonly now: number
}

/** Charges a source for what it did, also if it has nothing left: it then waits the longer. */
export function chargeSource(sources: readonly Source[], now: number): Statement<{ kind: string }> {
  return sql(chargeSources('true'), { sources: JSON.stringify(sources), now })
}

/** Charges a source for what it is about to do, unless it has nothing left. Returns a row for each of its budgets, or none. */
export function spendSource({ sources, now }: Spending): Statement<{ kind: string }> {
  return sql(chargeSources(SOURCE_HAS_ROOM), { sources: JSON.stringify(sources), now })
}

/**
 * The number of seconds that a source has to wait until it may spend again: `NULL` or less than one if it may now. Of `:sources`, the JSON
 * of the {@link Source}s, and `:now`.
 */
export const SOURCE_WAIT = `(SELECT max(spent_until - :now - CAST(source.value ->> 'room' AS BIGINT))
  FROM json_each(:sources) AS source JOIN budgets ON budget_key = source.value ->> 'key' AND kind = 'source')`

/** Finds how long a source has to wait. One row, for {@link sourceThrottled}. */
export function findSourceWait({ sources, now }: Spending): Statement<SourceWaitRow> {
  return sql(`SELECT ${SOURCE_WAIT} AS wait`, { sources: JSON.stringify(sources), now })
}

export interface SourceWaitRow {
  readonly wait: number | null
}

/** Returns what a source is told that has nothing left. */
export function sourceThrottled([row]: readonly SourceWaitRow[]): SourceThrottled {
  return { outcome: 'source-throttled', retryAfterSeconds: Math.max(1, row?.wait ?? 1) }
}

/** A condition: every budget of `:sources` has something left at `:now`. */
export const SOURCE_HAS_ROOM = `coalesce(${SOURCE_WAIT}, 0) <= 0`

/** Returns a statement that charges every budget of `:sources` one unit at `:now`, if the condition holds. */
export function chargeSources(condition: string): string {
  return `INSERT INTO budgets (budget_key, kind, spent_until)
    SELECT value ->> 'key', 'source', :now + CAST(value ->> 'seconds' AS BIGINT) FROM json_each(:sources) AS source WHERE ${condition}
    ON CONFLICT (budget_key, kind) DO UPDATE SET
      spent_until = max(budgets.spent_until, :now) + excluded.spent_until - :now
    RETURNING kind`
}

/** Forgets budgets of which nothing is spent any more, at most `limit`. */
export function pruneBudgets(now: number, limit: number): Statement {
  return sql(
    `DELETE FROM budgets WHERE (budget_key, kind) IN
       (SELECT budget_key, kind FROM budgets WHERE spent_until <= :now ORDER BY spent_until, budget_key, kind LIMIT :limit)`,
    { now, limit },
  )
}
