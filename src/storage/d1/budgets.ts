import type { Source } from '../../throttling/source-limit'

/** Charges a source for what it did, also if it has nothing left: it then waits the longer. */
export function chargeSource(db: D1Database, sources: readonly Source[], now: number): D1PreparedStatement {
  return db.prepare(chargeSources({ sources: '?1', now: '?2' }, 'true')).bind(JSON.stringify(sources), now)
}

/** Charges a source for what it is about to do, unless it has nothing left. Returns a row for each of its budgets, or none. */
export function spendSource(
  db: D1Database,
  { sources, now }: { readonly sources: readonly Source[]; readonly now: number },
): D1PreparedStatement {
  const names = { sources: '?1', now: '?2' }
  return db.prepare(chargeSources(names, hasRoom(names))).bind(JSON.stringify(sources), now)
}

/** Names of the placeholders for the JSON of the {@link Source}s and for the instant. */
interface SourceNames {
  readonly sources: string
  readonly now: string
}

/** A statement that charges every budget of a source one unit, if the condition holds. */
export function chargeSources({ sources, now }: SourceNames, condition: string): string {
  return `INSERT INTO budgets (budget_key, kind, spent_until)
    SELECT value ->> 'key', 'source', ${now} + (value ->> 'seconds') FROM json_each(${sources}) WHERE ${condition}
    ON CONFLICT (budget_key, kind) DO UPDATE SET
      spent_until = max(spent_until, ${now}) + excluded.spent_until - ${now}
    RETURNING kind`
}

/** A condition: every budget of the source has something left. */
export function hasRoom(names: SourceNames): string {
  return `coalesce(${sourceWait(names)}, 0) <= 0`
}

/** How many seconds a source has to wait until it may spend again: `NULL` or less than one if it may now. */
export function sourceWait({ sources, now }: SourceNames): string {
  return `(SELECT max(spent_until - ${now} - (source.value ->> 'room'))
             FROM json_each(${sources}) AS source JOIN budgets ON budget_key = source.value ->> 'key' AND kind = 'source')`
}

/** Forgets budgets of which nothing is spent any more, at most `limit`. */
export function pruneBudgets(db: D1Database, now: number, limit: number): D1PreparedStatement {
  return db
    .prepare(
      `DELETE FROM budgets WHERE (budget_key, kind) IN
         (SELECT budget_key, kind FROM budgets WHERE spent_until <= ?1 ORDER BY spent_until, budget_key, kind LIMIT ?2)`,
    )
    .bind(now, limit)
}
