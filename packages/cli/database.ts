// The database that a command of an operator works on: D1 through wrangler, or one that `janus serve` or a Worker with Hyperdrive uses.
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { readOptions, Stop } from './command.ts'
import { type D1Place, runOnD1 } from './d1.ts'
import { withDurableObject } from './durable-object.ts'
import { databaseOf, NAME_POSTGRES } from './named-database.ts'
import { explainNoAnswer } from './no-answer.ts'
import { CONFIG_HELP, commandLine, findConfig, IS_CHECKOUT } from './place.ts'
import { loadJanusOnNode } from './serve/janus-on-node.ts'

/** The options that say which database a command works on. */
export const TARGET_HELP = `  --local        the database of ${commandLine(IS_CHECKOUT ? 'start' : 'dev')} (default)
  --remote       the deployed database
  --state DIR    with --local: where ${commandLine(IS_CHECKOUT ? 'start' : 'dev', '--state')} keeps it
  --sqlite FILE  the file of ${commandLine('serve')}, which may run
  --postgres URL the PostgreSQL database at postgres://USER@HOST/NAME;
                 PGPASSWORD is the password
${CONFIG_HELP}`

/** For `parseArgs`. */
export const TARGET_OPTIONS = {
  local: { type: 'boolean', default: false },
  remote: { type: 'boolean', default: false },
  state: { type: 'string' },
  sqlite: { type: 'string' },
  postgres: { type: 'string' },
  config: { type: 'string' },
} as const

/** Holds what `parseArgs` makes of {@link TARGET_OPTIONS}. */
export interface TargetValues {
  readonly local: boolean
  readonly remote: boolean
  readonly state?: string | undefined
  readonly sqlite?: string | undefined
  readonly postgres?: string | undefined
  readonly config?: string | undefined
}

export type Target = D1Place | { readonly sqlite: string } | { readonly postgres: string }

/** Runs statements as one transaction and returns the rows of each. @throws Stop If that fails. */
export type RunAll = <Rows extends unknown[]>(
  statements: {
    readonly [Nth in keyof Rows]: string
  },
) => Promise<{ readonly [Nth in keyof Rows]: readonly Rows[Nth][] }>

/** A database that a command works on. */
export interface Database {
  readonly runAll: RunAll
  /** Runs one statement and returns its rows. @throws Stop If that fails. */
  readonly run: <Row>(statement: string) => Promise<readonly Row[]>
}

/** Reads the options of {@link TARGET_HELP}. @throws WrongUse If they are wrong. */
export function readTarget(args: readonly string[]): Target {
  return readOptions(() => toTarget(parseArgs({ args: [...args], options: TARGET_OPTIONS }).values))
}

/** Returns the database that options name. @throws {Error} If they contradict each other. */
export function toTarget({ local, remote, state, sqlite, postgres, config }: TargetValues): Target {
  const onD1 = local || remote || state !== undefined || config !== undefined
  if (sqlite !== undefined || postgres !== undefined) {
    if (onD1 || (sqlite !== undefined && postgres !== undefined))
      throw new Error(
        `${sqlite === undefined ? '--postgres' : '--sqlite'} cannot be combined with another database`,
      )
    if (sqlite !== undefined) return { sqlite: resolve(sqlite) }
    if (!/^postgres(?:ql)?:\/\//.test(postgres ?? '')) throw new Error('--postgres takes a URL: postgres://…')
    return { postgres: postgres ?? '' }
  }
  if (remote && (local || state)) throw new Error('--remote cannot be combined with --local or --state')
  const place = state === undefined ? [] : ['--persist-to', resolve(state)]
  return { flags: remote ? ['--remote'] : ['--local', ...place], configPath: findConfig(config) }
}

/** Lends `use` the database, and closes it afterwards. @throws Stop If it does not answer. */
export async function withDatabase<T>(target: Target, use: (database: Database) => Promise<T>): Promise<T> {
  if ('configPath' in target) {
    const { configPath, flags } = target
    const isRemote = flags.includes('--remote')
    const database = await databaseOf(configPath, isRemote ? 'deployed' : 'here')
    if (database === 'postgres') throw new Stop(NAME_POSTGRES, 2)
    if (database === 'durable-object')
      return withDurableObject(configPath, isRemote, (run) => use(toDatabase(run)))
    return use(toDatabase(async (statements) => runOnD1(target, statements)))
  }
  const opened = await openOnNode(target)
  try {
    return await use(
      toDatabase((statements) =>
        opened.run(statements).catch((failure: unknown) => {
          const option = 'sqlite' in target ? '--sqlite FILE' : '--postgres URL'
          throw new Stop(explainNoAnswer(reasonOf(failure), option), 2)
        }),
      ),
    )
  } finally {
    await opened.close()
  }
}

/** Opens a database that is not D1. @throws Stop If it is not there, or needs what is not installed. */
export async function openOnNode(target: Exclude<Target, D1Place>) {
  if ('sqlite' in target && !existsSync(target.sqlite))
    throw new Stop(`There is no file ${target.sqlite}.`, 2)
  const { openForOperator } = await loadJanusOnNode()
  return openForOperator(target).catch((failure: unknown) => {
    throw new Stop(explainMissing(failure), 2)
  })
}

/** Returns what to install where a package is missing, or what the failure says. */
export function explainMissing(failure: unknown): string {
  const message = failure instanceof Error ? failure.message : String(failure)
  const [, missing] = /Cannot find (?:package|module) '(pg|nodemailer|@redis\/client)'/.exec(message) ?? []
  return missing === undefined ? message : `${missing} is not installed. Run: npm install ${missing}`
}

/** Returns what the driver says, which is the cause of what Janus throws. */
export function reasonOf(failure: unknown): string {
  const cause = failure instanceof Error && failure.cause instanceof Error ? failure.cause : failure
  if (!(cause instanceof Error)) return String(cause)
  return cause.message || ('code' in cause ? String(cause.code) : cause.name)
}

function toDatabase(
  run: (statements: readonly string[]) => Promise<readonly (readonly unknown[])[]>,
): Database {
  const runAll = run as unknown as RunAll
  return { runAll, run: async (statement) => (await runAll<[never]>([statement]))[0] }
}
