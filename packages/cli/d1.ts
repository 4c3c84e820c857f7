import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'

const ROOT = dirname(dirname(import.meta.dirname))
const WRANGLER = join(ROOT, 'node_modules/wrangler/bin/wrangler.js')

/** Which database a script works on: the flags every such script takes. */
export const TARGET_HELP = `  --local        the database of npm start (default)
  --remote       the deployed database
  --state DIR    with --local: where npm start --state keeps it`

export interface Target {
  readonly flags: readonly string[]
}

/** Reads the flags. Prints the help and ends the script where that is asked for, or the flags are wrong. */
export function readTarget(help: string): Target {
  try {
    const { values } = parseArgs({
      options: {
        local: { type: 'boolean', default: false },
        remote: { type: 'boolean', default: false },
        state: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    })
    if (values.help) {
      console.log(help)
      process.exit(0)
    }
    if (values.remote && (values.local || values.state)) throw new Error('--remote stands alone')
    const state = values.state === undefined ? [] : ['--persist-to', values.state]
    return { flags: values.remote ? ['--remote'] : ['--local', ...state] }
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${help}`)
    process.exit(2)
  }
}

/** Runs one statement through wrangler and gives its rows. Ends the script if that fails. */
export function query<Row>(target: Target, sql: string): readonly Row[] {
  return queryAll<[Row]>(target, [sql])[0]
}

/** Runs statements in one process of wrangler, and gives the rows of each. Ends the script if that fails. */
export function queryAll<Rows extends unknown[]>(
  { flags }: Target,
  statements: { readonly [Nth in keyof Rows]: string },
): { readonly [Nth in keyof Rows]: readonly Rows[Nth][] } {
  const command = ['d1', 'execute', 'DB', ...flags, '--json', '--command', statements.join('; ')]
  const env = { ...process.env, WRANGLER_SEND_METRICS: 'false' }
  const run = spawnSync(process.execPath, [WRANGLER, ...command], {
    cwd: ROOT,
    env,
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
  })
  if (run.status !== 0) {
    console.error(`The database did not answer:\n${run.stdout}\n${run.stderr}`)
    process.exit(2)
  }
  const answers = JSON.parse(run.stdout) as { results: unknown[] }[]
  return answers.map(({ results }) => results) as { readonly [Nth in keyof Rows]: readonly Rows[Nth][] }
}
