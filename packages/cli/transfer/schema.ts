import type { DatabaseSync } from 'node:sqlite'
import { Stop } from '../command.ts'
import { readMigrations } from '../migrate/migrations-config.ts'
import { MIGRATIONS } from '../place.ts'
import { checkNode } from '../serve/serve.ts'

/** A table that is moved. */
export interface Table {
  readonly name: string
  readonly columns: readonly string[]
  /** The columns of its primary key, in which rows are sorted. */
  readonly key: readonly string[]
  /** Says whether an empty database has a row in it. */
  readonly seeded: boolean
}

/** Describes what this version of Janus stores. Every database has the same tables and columns. */
export interface Schema {
  readonly newest: string
  readonly tables: readonly Table[]
}

/** Reads the schema from the migrations of this version, so that no list of tables can be behind them. */
export async function readSchema(): Promise<Schema> {
  checkNode(process.versions.node)
  const { DatabaseSync } = await import('node:sqlite')
  const db = new DatabaseSync(':memory:')
  const migrations = readMigrations(MIGRATIONS)
  for (const { text } of migrations) db.exec(text)
  const names = column(
    db,
    `SELECT name AS value FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name`,
  )
  const tables = names.map((name) => readTable(db, name))
  db.close()
  return { newest: migrations.at(-1)?.name ?? '', tables: tables.sort((a, b) => rank(a) - rank(b)) }
}

/**
 * Rows that an empty database has come first. Accounts come last: the trigger that refuses a session without a second factor looks at the
 * account, and an old session may have begun before the account had one. Recoveries come after sessions: a session that begins with a second
 * factor ends the recovery of its account.
 */
function rank({ name, seeded }: Table): number {
  // guard: accounts are imported after their sessions
  if (name === 'users') return 3
  // guard: recoveries are imported after sessions
  if (name === 'factor_recoveries') return 2
  return seeded ? 0 : 1
}

function readTable(db: DatabaseSync, name: string): Table {
  const columns = column(db, `SELECT name AS value FROM pragma_table_info('${name}')`)
  const key = column(db, `SELECT name AS value FROM pragma_table_info('${name}') WHERE pk > 0 ORDER BY pk`)
  if (key.length === 0) throw new Stop(`The table ${name} has no primary key, so its rows have no order.`)
  return { name, columns, key, seeded: column(db, `SELECT 1 AS value FROM ${name}`).length > 0 }
}

function column(db: DatabaseSync, text: string): readonly string[] {
  return db
    .prepare(text)
    .all()
    .map(({ value }) => String(value))
}
