import { connectEachTime } from '../storage/postgres/connections'
import { createPostgresDatabase } from '../storage/postgres/postgres-database'
import { checkPostgres } from '../storage/postgres/schema'
import type { CreateDatabase } from './truths'

/**
 * Opens PostgreSQL through the Hyperdrive binding `HYPERDRIVE`, where `DATABASE` is `postgres`. Each call has a connection of its own. It
 * sends one statement after another, or all in one flight where `POSTGRES_PIPELINE` says so.
 */
export const createPostgres: CreateDatabase = ({ config, bindings: { HYPERDRIVE } }) => {
  if (config.database !== 'postgres' || !HYPERDRIVE) return null
  const options = { pipeline: config.postgresPipeline ?? false }
  const connections = connectEachTime(() => HYPERDRIVE.connectionString, options)
  const db = createPostgresDatabase(connections, options)
  return {
    db,
    async check() {
      const faults = await checkPostgres(db)
      return faults.length === 0 ? null : `${faults.join('; ')}. Run: npx janus migrate --postgres URL.`
    },
  }
}
