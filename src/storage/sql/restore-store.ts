import type { RestoreStore } from '../../restores/restore-store'
import type { SqlDatabase } from './sql-database'
import { sql } from './statement'

/** Creates the store of one row that says when the database was last put back. */
export function createRestoreStore(db: SqlDatabase): RestoreStore {
  return {
    async findLastAt() {
      const row = await db.first(sql<RestoreRow>('SELECT restored_at FROM restores WHERE id = 1'))
      return row?.restored_at ?? 0
    },

    async wasPutBack({ seq, chainHash, at }) {
      // Known to `janus doctor` (packages/cli/doctor/check-restore.ts).
      const settled = await db.first(
        sql<object>(
          `SELECT 1 FROM restores, audit_chain
            WHERE restores.id = 1 AND audit_chain.id = 1
              AND (restored_at >= :at OR pruned_to >= :seq
                OR EXISTS (SELECT 1 FROM audit_events WHERE seq = :seq AND chain_hash = :chain_hash))`,
          { at, seq, chain_hash: chainHash },
        ),
      )
      return settled === null
    },
  }
}

interface RestoreRow {
  readonly restored_at: number
}
