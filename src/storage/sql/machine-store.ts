import type { MachineStore } from '../../oauth/machine'
import { findProven, toClient } from './proven-client'
import type { SqlDatabase } from './sql-database'

/** Creates the store of clients that act for themselves. */
export function createMachineStore(db: SqlDatabase): MachineStore {
  return {
    async findProven(proof) {
      const row = await db.first(findProven(proof))
      return row && toClient(row)
    },
  }
}
