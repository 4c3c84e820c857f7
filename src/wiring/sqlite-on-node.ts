import { claimSqliteFile } from '../storage/sqlite/claim-file'
import { isSqliteCurrent, migrateSqlite, type SqliteMigrations } from '../storage/sqlite/migrate'
import { createSqliteDatabase } from '../storage/sqlite/sqlite-database'
import type { Truth } from './truths'

export type { SqliteMigrations } from '../storage/sqlite/migrate'

/** A database that a process on Node has opened. */
export interface OpenTruth extends Truth {
  /** Runs work unless another process on the same database runs such work at this moment. */
  alone(work: () => Promise<void>): Promise<void>
  /** Closes the file. Nothing may be called afterwards. */
  close(): Promise<void>
}

/**
 * Opens a SQLite file, or `:memory:`, for the one process that serves from it, and brings it up to date.
 *
 * @throws {Error} If another process serves from it, or its tables are not those of Janus, or those of a newer version.
 */
export async function serveFromSqlite(path: string, migrations: SqliteMigrations): Promise<OpenTruth> {
  const opened = await claimAndOpen(path)
  try {
    migrateSqlite(opened.db, migrations)
    return { ...opened, alone: (work) => work() }
  } catch (error) {
    await opened.close()
    throw error
  }
}

async function claimAndOpen(path: string) {
  const release = claimSqliteFile(path)
  try {
    const opened = openSqlite(path)
    return {
      ...opened,
      async close() {
        await opened.close()
        release()
      },
    }
  } catch (error) {
    release()
    throw error
  }
}

/**
 * Makes a SQLite file, unless it is there, and brings it up to date. Returns the names of what was applied.
 *
 * @throws {Error} As {@link serveFromSqlite}.
 */
export async function migrateSqliteFile(
  path: string,
  migrations: SqliteMigrations,
): Promise<readonly string[]> {
  const { db, close } = await claimAndOpen(path)
  try {
    return migrateSqlite(db, migrations)
  } finally {
    await close()
  }
}

/** Opens a SQLite file beside the process that serves from it. It must exist. */
export function openSqlite(path: string) {
  const db = createSqliteDatabase(path)
  return {
    db,
    async check() {
      return (await isSqliteCurrent(db))
        ? null
        : 'The schema is not current. Run: npx janus migrate --sqlite FILE.'
    },
    close: async () => db.close(),
  }
}
