import type { Connections } from './connections'

/** The lock of the sweep: any number that no other program locks in this database. */
const SWEEP_LOCK = 0x6a61_6e75

/** Limits how long the work may take before the server lets another process begin. */
const LONGEST = '10min'

/**
 * Runs work unless another process on the same database runs it at this moment. The lock belongs to a transaction, so it is released
 * however the process ends, and a pool in transaction mode may be in between. The transaction reads and writes nothing.
 *
 * @returns Whether it ran.
 */
export function runAlone(connections: Connections, work: () => Promise<void>): Promise<boolean> {
  return connections.use(async (client) => {
    await client.query('BEGIN ISOLATION LEVEL READ COMMITTED')
    try {
      await client.query(`SET LOCAL idle_in_transaction_session_timeout = '${LONGEST}'`)
      const { rows } = await client.query<{ mine: boolean }>('SELECT pg_try_advisory_xact_lock($1) AS mine', [
        SWEEP_LOCK,
      ])
      // guard: of several processes one sweeps
      if (rows[0]?.mine !== true) return false
      await work()
      return true
    } finally {
      await client.query('ROLLBACK')
    }
  })
}
