import { connectEachTime } from '../storage/postgres/connections'
import { createPostgresDatabase } from '../storage/postgres/postgres-database'
import { checkPostgres } from '../storage/postgres/schema'
import type { CreateDatabase } from './truths'

/**
 * Opens PostgreSQL through the Hyperdrive binding `HYPERDRIVE`, where `DATABASE` is `postgres`. Each call has a connection of its own and
 * sends one statement after another: whether Hyperdrive takes them in one flight is not known.
 */
export const createPostgres: CreateDatabase = ({ config, bindings: { HYPERDRIVE } }) => {
  if (config.database !== 'postgres' || !HYPERDRIVE) return null
  const connections = connectEachTime(() => HYPERDRIVE.connectionString, { pipeline: false })
  const db = createPostgresDatabase(connections, { pipeline: false })
  return {
    db,
    async check() {
      const faults = await checkPostgres(db)
      return faults.length === 0 ? null : `${faults.join('; ')}. Run: npx janus migrate --postgres URL.`
    },
  }
}
