import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { chownSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import pg from 'pg'
import { findTool } from './tools.ts'

/** A PostgreSQL server of one's own, with an empty folder. */
export interface PostgresServer {
  /** Makes an empty database and returns its URL. */
  createDatabase(name: string): Promise<string>
  /** Kills the server as `kill -9` does. Its folder stays. */
  kill(): Promise<void>
  /** Starts it again on the same port and folder, and waits until it answers. */
  restart(): Promise<void>
  /** Stops the server and removes its folder. */
  stop(): Promise<void>
}

/** Starts Debian's PostgreSQL on a free port of this machine. It keeps nothing safe: its folder goes with it. */
export async function startPostgres(): Promise<PostgresServer> {
  const postgres = findTool('postgres')
  if (postgres === null) throw new Error('reasonToSkip(["postgres"]) says what is missing')
  const user = postgresUser()
  // Not in TMPDIR, which may be closed to every other user.
  const data = mkdtempSync('/tmp/janus-postgres-')
  if (user) chownSync(data, user.uid, user.gid)
  const initdb = join(dirname(postgres), 'initdb')
  execFileSync(initdb, ['-D', data, '-A', 'trust', '-U', 'janus', '--no-sync', '--locale=C.UTF-8'], {
    stdio: 'ignore',
    ...user,
  })
  const port = await freePort()
  const settings = [
    'listen_addresses=127.0.0.1',
    `port=${port}`,
    'unix_socket_directories=',
    // What is found out behind a test must not change the plans that it reads.
    'autovacuum=off',
    'fsync=off',
    'max_connections=60',
  ]
  const start = () =>
    spawn(postgres, ['-D', data, ...settings.flatMap((one) => ['-c', one])], { stdio: 'ignore', ...user })
  const url = (database: string) => `postgres://janus:janus@127.0.0.1:${port}/${database}`
  let server = start()
  if (!(await answers(url('postgres'), server))) throw new Error(`PostgreSQL ended with ${server.exitCode}`)

  async function end(signal: 'SIGINT' | 'SIGKILL'): Promise<void> {
    if (server.exitCode !== null || server.signalCode !== null) return
    const gone = new Promise((resolve) => server.once('exit', resolve))
    server.kill(signal)
    await gone
  }

  return {
    async createDatabase(name) {
      await ask(url('postgres'), `CREATE DATABASE ${name}`)
      return url(name)
    },
    kill: () => end('SIGKILL'),
    async restart() {
      // It refuses to start until the processes of the one that was killed have noticed and ended.
      do server = start()
      while (!(await answers(url('postgres'), server)))
    },
    async stop() {
      await end('SIGINT')
      rmSync(data, { recursive: true, force: true })
    },
  }
}

/** Runs one statement on a database. */
export async function ask(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  try {
    await client.connect()
    return (await client.query(text)).rows
  } finally {
    await client.end().catch(() => {})
  }
}

/** Waits until the server answers. Returns `false` if it has ended instead. */
async function answers(url: string, server: ChildProcess): Promise<boolean> {
  while (server.exitCode === null && server.signalCode === null) {
    try {
      await ask(url, 'SELECT 1')
      return true
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
  return false
}

/** Returns as whom a server must run that refuses to run as root, or `null` where nobody is root. */
export function postgresUser(): { readonly uid: number; readonly gid: number } | null {
  return userInfo().uid === 0 ? { uid: idOf('-u'), gid: idOf('-g') } : null
}

function idOf(what: '-u' | '-g'): number {
  return Number(execFileSync('id', [what, 'postgres'], { encoding: 'utf8' }))
}

export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}
