import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { reachToRead } from '../../runtime/outage'
import {
  planTransaction,
  type Rows,
  reachingFor,
  rowsByName,
  type SqlDatabase,
  type Steps,
} from '../sql/sql-database'
import { sqliteRowExists } from '../sql/sqlite-errors'
import type { Statement } from '../sql/statement'
import type { Migratable } from './migrate'

/** A SQLite database of this process. */
export interface SqliteDatabase extends SqlDatabase, Migratable {
  /** Closes the file. Nothing may be asked afterwards. */
  close(): void
}

/** Sets how long a statement waits while another process, such as a backup, holds the file. */
const BUSY_MS = 4000

/**
 * Creates the database on SQLite of Node: a file, or `:memory:`. It is synchronous, so one transaction runs after another.
 *
 * A file has a write-ahead log, and a change is on the disk before it is acknowledged.
 */
export function createSqliteDatabase(path: string): SqliteDatabase {
  const db = new DatabaseSync(path, { timeout: BUSY_MS })
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
  const prepared = new Map<string, StatementSync>()

  function ask<Row>({ text, values }: Statement<Row>): Row[] {
    let statement = prepared.get(text)
    if (!statement) {
      statement = db.prepare(withNames(text))
      // A text that holds its values is not seen again.
      if (values.length > 0) prepared.set(text, statement)
    }
    const named = Object.fromEntries(values.map((value, index) => [`p${index + 1}`, value]))
    return statement.all(named) as Row[]
  }

  function inTransaction<T>(begin: 'BEGIN' | 'BEGIN IMMEDIATE', work: () => T): T {
    db.exec(begin)
    try {
      const result = work()
      db.exec('COMMIT')
      return result
    } catch (error) {
      // Some failures have rolled it back already.
      if (db.isTransaction) db.exec('ROLLBACK')
      throw error
    }
  }

  async function runSteps<S extends Steps>(
    steps: S,
    reaching: typeof reachToRead,
    begin: 'BEGIN' | 'BEGIN IMMEDIATE',
  ): Promise<Rows<S>> {
    const planned = planTransaction(steps)
    const results = await reaching('SQLite', async () =>
      inTransaction(begin, () => planned.map(({ statement }) => ask(statement))),
    )
    return rowsByName(steps, planned, results)
  }

  return {
    first: (query) => reachToRead('SQLite', async () => ask(query)[0] ?? null),
    all: (query) => reachToRead('SQLite', async () => ask(query)),
    read: (queries) => runSteps(queries, reachToRead, 'BEGIN'),
    change: (statement, options = {}) => reachingFor(options)('SQLite', async () => ask(statement)),

    async transaction(steps, options = {}) {
      try {
        return await runSteps(steps, reachingFor(options), 'BEGIN IMMEDIATE')
      } catch (error) {
        throw sqliteRowExists(error) ?? error
      }
    },

    names: (text) => ask<{ name: string }>({ text, values: [] }).map(({ name }) => name),
    run: (script) => inTransaction('BEGIN IMMEDIATE', () => db.exec(script)),
    close: () => db.close(),
  }
}

/** Names each placeholder, because Node 22 binds no value to one with a number: `:p1` for `?1`. */
function withNames(text: string): string {
  // A text within the statement may hold what looks like a placeholder.
  return text.replace(/'(?:[^']|'')*'|\?(\d+)/g, (found, place: string | undefined) =>
    place === undefined ? found : `:p${place}`,
  )
}
