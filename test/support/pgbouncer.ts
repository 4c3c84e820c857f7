import { spawn } from 'node:child_process'
import { chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ask, freePort, postgresUser } from './postgres-server.ts'
import { findTool } from './tools.ts'

/** A PgBouncer of one's own before a server, in transaction mode: as Hyperdrive, it gives each transaction whatever connection is free. */
export interface PgBouncer {
  /** Returns the URL of a database behind it. */
  through(url: string): string
  /** Returns the connections to a database behind it. */
  clientsOf(database: string): Promise<readonly unknown[]>
  stop(): Promise<void>
}

/** @param server The URL of any database of the server. */
export async function startPgBouncer(server: string): Promise<PgBouncer> {
  const pgbouncer = findTool('pgbouncer')
  if (pgbouncer === null) throw new Error('reasonToSkip(["pgbouncer"]) says what is missing')
  const folder = mkdtempSync('/tmp/janus-pgbouncer-')
  const port = await freePort()
  const config = join(folder, 'pgbouncer.ini')
  const { hostname, port: serverPort, username } = new URL(server)
  writeFileSync(
    config,
    `[databases]
* = host=${hostname} port=${serverPort} user=${username}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 8
max_client_conn = 500
`,
  )
  // PgBouncer refuses to run as root.
  const user = postgresUser()
  if (user) for (const path of [folder, config]) chownSync(path, user.uid, user.gid)
  const bouncer = spawn(pgbouncer, ['-q', config], { stdio: 'ignore', cwd: folder, ...user })
  const through = (url: string) => {
    const other = new URL(url)
    other.port = `${port}`
    return `${other}`
  }
  while ((await ask(through(server), 'SELECT 1').catch(() => null)) === null) {
    if (bouncer.exitCode !== null) throw new Error(`PgBouncer ended with ${bouncer.exitCode}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return {
    through,
    async clientsOf(database) {
      const clients = await ask(through(new URL('/pgbouncer', server).href), 'SHOW CLIENTS')
      return clients.filter((client) => client.database === database)
    },
    async stop() {
      const gone = new Promise((resolve) => bouncer.once('exit', resolve))
      if (bouncer.exitCode === null && bouncer.signalCode === null) {
        bouncer.kill('SIGKILL')
        await gone
      }
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
