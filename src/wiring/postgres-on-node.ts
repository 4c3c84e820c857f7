import { createPool } from '../storage/postgres/connections'
import { createPostgresDatabase } from '../storage/postgres/postgres-database'
import { runAlone } from '../storage/postgres/run-alone'
import { checkPostgres } from '../storage/postgres/schema'
import type { OpenTruth } from './sqlite-on-node'

/** Opens PostgreSQL by a pool of connections, each transaction in one flight. */
export function openPostgres(url: string): OpenTruth {
  const pool = createPool(url)
  const db = createPostgresDatabase(pool, { pipeline: true })
  return {
    db,
    async check() {
      const faults = await checkPostgres(db)
      return faults.length === 0 ? null : `${faults.join('; ')}. Run: npx janus migrate --postgres URL.`
    },
    async alone(work) {
      await runAlone(pool, work)
    },
    close: () => pool.close(),
  }
}
