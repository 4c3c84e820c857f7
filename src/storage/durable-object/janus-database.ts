import { DurableObject } from 'cloudflare:workers'
import type { DatabaseAnswer, DatabaseObject } from '../../config/database-objects'
import { migrateSqlite } from '../sqlite/migrate'
import { MIGRATION_TEXTS } from './migration-texts'

type Statements = Parameters<DatabaseObject['run']>[0]

/**
 * Holds the database of Janus: one object, with an SQLite of its own. It is single-threaded, so one transaction runs after another, and the
 * platform sends no answer before what it acknowledges is durable.
 *
 * It migrates itself when it starts, before it takes a call. If it cannot, it says why and runs nothing.
 */
export class JanusDatabase extends DurableObject<object> implements DatabaseObject {
  private readonly unusable: string | null

  constructor(state: DurableObjectState, env: object) {
    super(state, env)
    this.unusable = migrate(state.storage)
  }

  async check(): Promise<string | null> {
    return this.unusable
  }

  async run(statements: Statements): Promise<DatabaseAnswer> {
    // guard: an object that could not migrate runs nothing
    if (this.unusable !== null) return { failure: this.unusable }
    const { storage } = this.ctx
    try {
      // guard: the statements of one call are one transaction
      const rows = storage.transactionSync(() =>
        statements.map(({ text, values }) =>
          storage.sql.exec<Record<string, string | number | null>>(text, ...values).toArray(),
        ),
      )
      return { rows }
    } catch (error) {
      // A key that there is already is no fault of the object: thrown, it would count as one.
      return { failure: reasonOf(error) }
    }
  }
}

/** Applies what is missing, all of it or nothing. Returns why the database cannot be used, or `null`. */
function migrate(storage: DurableObjectStorage): string | null {
  const db = {
    names: (query: string) =>
      storage.sql
        .exec<{ name: string }>(query)
        .toArray()
        .map(({ name }) => name),
    run: (script: string) => void storage.sql.exec(script),
  }
  try {
    storage.transactionSync(() => migrateSqlite(db, MIGRATION_TEXTS))
    return null
  } catch (error) {
    return reasonOf(error)
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
