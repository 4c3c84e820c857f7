// Builds what test/smoke/serve-worker.ts serves, once in a run: the Worker as it is deployed, its bindings, and a database with every table.
//
// usage: node test/smoke/build-worker.ts FOLDER
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { unstable_getMiniflareWorkerOptions as bindingsOf } from 'wrangler'
import { migrateLocal } from '../../packages/cli/migrate/migrate-local.ts'
import { findWrangler, ROOT } from '../../packages/cli/place.ts'

const [, , folder = ''] = process.argv
const toml = join(ROOT, 'wrangler.toml')

// As a deploy has it: the test runner sets another NODE_ENV.
const { NODE_ENV: _, ...env } = process.env
const command = ['deploy', '--dry-run', '--outdir', join(folder, 'bundle'), '--config', toml]
execFileSync(process.execPath, [findWrangler(ROOT), ...command], { cwd: ROOT, env })
await migrateLocal(toml, join(folder, 'state'))
writeFileSync(join(folder, 'worker.json'), JSON.stringify(bindingsOf(toml).workerOptions))
