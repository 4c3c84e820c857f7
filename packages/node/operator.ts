import { createOperatorDatabase, type OperatorDatabase } from '../../src/wiring/operator-database'
import { migrateSqliteFile, openSqlite, type SqliteMigrations } from '../../src/wiring/sqlite-on-node'
import './platform'

export type { OperatorDatabase } from '../../src/wiring/operator-database'

/** Names a database that an operator works on beside the process that serves from it. */
export type OperatorPlace = { readonly sqlite: string } | { readonly postgres: string }

/** Opens a database that is there. */
export async function openForOperator(place: OperatorPlace): Promise<OperatorDatabase> {
  if ('sqlite' in place) return createOperatorDatabase(openSqlite(place.sqlite))
  // It needs `pg`, which only users of PostgreSQL install.
  const { openPostgres } = await import('../../src/wiring/postgres-on-node')
  return createOperatorDatabase(openPostgres(place.postgres))
}

/**
 * Makes a SQLite file, unless it is there, and brings it up to date. Returns the names of what was applied.
 *
 * @throws {Error} If a process serves from it, or its tables are not those of Janus, or those of a newer version.
 */
export function migrateFile(path: string, migrations: SqliteMigrations): Promise<readonly string[]> {
  return migrateSqliteFile(path, migrations)
}
