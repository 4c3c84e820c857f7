import '../../../packages/node/platform'
import { readFileSync } from 'node:fs'
import { Hono } from 'hono'
import { listen } from '../../../packages/node/http-server'
import { createJanus } from '../../../src/janus'
import { openPostgres } from '../../../src/wiring/postgres-on-node'
import { serveFromSqlite } from '../../../src/wiring/sqlite-on-node'

/**
 * The app of janus-host.ts in one Node process, on the database that `DATABASE` names. `PLACE` is its file or its URL, `MIGRATIONS` a file
 * with those of SQLite.
 */
const { DATABASE = '', PLACE = '', MIGRATIONS = '', ...env } = process.env
const truth =
  DATABASE === 'postgres'
    ? openPostgres(PLACE)
    : await serveFromSqlite(PLACE, JSON.parse(readFileSync(MIGRATIONS, 'utf8')))
const janus = createJanus(
  {
    SESSION_COPIES: 'memory',
    ...env,
    DATABASE,
    // All come from one address here.
    LOGIN_LIMIT: { limit: async () => ({ success: true }) },
    HYPERDRIVE: { connectionString: '' },
  },
  { createDatabase: () => truth, defer: () => {} },
)
const passwords = janus.services?.passwords
if (!passwords) throw new Error('Janus is not configured')
const app = new Hono()
  .route('/auth', janus)
  .get('/protected', async (c) => {
    const verdict = await janus.authenticate(c.req.raw.headers, c.req.method)
    return verdict.ok
      ? c.json({ user_id: verdict.principal.userId })
      : Response.json(verdict.problem, { status: verdict.problem.status })
  })
  // The hash of a sign-in or sign-up, and nothing else.
  .post('/hash', async (c) => {
    const { password } = await c.req.json()
    await passwords.verifyNothing(password)
    return c.json({ done: true })
  })
const server = await listen({
  host: '127.0.0.1',
  port: 0,
  fetch: app.fetch,
  clientAddress: () => '192.0.2.1',
})
process.send?.(server.port)
