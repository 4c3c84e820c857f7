import type { MachineStore } from '../../oauth/machine'
import { type ClientRow, countsUntil, findProven, toClient } from './proven-client'
import type { SqlDatabase } from './sql-database'
import { sql } from './statement'
import { useOnce } from './used-challenges'

/** Creates the store of clients that act for themselves. */
export function createMachineStore(db: SqlDatabase): MachineStore {
  return {
    async findProven(proof) {
      const row = await db.first(findProven(proof))
      return row && toClient(row)
    },

    async findKeys(clientId) {
      const row = await db.first(
        sql<Pick<ClientRow, 'secret_hash' | 'jwks' | 'fresh_until' | 'counts_until'>>(
          'SELECT secret_hash, jwks, fresh_until, counts_until FROM oauth_clients WHERE id = :id AND jwks IS NOT NULL',
          { id: clientId },
        ),
      )
      if (!row?.jwks || row.secret_hash === null) return null
      const { secret_hash: secretHash, fresh_until: freshUntil } = row
      return { keys: JSON.parse(row.jwks).keys, secretHash, freshUntil, countsUntil: countsUntil(row) }
    },

    async useAssertion(assertion) {
      const used = await db.change(useOnce(assertion))
      return used.length > 0
    },
  }
}
