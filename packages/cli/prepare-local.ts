// Runs before each bundle (wrangler.toml, [build]). `npx wrangler dev` finds here what `npm start` makes: .dev.vars and the tables of
// the local database. Nothing is made for a deploy.
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fail, IS_PREPARED, makeLocalVars } from './local/local-wrangler.ts'
import { describeHolder, takeState } from './local/state-lock.ts'
import { migrateLocal } from './migrate/migrate-local.ts'
import { migrationFiles } from './migrate/migrations-config.ts'
import { MIGRATIONS, ROOT } from './place.ts'

/** Where wrangler keeps it unless it is told otherwise, and npm start, too. */
const STATE = join(ROOT, '.wrangler/state')

// Wrangler says here for which of its commands it builds.
if (process.env.WRANGLER_COMMAND === 'dev' && process.env[IS_PREPARED] === undefined) await prepare()

async function prepare() {
  const wrangler = findWrangler()
  const other = wrangler && takeState(STATE, { pid: wrangler, what: 'npx wrangler dev' })
  if (other) {
    fail(describeHolder(STATE, other, 'npm start -- --port 8788 --state .wrangler/state-8788'))
  }
  makeLocalVars()
  const stamp = join(STATE, 'v3/d1/janus-migrations')
  const names = migrationFiles(MIGRATIONS)
  // A later bundle of the same process, with the database in use, has nothing to do.
  if (readIfThere(stamp) === names.join('\n')) return
  await migrateLocal(join(ROOT, 'wrangler.toml'), STATE).catch(({ message }: Error) => fail(message))
  mkdirSync(dirname(stamp), { recursive: true })
  writeFileSync(stamp, names.join('\n'))
  console.log('The local database is current.')
}

/** The process that has started this one, through a shell; `null` where that cannot be told. */
function findWrangler(): number | null {
  try {
    const parent = execFileSync('ps', ['-o', 'ppid=', '-p', String(process.ppid)], { encoding: 'utf8' })
    const pid = Number(parent)
    return pid > 1 ? pid : null
  } catch {
    return null
  }
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}
