import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { readD1Migrations } from '@cloudflare/vitest-plugin'
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import { AUTH_SECRET, bindingName } from './contents.ts'

const ROOT = dirname(dirname(import.meta.dirname))

/** The Worker at work, on databases that last. */
export interface Running {
  readonly url: URL
  stop(): Promise<void>
}

/** Bundles the Worker as a deploy would. Gives its modules, the entry first. */
export function buildWorker(folder: string) {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const wrangler = join(ROOT, 'node_modules/wrangler/bin/wrangler.js')
  const flags = ['--dry-run', '--minify', '--outdir', folder]
  execFileSync(process.execPath, [wrangler, 'deploy', 'lab/growth/worker.ts', ...flags], {
    cwd: ROOT,
    env: { ...process.env, WRANGLER_SEND_METRICS: 'false' },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  return [{ type: 'ESModule' as const, path: join(folder, 'worker.js') }]
}

/**
 * Starts it in a workerd of its own, with one database for each size, in `storage`. Requests go to a socket of workerd's and not
 * through Miniflare's own port, which is a Worker before the Worker.
 */
export async function startWorker(
  modules: ReturnType<typeof buildWorker>,
  { storage, sizes }: { readonly storage: string; readonly sizes: readonly number[] },
): Promise<Running> {
  const [compatibilityDate] =
    /(?<=^compatibility_date = ")[\d-]+/m.exec(readFileSync(join(ROOT, 'wrangler.toml'), 'utf8')) ?? []
  if (compatibilityDate === undefined) throw new Error('wrangler.toml has no compatibility_date')
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      resourcePersistencePath: storage,
      workers: [
        {
          name: 'growth',
          compatibilityDate,
          modulesRoot: dirname(modules[0]?.path ?? ''),
          modules,
          bindings: {
            ISSUER: 'http://localhost',
            AUTH_SECRET,
            // A hash takes longer than all else, and is the same everywhere.
            PASSWORD_ITERATIONS: '100000',
            // What is remembered is not asked of D1.
            MEMO_SECONDS: '0',
            LOG_SUCCESS_PERCENT: '0',
          },
          d1Databases: Object.fromEntries(sizes.map((size) => [bindingName(size), bindingName(size)])),
          kvNamespaces: ['SESSIONS'],
          unsafeDirectSockets: [{ host: '127.0.0.1', port: 0 }],
        },
      ],
    }),
  )
  try {
    const url = await miniflare.unsafeGetDirectURL('growth')
    for (const size of sizes) await migrate(await miniflare.getD1Database(bindingName(size), 'growth'), size)
    return { url, stop: () => miniflare.dispose() }
  } catch (error) {
    await miniflare.dispose()
    throw error
  }
}

/** Gives an empty database Janus's tables, and one that tells which database it is. */
async function migrate(db: D1Database, accounts: number): Promise<void> {
  const { results } = await db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'growth'").all()
  if (results.length > 0) return
  const migrations = await readD1Migrations(join(ROOT, 'src/storage/d1/migrations'))
  const statements = migrations.flatMap(({ queries }) => queries)
  await db.batch([
    ...statements.map((statement) => db.prepare(statement)),
    db.prepare('CREATE TABLE growth (accounts INTEGER PRIMARY KEY)'),
    db.prepare('INSERT INTO growth (accounts) VALUES (?1)').bind(accounts),
  ])
}
