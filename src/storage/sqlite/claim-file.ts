import { closeSync, openSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'

/**
 * Claims a database file for the one process that serves from it, and makes the file, readable by its owner alone, if there is none. Two
 * processes would not know which sessions the other has ended. The claim is a lock on a file beside it, which the system releases however
 * the process ends. Commands of an operator need no claim.
 *
 * @returns What gives the claim back.
 * @throws {Error} If another process has it, or the folder cannot be written to.
 */
export function claimSqliteFile(path: string): () => void {
  if (path === ':memory:') return () => {}
  // guard: the database is readable by its owner alone
  closeSync(openSync(path, 'a', 0o600))
  const claim = new DatabaseSync(`${path}-claim`, { timeout: 0 })
  try {
    // guard: one process serves from a file
    claim.exec('BEGIN EXCLUSIVE')
  } catch {
    claim.close()
    throw new Error(
      `Another process serves from ${path}. Stop it first, or use PostgreSQL for several processes.`,
    )
  }
  return () => claim.close()
}
