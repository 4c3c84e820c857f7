import { afterAll, beforeAll, expect, it } from 'vitest'
import { migratePostgres } from '../../packages/cli/migrate/migrate-postgres.ts'
import { ask, type PostgresServer, startPostgres } from '../support/postgres-server'
import { describeWith } from '../support/with-tools'
import { type Account, createCrashLoad, seededRandom } from './crash-load.ts'
import { type LocalService, startService } from './local-service.ts'

const CLIENTS = 6

/** Printed if the test fails; CRASH_SEED repeats a run as far as the machine does. */
const SEED = Number(process.env.CRASH_SEED ?? Date.now() % 1_000_000)

describeWith(['postgres'], 'janus serve with PostgreSQL', () => {
  let server: PostgresServer
  let database: string
  let service: LocalService

  beforeAll(async () => {
    server = await startPostgres()
    database = await server.createDatabase('janus')
    await migratePostgres(database, 'src/storage/postgres/migrations')
    const janus = ['--import', './packages/cli/require-node.js', 'packages/cli/janus.ts', 'serve']
    service = await startService(({ port }) => ({
      command: [process.execPath, ...janus],
      variables: {
        AUTH_SECRET: 'Xr7VhmM0v3dEWdC1sPpT6uJqgB9oYkZfLwNaQ2iHtE4',
        PASSWORD_ITERATIONS: '100000',
        MEMO_SECONDS: '0',
        ISSUER: `http://localhost:${port}`,
        HOST: 'localhost',
        PORT: String(port),
        DATABASE: 'postgres',
        DATABASE_URL: database,
        CLIENT_ADDRESS: 'X-Forwarded-For',
      },
      ready: /Janus is ready: /,
    }))
  })

  afterAll(async () => {
    await service?.stop()
    await server?.stop()
  })

  /** Each is killed under load, and then started again. */
  const CRASHES = {
    PostgreSQL: {
      kill: () => server.kill(),
      async restart() {
        expect((await fetch(`${service.url}/readyz`)).status).toBe(503)
        await server.restart()
        // Nobody tells Janus. What it found out counts for two seconds.
        await expect.poll(async () => (await fetch(`${service.url}/readyz`)).status).toBe(200)
      },
    },
    Janus: { kill: () => service.kill(), restart: () => service.restart() },
  }

  it(`keeps what it acknowledged when either is killed under load, and goes on by itself (CRASH_SEED=${SEED})`, async () => {
    const load = createCrashLoad(service.url, seededRandom(SEED))
    const accounts: Account[] = []
    for (let n = 1; n < CLIENTS; n++) accounts.push(await load.register(`steady-${n}@example.com`))
    for (const what of ['PostgreSQL', 'Janus', 'PostgreSQL'] as const) {
      const { kill, restart } = CRASHES[what]
      const made = await load.workUntilCrash(accounts, `newcomer-${accounts.length}@example.com`, kill)
      await restart()
      if (made) accounts.push(made)
      await Promise.all(accounts.map(load.expectKept))
    }
    // The load was a load.
    expect(load.answers).toBeGreaterThan(50)
    expect(accounts.flatMap(({ signedOut }) => signedOut).length).toBeGreaterThan(0)
    // No transaction was left open, for nobody would end it.
    const open = `SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = 'janus' AND state LIKE 'idle in transaction%'`
    expect(await ask(database, open)).toEqual([{ n: 0 }])
  })
})
