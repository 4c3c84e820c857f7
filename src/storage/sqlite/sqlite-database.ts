import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
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
import { createGroupCommit } from './group-commit'
import type { Migratable } from './migrate'

/** A SQLite database of this process. */
export interface SqliteDatabase extends SqlDatabase, Migratable {
  /** Closes the file. Nothing may be asked afterwards. */
  close(): void
}

/** A statement that was prepared, and which of the values each of its placeholders takes. */
interface Prepared {
  readonly statement: StatementSync
  readonly order: readonly number[]
}

/** Sets how long a statement waits while another process, such as a backup, holds the file. */
const BUSY_MS = 4000

/**
 * Creates the database on SQLite of Node: a file, or `:memory:`. It is synchronous, so one transaction runs after another;
 * those that arrive together share a commit.
 *
 * A file has a write-ahead log, and a change is on the disk before it is acknowledged.
 */
export function createSqliteDatabase(path: string): SqliteDatabase {
  const db = new DatabaseSync(path, { timeout: BUSY_MS })
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
  const { transact, flush } = createGroupCommit(db)
  const prepared = new Map<string, Prepared>()

  function ask<Row>({ text, values }: Statement<Row>): Row[] {
    let found = prepared.get(text)
    if (!found) {
      const { positional, order } = withPositions(text)
      found = { statement: db.prepare(positional), order }
      // A text that holds its values is not seen again.
      if (values.length > 0) prepared.set(text, found)
    }
    return found.statement.all(...found.order.map((place) => values[place] as SQLInputValue)) as Row[]
  }

  async function runSteps<S extends Steps>(
    steps: S,
    run: (work: () => readonly unknown[][]) => Promise<readonly unknown[][]>,
  ): Promise<Rows<S>> {
    const planned = planTransaction(steps)
    const results = await run(() => planned.map(({ statement }) => ask(statement)))
    return rowsByName(steps, planned, results)
  }

  return {
    first: (query) => reachToRead('SQLite', async () => ask(query)[0] ?? null),
    all: (query) => reachToRead('SQLite', async () => ask(query)),
    read: (queries) =>
      runSteps(queries, (work) => reachToRead('SQLite', async () => inTransaction(db, 'BEGIN', work))),
    change: (statement, options = {}) => reachingFor(options)('SQLite', () => transact(() => ask(statement))),

    async transaction(steps, options = {}) {
      try {
        return await runSteps(steps, (work) => reachingFor(options)('SQLite', () => transact(work)))
      } catch (error) {
        throw sqliteRowExists(error) ?? error
      }
    },

    names: (text) => ask<{ name: string }>({ text, values: [] }).map(({ name }) => name),
    run: (script) => inTransaction(db, 'BEGIN IMMEDIATE', () => db.exec(script)),
    close() {
      flush()
      db.close()
    },
  }
}

function inTransaction<T>(db: DatabaseSync, begin: 'BEGIN' | 'BEGIN IMMEDIATE', work: () => T): T {
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

/**
 * Writes each placeholder without its number, because Node 22 binds no value to one that has it: `?` for `?1`. The order says which value
 * each takes, from 0.
 */
function withPositions(text: string): { readonly positional: string; readonly order: readonly number[] } {
  const order: number[] = []
  // A text within the statement may hold what looks like a placeholder.
  const positional = text.replace(/'(?:[^']|'')*'|\?(\d+)/g, (found, place: string | undefined) => {
    if (place === undefined) return found
    order.push(Number(place) - 1)
    return '?'
  })
  return { positional, order }
}
