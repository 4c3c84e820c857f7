import type { SqlDatabase } from '../sql/sql-database'
import { sql } from '../sql/statement'

/** The newest migration of PostgreSQL, which this version of the code is written for. A test holds it against the folder. */
export const NEWEST_POSTGRES_MIGRATION = '0044_unread_documents.sql'

/** No statement and no transaction lasts longer: less than a row of the audit trail waits until it is sealed (src/audit/sweep-audit.ts). */
export const LONGEST_TRANSACTION_MS = 10_000

/** The settings of the role that bound how long a transaction lasts. `janus migrate --postgres` sets them. */
export const TIME_OUTS = ['statement_timeout', 'idle_in_transaction_session_timeout'] as const

/**
 * Returns what keeps a database from being used, as sentences; none if it is ready.
 *
 * @throws {StoreUnavailable}
 */
export async function checkPostgres(db: SqlDatabase): Promise<readonly string[]> {
  const { isolation, timeOuts, tables } = await db.transaction(
    {
      isolation: sql<{ level: string }>(`SELECT current_setting('transaction_isolation') AS level`),
      timeOuts: sql<{ name: string }>(
        `SELECT name FROM pg_settings
          WHERE name IN ('statement_timeout', 'idle_in_transaction_session_timeout')
            AND (setting = '0' OR CAST(setting AS BIGINT) > :longest)`,
        { longest: LONGEST_TRANSACTION_MS },
      ),
      tables: sql<{ name: string }>(
        `SELECT tablename AS name FROM pg_tables WHERE schemaname = current_schema() AND tablename = 'janus_migrations'`,
      ),
    },
    { outcomeMatters: false },
  )
  const faults = timeOuts.map(({ name }) => `${name} of the role is not set, or longer than 10 s`)
  if (isolation[0]?.level !== 'serializable') faults.push('transactions are not serializable')
  if (tables.length === 0) return [...faults, 'no migration was applied']
  const newest = sql('SELECT 1 FROM janus_migrations WHERE name = :name', { name: NEWEST_POSTGRES_MIGRATION })
  if ((await db.first<object>(newest)) === null)
    faults.push(`migration ${NEWEST_POSTGRES_MIGRATION} was not applied`)
  return faults
}
