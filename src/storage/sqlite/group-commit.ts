import type { DatabaseSync } from 'node:sqlite'
import { NotDone } from '../../runtime/outage'

/** A transaction that waits for its turn. */
interface Waiting {
  readonly work: () => unknown
  readonly resolve: (result: unknown) => void
  readonly reject: (error: unknown) => void
}

export interface GroupCommit {
  /** Runs work as a transaction. The promise is settled once its commit is on the disk. @throws {NotDone} If it was rolled back. */
  transact<T>(work: () => T): Promise<T>
  /** Runs what waits, at once. */
  flush(): void
}

/**
 * Creates what commits together those transactions that arrive in one turn of the event loop. A commit waits for the disk, and the process
 * waits with it: one for all takes as long as one for each, so the busier the process, the more it shares.
 *
 * They run one after another, as if each had a commit of its own. One that throws undoes itself alone; if the commit fails, all have failed
 * (docs/explain/decisions/0108).
 */
export function createGroupCommit(db: DatabaseSync): GroupCommit {
  let waiting: Waiting[] = []

  function flush(): void {
    const group = waiting
    waiting = []
    if (group.length === 0) return
    let committing = false
    try {
      db.exec('BEGIN IMMEDIATE')
      const settle = group.map(runWithin)
      committing = true
      db.exec('COMMIT')
      for (const settleOne of settle) settleOne()
    } catch (error) {
      // A commit that failed on its way to the disk may be found there when the file is opened again.
      for (const { reject } of group) reject(committing ? error : notDone(error))
      // Some failures have rolled it back already, or come of a file that is closed.
      if (db.isOpen && db.isTransaction) db.exec('ROLLBACK')
    }
  }

  /** Runs one of a group. @returns What tells its caller once it is committed. */
  function runWithin({ work, resolve, reject }: Waiting): () => void {
    db.exec('SAVEPOINT one')
    try {
      const result = work()
      db.exec('RELEASE one')
      return () => resolve(result)
    } catch (error) {
      if (!db.isTransaction) throw error
      // guard: a transaction that fails leaves nothing of itself
      db.exec('ROLLBACK TO one; RELEASE one')
      // Whatever becomes of the commit, this one was not done.
      reject(notDone(error))
      return () => {}
    }
  }

  return {
    transact: <T>(work: () => T) =>
      new Promise<T>((resolve, reject) => {
        const first = waiting.length === 0
        waiting.push({ work, resolve: resolve as Waiting['resolve'], reject })
        if (first) setImmediate(flush)
      }),
    flush,
  }
}

function notDone(cause: unknown): NotDone {
  return new NotDone(cause instanceof Error ? cause.message : String(cause), { cause })
}
