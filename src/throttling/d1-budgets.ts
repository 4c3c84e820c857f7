import { SOURCE_INTERVAL_SECONDS, SOURCE_ROOM_SECONDS } from './source-limit'

/** Charges a source for what it did, also if it has nothing left: it then waits the longer. */
export function chargeSource(db: D1Database, sourceKey: string, now: number): D1PreparedStatement {
  return db
    .prepare(
      `INSERT INTO budgets (budget_key, kind, spent_until) VALUES (?1, 'source', ?2 + ?3)
       ON CONFLICT (budget_key, kind) DO UPDATE SET spent_until = max(spent_until, ?2) + ?3`,
    )
    .bind(sourceKey, now, SOURCE_INTERVAL_SECONDS)
}

/** Charges a source for what it is about to do, unless it has nothing left. Changes one row or none. */
export function spendSource(
  db: D1Database,
  { sourceKey, now }: { readonly sourceKey: string; readonly now: number },
): D1PreparedStatement {
  return db
    .prepare(
      `INSERT INTO budgets (budget_key, kind, spent_until) VALUES (?1, 'source', ?2 + ?3)
       ON CONFLICT (budget_key, kind) DO UPDATE SET spent_until = max(spent_until, ?2) + ?3
        WHERE spent_until - ?2 <= ?4
       RETURNING spent_until`,
    )
    .bind(sourceKey, now, SOURCE_INTERVAL_SECONDS, SOURCE_ROOM_SECONDS)
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
