import '../../../packages/node/platform'
import { readFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { listen } from '../../../packages/node/http-server'
import { parseConfig } from '../../../src/config/parse-config'
import { createPages } from '../../../src/wiring/create-pages'
import { createProvider } from '../../../src/wiring/create-provider'
import { openMemcachedCopies } from '../../../src/wiring/memcached-on-node'
import { openPostgres } from '../../../src/wiring/postgres-on-node'
import { openRedisCopies } from '../../../src/wiring/redis-on-node'
import { serveFromSqlite } from '../../../src/wiring/sqlite-on-node'
import { BENCH_CLIENT } from './bench-client'
import { CLIENT_LIMIT } from './client-limit'
import { janusApp } from './janus-app.ts'

/**
 * The app of janus-app.ts in one Node process, on the database that `DATABASE` names. `PLACE` is its file or its URL, `MIGRATIONS` a file
 * with those of SQLite. Where it is an authorization server, `POST /prepare` registers the app in its file.
 */
const { DATABASE = '', PLACE = '', MIGRATIONS = '', ...env } = process.env
const truth =
  DATABASE === 'postgres'
    ? openPostgres(PLACE)
    : await serveFromSqlite(PLACE, JSON.parse(readFileSync(MIGRATIONS, 'utf8')))
const bindings = {
  SESSION_COPIES: 'memory',
  ...env,
  DATABASE,
  LOGIN_LIMIT: CLIENT_LIMIT,
  HYPERDRIVE: { connectionString: '' },
}
const opened = await openCopies()
const app = janusApp(bindings, {
  createDatabase: () => truth,
  ...(env.OAUTH_SERVER === 'on' ? { createPages, createProvider } : {}),
  ...(opened ? { createSessionCopies: () => opened.copyStore } : {}),
  defer: () => {},
}).post('/prepare', (c) => {
  const database = new DatabaseSync(PLACE)
  for (const statement of BENCH_CLIENT) database.exec(statement)
  database.close()
  return c.json({ done: true })
})
const server = await listen({
  host: '127.0.0.1',
  port: 0,
  fetch: app.fetch,
  clientAddress: () => '192.0.2.1',
})
process.send?.(server.port)

/** Opens a server of copies, as `janus serve` does. */
async function openCopies() {
  const parsed = parseConfig(bindings)
  if (!parsed.ok) throw new Error(parsed.faults.map(({ message }) => message).join('; '))
  const { redisUrl, memcachedAddress } = parsed.config
  if (redisUrl) return openRedisCopies(redisUrl)
  return memcachedAddress ? openMemcachedCopies(memcachedAddress) : null
}
