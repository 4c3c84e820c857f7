import { type ChildProcess, fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readMigrations } from '../../../packages/cli/migrate/migrations-config.ts'
import { buildForNode } from '../../build-for-node.ts'
import type { Contender } from './contender.ts'
import type { Running } from './start-worker.ts'

const ROOT = join(import.meta.dirname, '../../..')
const SERVER = join(ROOT, 'lab/bench/out/janus-on-node.mjs')

let built: Promise<unknown> | null = null

/**
 * Starts the app of janus-app.ts in a Node of its own. Its database counts as its CPU where it runs in the same process.
 *
 * @param postgres The URL of PostgreSQL, where that has the truth.
 */
export async function startJanusOnNode(
  { server: entry, settings = {}, truth }: Contender,
  postgres: string | null,
): Promise<Running> {
  built ??= buildForNode(join('lab/bench', entry), SERVER)
  await built
  const folder = mkdtempSync(join(tmpdir(), 'janus-bench-'))
  const migrations = join(folder, 'migrations.json')
  writeFileSync(migrations, JSON.stringify(readMigrations(join(ROOT, 'src/storage/d1/migrations'))))
  const server = fork(SERVER, [], {
    env: {
      ...process.env,
      NODE_ENV: 'production',
      AUTH_SECRET: randomBytes(32).toString('base64url'),
      ...settings,
      PLACE: postgres ?? (truth?.database === 'memory' ? ':memory:' : join(folder, 'janus.sqlite')),
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

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  child.kill()
  await exit
}
