import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { readD1Migrations } from '@cloudflare/vitest-plugin'
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import { buildWorker } from './build-worker.ts'
import type { Contender } from './contender.ts'
import { childProcesses } from './cpu-time.ts'

const ROOT = join(import.meta.dirname, '../../..')

/** The same for each start in this run, so that a credential is good for the next one. */
const AUTH_SECRET = randomBytes(32).toString('base64url')

/** The Worker that has classes of Durable Objects. */
export const WITH_STORES = 'servers/janus-with-stores.ts'

const OBJECTS = {
  COPIES: { className: 'SessionCopiesObject', useSQLite: true },
  JANUS_DB: { className: 'JanusDatabase', useSQLite: true },
}

/** A server at work. */
export interface Running {
  readonly port: number
  /** The processes that serve, storage included. */
  readonly processes: readonly number[]
  /** Returns the last that it printed, for when something goes wrong. */
  readonly printed: () => string
  stop(): Promise<void>
}

/**
 * Starts a Worker in a workerd of its own. Requests go to a socket of workerd's, not through Miniflare's own port, which
 * is a Worker before the Worker. D1 and KV are Miniflare's: they live in the same workerd process and on its thread, so
 * what they cost counts, and is not what they cost on Cloudflare.
 */
export async function startWorker(
  { name, server, settings = {}, needsJanusSchema }: Contender,
  {
    countStorage = false,
    postgres,
    storage,
  }: {
    readonly countStorage?: boolean
    /** The URL that its Hyperdrive has. Without it there is no Hyperdrive. */
    readonly postgres?: string
    /** A folder to keep storage in. Without it each start has storage of its own. */
    readonly storage?: string
  } = {},
): Promise<Running> {
  const { folder, modules } = await buildWorker(server)
  const before = childProcesses()
  let printed = ''
  const remember = (text: string) => {
    printed = `${printed}${text}`.slice(-4000)
  }
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      ...(storage === undefined ? {} : { resourcePersistencePath: storage }),
      handleStructuredLogs: ({ message }) => remember(`${message}\n`),
      handleRuntimeStdio: (...streams: Readable[]) => {
        for (const stream of streams) stream.setEncoding('utf8').on('data', remember)
      },
      workers: [
        {
          name: 'bench',
          compatibilityDate: compatibilityDate(),
          modulesRoot: folder,
          modules: [...modules],
          bindings: {
            AUTH_SECRET,
            ...settings,
            ...(countStorage ? { COUNT_STORAGE: '1' } : {}),
          },
          d1Databases: ['DB'],
          kvNamespaces: ['SESSIONS'],
          ...(server === WITH_STORES ? { durableObjects: OBJECTS } : {}),
          ...(postgres === undefined ? {} : { hyperdrives: { HYPERDRIVE: postgres } }),
          unsafeDirectSockets: [{ host: '127.0.0.1', port: 0 }],
        },
      ],
    }),
  )
  try {
    const url = await miniflare.unsafeGetDirectURL('bench')
    if (needsJanusSchema) await migrate(await miniflare.getD1Database('DB', 'bench'))
    return {
      port: Number(url.port),
      processes: childProcesses().filter((id) => !before.includes(id)),
      printed: () => printed,
      stop: () => miniflare.dispose(),
    }
  } catch (error) {
    await miniflare.dispose()
    throw new Error(`${name} does not start: ${error}\n${printed}`)
  }
}

/** Gives an empty database Janus's tables. */
async function migrate(database: D1Database): Promise<void> {
  const { results } = await database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'users'").all()
  if (results.length > 0) return
  const migrations = await readD1Migrations(join(ROOT, 'src/storage/d1/migrations'))
  const statements = migrations.flatMap(({ queries }) => queries)
  await database.batch(statements.map((statement) => database.prepare(statement)))
}

function compatibilityDate(): string {
  const date = /^compatibility_date = "([\d-]+)"$/m.exec(
    readFileSync(join(ROOT, 'wrangler.toml'), 'utf8'),
  )?.[1]
  if (!date) throw new Error('wrangler.toml has no compatibility_date')
  return date
}
