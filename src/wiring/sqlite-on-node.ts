import { isSchemaCurrent } from '../storage/d1/schema'
import { claimSqliteFile } from '../storage/sqlite/claim-file'
import { migrateSqlite, type SqliteMigrations } from '../storage/sqlite/migrate'
import { createSqliteDatabase } from '../storage/sqlite/sqlite-database'
import type { Truth } from './truths'

export type { SqliteMigrations } from '../storage/sqlite/migrate'

/** A database that a process on Node has opened. */
export interface OpenTruth extends Truth {
  /** Runs work unless another process on the same database runs such work at this moment. */
  alone(work: () => Promise<void>): Promise<void>
  /** Nothing may be asked afterwards. */
  close(): Promise<void>
}

/**
 * Opens a SQLite file, or `:memory:`, for the one process that serves from it, and brings it up to date.
 *
 * @throws {Error} If another process serves from it, or its tables are not those of Janus, or those of a newer version.
 */
export async function serveFromSqlite(path: string, migrations: SqliteMigrations): Promise<OpenTruth> {
  const release = claimSqliteFile(path)
  try {
    const { db, check, close } = openSqlite(path)
    await migrateSqlite(db, migrations)
    return {
      db,
      check,
      alone: (work) => work(),
      async close() {
        await close()
        release()
      },
    }
  } catch (error) {
    release()
    throw error
  }
}

/** Opens a SQLite file beside the process that serves from it. It must exist. */
export function openSqlite(path: string) {
  const db = createSqliteDatabase(path)
  return {
    db,
    check: async () =>
      (await isSchemaCurrent(db)) ? null : 'The schema is not current. Run: npx janus migrate --sqlite FILE.',
    close: async () => db.close(),
  }
}
