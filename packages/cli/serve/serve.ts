// Serves Janus on plain Node, without Workers.
import { parseArgs } from 'node:util'
import { readOptions, Stop } from '../command.ts'
import { explainMissing } from '../database.ts'
import { readMigrations } from '../migrate/migrations-config.ts'
import { stopWithNpm } from '../npm.ts'
import { commandLine, MIGRATIONS, pageOf } from '../place.ts'
import { readSettings } from './env-file.ts'
import { loadJanusOnNode } from './janus-on-node.ts'

/** The first of each line that has SQLite with everything that is used of it. */
const NODE = { major: 22, minor: 16 }

export const help = `Serve Janus on Node, without Workers: from a SQLite file, from PostgreSQL,
or from memory.

  ${commandLine('serve', '[options]')}

  --env FILE       read settings from FILE, as in NAME=value; the environment
                   comes first
  --help           print this

Settings are those of
${pageOf('reference/configuration.md')}, and these:

  DATABASE         sqlite (default), postgres, or memory, which only an ISSUER
                   on this machine may have
  DATABASE_PATH    the file (janus.sqlite); one process serves from it
  DATABASE_URL     postgres://user:password@host:5432/database
  SESSION_COPIES   memory, none, redis (REDIS_URL), or memcached
                   (MEMCACHED_ADDRESS); default: memory, and none with postgres
  HOST, PORT       where to listen (127.0.0.1 and 8080)
  CLIENT_ADDRESS   socket (default), or the header in which your proxy writes
                   the address of the client, such as X-Real-IP
  MAILER           none (default), console, resend, or smtp
  SMTP_URL         smtps://user:password@host:465, or smtp:// with STARTTLS

A SQLite file is made and migrated at start. PostgreSQL is migrated by:
${commandLine('migrate', '--postgres URL')}
It needs Node ${NODE.major}.${NODE.minor} or newer, "pg" for PostgreSQL, "nodemailer"
for SMTP, and "@redis/client" for Redis.
After SIGTERM or SIGINT it finishes what it has begun, within 10 seconds.
Exit code: 0 after a signal, 1 if it cannot serve or did not finish in time, 2
for wrong options.`

export async function run(args: readonly string[]): Promise<number> {
  const { env: file } = readOptions(
    () => parseArgs({ args: [...args], options: { env: { type: 'string' } } }).values,
  )
  checkNode(process.versions.node)
  const { serveJanus } = await loadJanusOnNode()
  const serving = await serveJanus(readSettings(file), readMigrations(MIGRATIONS)).catch((error: unknown) => {
    throw new Stop(explainFailure(error))
  })
  const [database, copies] = serving.stores
  for (const warning of serving.warnings) console.error(warning)
  console.log(
    `Janus is ready: ${serving.issuer} on port ${serving.port}, database ${database}, session copies ${copies}.`,
  )
  stopOnSignal(serving.stop)
  return 0
}

/** Returns why Janus cannot serve, and what to do. */
function explainFailure(failure: unknown): string {
  const message = explainMissing(failure)
  if (!message.startsWith('Janus is not configured')) return message
  return `${message}
Set them in the environment, or in a file: ${commandLine('serve', '--env FILE')}. To try it:

  export ISSUER=http://localhost:8080 AUTH_SECRET="$(openssl rand -base64 32)"`
}

/** Checks the version of Node. @throws Stop If it is too old. */
export function checkNode(version: string): void {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  // Node 23 ended before it had all that is used of SQLite here.
  if (major > NODE.major + 1 || (major === NODE.major && minor >= NODE.minor)) return
  throw new Stop(
    `janus serve needs Node ${NODE.major}.${NODE.minor} or newer, but not 23: it needs SQLite built in. This is Node ${version}.`,
    2,
  )
}

/** Stops in order at the first signal, and at once at the second. */
function stopOnSignal(stop: () => Promise<boolean>): void {
  let isStopping = false
  const end = async () => {
    isStopping = true
    const inTime = await stop()
    if (!inTime) console.error('Janus was stopped before everything was finished.')
    process.exit(inTime ? 0 : 1)
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => (isStopping ? process.exit(1) : end()))
  }
  // The signal may have come here, too.
  stopWithNpm(() => isStopping || end())
}
