import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readMigrations } from '../../../packages/cli/migrate/migrations-config.ts'
import { buildForNode } from '../../build-for-node.ts'
import type { Contender } from './contender.ts'
import { startNodeServer } from './start-node-server.ts'
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
  return startNodeServer({
    name: 'Janus on Node',
    script: SERVER,
    environment: {
      AUTH_SECRET: randomBytes(32).toString('base64url'),
      ...settings,
      PLACE: postgres ?? (truth?.database === 'memory' ? ':memory:' : join(folder, 'janus.sqlite')),
      MIGRATIONS: migrations,
    },
    cleanUp: () => rmSync(folder, { recursive: true, force: true }),
  })
}
