import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { chownSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import pg from 'pg'
import { findTool } from './tools'

/** A PostgreSQL server of one's own, with an empty folder. */
export interface PostgresServer {
  /** Makes an empty database and returns its URL. */
  createDatabase(name: string): Promise<string>
  /** Stops the server as `kill` does, or as `kill -9` does. */
  stop(signal?: 'SIGINT' | 'SIGKILL'): Promise<void>
}

/** Starts Debian's PostgreSQL on a free port of this machine. It keeps nothing safe: its folder goes with it. */
export async function startPostgres(): Promise<PostgresServer> {
  const postgres = findTool('postgres')
  if (postgres === null) throw new Error('reasonToSkip(["postgres"]) says what is missing')
  // PostgreSQL refuses to run as root.
  const user = userInfo().uid === 0 ? { uid: idOf('-u'), gid: idOf('-g') } : null
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
    'fsync=off',
    'max_connections=60',
  ]
  const server = spawn(postgres, ['-D', data, ...settings.flatMap((one) => ['-c', one])], {
    stdio: 'ignore',
    ...user,
  })
  const url = (database: string) => `postgres://janus:janus@127.0.0.1:${port}/${database}`
  await answers(url('postgres'), server)
  return {
    async createDatabase(name) {
      await ask(url('postgres'), `CREATE DATABASE ${name}`)
      return url(name)
    },
    async stop(signal = 'SIGINT') {
      const gone = new Promise((resolve) => server.once('exit', resolve))
      if (server.exitCode === null && server.signalCode === null) {
        server.kill(signal)
        await gone
      }
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

async function answers(url: string, server: ChildProcess): Promise<void> {
  while (server.exitCode === null) {
    try {
      await ask(url, 'SELECT 1')
      return
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
  throw new Error(`PostgreSQL ended with ${server.exitCode}`)
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
