import { spawnSync } from 'node:child_process'
import { dirname, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { readOptions, Stop } from './command.ts'
import { CONFIG_HELP, commandLine, findConfig, findWrangler, IS_CHECKOUT } from './place.ts'

/** The options that say which database a command works on. */
export const TARGET_HELP = `  --local        the database of ${commandLine(IS_CHECKOUT ? 'start' : 'dev')} (default)
  --remote       the deployed database
  --state DIR    with --local: where ${commandLine(IS_CHECKOUT ? 'start' : 'dev', '--state')} keeps it
${CONFIG_HELP}`

export interface Target {
  readonly flags: readonly string[]
  readonly configPath: string
}

/** Reads the options of {@link TARGET_HELP}. @throws WrongUse If they are wrong. */
export function readTarget(args: readonly string[]): Target {
  return readOptions(() => {
    const {
      values: { local, remote, state, config },
    } = parseArgs({
      args: [...args],
      options: {
        local: { type: 'boolean', default: false },
        remote: { type: 'boolean', default: false },
        state: { type: 'string' },
        config: { type: 'string' },
      },
    })
    if (remote && (local || state)) throw new Error('--remote stands alone')
    const place = state === undefined ? [] : ['--persist-to', resolve(state)]
    return { flags: remote ? ['--remote'] : ['--local', ...place], configPath: findConfig(config) }
  })
}

/** Runs one statement through wrangler and returns its rows. @throws Stop If that fails. */
export function query<Row>(target: Target, sql: string): readonly Row[] {
  return queryAll<[Row]>(target, [sql])[0]
}

/** Runs statements in one process of wrangler, and returns the rows of each. @throws Stop If that fails. */
export function queryAll<Rows extends unknown[]>(
  { flags, configPath }: Target,
  statements: { readonly [Nth in keyof Rows]: string },
): { readonly [Nth in keyof Rows]: readonly Rows[Nth][] } {
  const folder = dirname(configPath)
  const place = [...flags, '--config', configPath]
  const command = ['d1', 'execute', 'DB', ...place, '--json', '--command', statements.join('; ')]
  const env = { ...process.env, WRANGLER_SEND_METRICS: 'false' }
  const run = spawnSync(process.execPath, [findWrangler(folder), ...command], {
    cwd: folder,
    env,
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
  })
  if (run.status !== 0) throw new Stop(`The database did not answer:\n${run.stdout}\n${run.stderr}`, 2)
  const answers = JSON.parse(run.stdout) as { results: unknown[] }[]
  return answers.map(({ results }) => results) as { readonly [Nth in keyof Rows]: readonly Rows[Nth][] }
}
