import {
  createDurableObjectDatabase as createDatabase,
  findDatabaseObject,
} from '../storage/durable-object/durable-object-database'
import type { CreateDatabase } from './truths'

export { JanusDatabase } from '../storage/durable-object/janus-database'

/** Opens the Durable Object behind the binding `JANUS_DB`, where `DATABASE` is `durable-object`. */
export const createDurableObjectDatabase: CreateDatabase = ({ config, bindings: { JANUS_DB } }) => {
  const { databaseLocation = 'auto' } = config
  if (config.database !== 'durable-object' || !JANUS_DB) return null
  const db = createDatabase(() => findDatabaseObject(JANUS_DB, databaseLocation))
  return { db, check: db.check }
}
