import type { TestProject } from 'vitest/node'
import { migratePostgres } from '../../packages/cli/migrate/migrate-postgres.ts'
import { startPgBouncer } from '../support/pgbouncer.ts'
import { ask, startPostgres } from '../support/postgres-server.ts'

/**
 * Starts a PostgreSQL of this run, with a database that each runtime makes itself a copy of, and PgBouncer before it in Hyperdrive's
 * place.
 */
export default async function startServer({ provide }: TestProject): Promise<() => Promise<void>> {
  const server = await startPostgres()
  const url = await server.createDatabase('janus')
  await migratePostgres(url, 'src/storage/postgres/migrations')
  // What the migration sets holds in one database.
  for (const name of ['statement_timeout', 'idle_in_transaction_session_timeout'])
    await ask(url, `ALTER ROLE janus SET ${name} = '10s'`)
  const bouncer = await startPgBouncer(url.replace(/\/janus$/, '/postgres'))
  provide('postgres', bouncer.through(url))
  return async () => {
    await bouncer.stop()
    await server.stop()
  }
}

declare module 'vitest' {
  interface ProvidedContext {
    /** The URL of PgBouncer. */
    postgres: string
  }
}
