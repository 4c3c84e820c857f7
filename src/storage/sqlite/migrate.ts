import { isSchemaCurrent } from '../d1/schema'
import type { SqlDatabase } from '../sql/sql-database'
import { sql } from '../sql/statement'

/** The migrations of this version in their order: those of D1, which is SQLite as well. */
export type SqliteMigrations = readonly { readonly name: string; readonly text: string }[]

/** Describes what migrations need of a SQLite database. */
export interface Migratable {
  /** Returns the column `name` of the rows of a query. */
  names(query: string): readonly string[]
  /** Runs a script as one transaction. */
  run(script: string): void
}

/**
 * Brings a SQLite database up to date, each migration in a transaction of its own. What was applied is noted where wrangler notes it for D1,
 * so a file that D1 has made or exported is known as it is. Returns the names of what was applied.
 *
 * @throws {Error} If the database is not Janus's, or a newer version has migrated it.
 */
export function migrateSqlite(db: Migratable, migrations: SqliteMigrations): readonly string[] {
  const found = db.names(
    `SELECT name FROM sqlite_master WHERE type = 'table' AND name IN ('users', 'sessions', 'audit_events', 'd1_migrations')`,
  )
  if (found.length > 0 && !found.includes('d1_migrations'))
    throw new Error(`The database has tables that Janus did not make: ${found.join(', ')}. Use a new one.`)
  db.run(
    `CREATE TABLE IF NOT EXISTS d1_migrations
       (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)`,
  )
  const applied = new Set(db.names('SELECT name FROM d1_migrations'))
  const newer = [...applied].filter((name) => !migrations.some((migration) => migration.name === name))
  // guard: an older version does not work on the tables of a newer one
  if (newer.length > 0)
    throw new Error(`A newer version of Janus has migrated the database: it has ${newer.join(', ')}.`)
  const missing = migrations.filter(({ name }) => !applied.has(name))
  // The name of a file holds no quote.
  for (const { name, text } of missing)
    db.run(`${text};\nINSERT INTO d1_migrations (name) VALUES ('${name}')`)
  return missing.map(({ name }) => name)
}

/** Returns whether every migration has been applied; `false` for a file without tables. @throws {StoreUnavailable} */
export async function isSqliteCurrent(db: SqlDatabase): Promise<boolean> {
  const noted = sql(`SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'd1_migrations'`)
  return (await db.first<object>(noted)) !== null && isSchemaCurrent(db)
}
