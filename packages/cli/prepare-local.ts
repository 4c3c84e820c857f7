// Runs before each bundle (wrangler.toml, [build]). `npx wrangler dev` finds here what `npm start` makes: .dev.vars and the tables of
// the local database. Nothing is made for a deploy.
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { fail, IS_PREPARED, makeLocalVars } from './local/local-wrangler.ts'
import { describeHolder, takeState } from './local/state-lock.ts'
import { ensureMigrated } from './migrate/migrate-local.ts'
import { ROOT } from './place.ts'

/** Locates the local state of wrangler and of npm start, by default. */
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
  await ensureMigrated(join(ROOT, 'wrangler.toml'), STATE).catch(({ message }: Error) => fail(message))
}

/** Returns the process that started this one through a shell, or `null` if it is unknown. */
function findWrangler(): number | null {
  try {
    const parent = execFileSync('ps', ['-o', 'ppid=', '-p', String(process.ppid)], { encoding: 'utf8' })
    const pid = Number(parent)
    return pid > 1 ? pid : null
  } catch {
    return null
  }
}
