import { type ChildProcess, fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { migratePostgres } from '../../../packages/cli/migrate/migrate-postgres.ts'
import { readMigrations } from '../../../packages/cli/migrate/migrations-config.ts'
import { startPostgres } from '../../../test/support/postgres-server.ts'
import { findTool } from '../../../test/support/tools.ts'
import type { Contender, OnNode } from './contender.ts'
import { startDelayingProxy } from './delaying-proxy.ts'
import type { Running } from './start-worker.ts'

const ROOT = join(import.meta.dirname, '../../..')
const SERVER = join(ROOT, 'lab/bench/out/janus-on-node.mjs')

/** @throws If there is no PostgreSQL to measure with. */
export function requirePostgres(): void {
  if (findTool('postgres') === null)
    throw new Error('This needs PostgreSQL. On Debian: apt-get install postgresql')
}

let built: Promise<unknown> | null = null

/** Starts the app of janus-host.ts in a Node of its own. Its database counts as its CPU where it runs in the same process. */
export async function startJanusOnNode({ settings = {} }: Contender, onNode: OnNode): Promise<Running> {
  built ??= build({
    absWorkingDir: ROOT,
    entryPoints: ['lab/bench/servers/janus-on-node.ts'],
    outfile: SERVER,
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    alias: { 'cloudflare:workers': './packages/node/cloudflare-workers.ts' },
    logLevel: 'error',
  })
  await built
  const folder = mkdtempSync(join(tmpdir(), 'janus-bench-'))
  const migrations = join(folder, 'migrations.json')
  writeFileSync(migrations, JSON.stringify(readMigrations(join(ROOT, 'src/storage/d1/migrations'))))
  const place = await openPlace(onNode, folder)
  const server = fork(SERVER, [], {
    env: {
      ...process.env,
      NODE_ENV: 'production',
      AUTH_SECRET: randomBytes(32).toString('base64url'),
      ...settings,
      DATABASE: onNode.database,
      PLACE: place.address,
      MIGRATIONS: migrations,
    },
    silent: true,
  })
  const kill = () => server.kill()
  process.once('exit', kill)
  let printed = ''
  for (const stream of [server.stdout, server.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      printed = `${printed}${text}`.slice(-4000)
    })
  }
  const stop = async () => {
    process.off('exit', kill)
    await end(server)
    await place.close()
    rmSync(folder, { recursive: true, force: true })
  }
  const ended = once(server, 'exit').then(() => {
    throw new Error(`Janus on Node does not start: ${printed}`)
  })
  try {
    const [port] = await Promise.race([once(server, 'message'), ended])
    ended.catch(() => {})
    return { port, processes: server.pid === undefined ? [] : [server.pid], printed: () => printed, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function openPlace({ database, roundTripMs = 0 }: OnNode, folder: string) {
  if (database !== 'postgres') {
    const address = database === 'memory' ? ':memory:' : join(folder, 'janus.sqlite')
    return { address, close: async () => {} }
  }
  const server = await startPostgres()
  const url = new URL(await server.createDatabase('janus'))
  await migratePostgres(`${url}`, join(ROOT, 'src/storage/postgres/migrations'))
  const far =
    roundTripMs > 0
      ? await startDelayingProxy({ host: url.hostname, port: Number(url.port) }, roundTripMs / 2)
      : null
  if (far) url.port = `${far.port}`
  return {
    address: `${url}`,
    async close() {
      await far?.stop()
      await server.stop()
    },
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  child.kill()
  await exit
}
