// Says what is wrong with a configuration, here or deployed, and what to do about it.
import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { parseArgs } from 'node:util'
import { readOptions } from '../command.ts'
import type { D1Place } from '../d1.ts'
import { type Target, toTarget } from '../database.ts'
import { devVars, localVars } from '../local/local-vars.ts'
import { withMigrations } from '../migrate/migrations-config.ts'
import { readWorker } from '../named-database.ts'
import { CONFIG_HELP, commandLine, findConfig, findState, IS_CHECKOUT, pageOf } from '../place.ts'
import { readSettings } from '../serve/env-file.ts'
import { loadJanusOnNode } from '../serve/janus-on-node.ts'
import { createWrangler, type Wrangler } from '../wrangler.ts'
import { askD1, askDurableObject } from './ask-database.ts'
import {
  checkDatabase,
  checkDeployedSecrets,
  type DatabaseState,
  listMigrations,
  listSecrets,
} from './check-account.ts'
import { checkAssociations } from './check-associations.ts'
import { checkDatabaseOnNode } from './check-database.ts'
import { checkDiscovery } from './check-discovery.ts'
import { checkEvents } from './check-events.ts'
import { type Plan, parsePlan } from './check-plan.ts'
import { checkRedis } from './check-redis.ts'
import { checkRestore } from './check-restore.ts'
import { checkService } from './check-service.ts'
import { checkIssuers } from './check-social.ts'
import { type Deployment, readDeployment } from './deployment.ts'
import { diagnose } from './diagnose.ts'
import { countLevels, error, type Finding, ok, renderFindings, renderSummary } from './finding.ts'

const SERVE = IS_CHECKOUT ? 'start' : 'dev'

export const help = `Check the configuration of Janus, and name each fault with its fix.

  ${commandLine('doctor', '[options]')}

  --remote       check what is deployed: the wrangler configuration, the
                 Worker's secrets, its database, and the service itself at
                 ISSUER
                 (default: what ${commandLine(SERVE)} would serve here)
  --plan PLAN    free or paid: the Workers plan of the account
  --var K:V      override a setting, for example --var JWT_ALG:EdDSA;
                 may be repeated
  --state DIR    where ${commandLine(SERVE, '--state')} keeps the local database
  --sqlite FILE  check the file of ${commandLine('serve')}
  --postgres URL check the database at postgres://USER@HOST/NAME; PGPASSWORD is
                 the password
  --env FILE     with --sqlite or --postgres: check the settings of
                 ${commandLine('serve')}, too, from FILE and the environment
${CONFIG_HELP}
  --json         print the findings as JSON
  --help         print this

Exit code: 0 without errors, 1 with errors, 2 if the check could not run.`

interface Options {
  readonly remote: boolean
  readonly plan: Plan
  readonly vars: Readonly<Record<string, string>>
  readonly state: string
  readonly config: string
  readonly json: boolean
  /** `null`: D1. */
  readonly onNode: Exclude<Target, D1Place> | null
  readonly env?: string | undefined
}

export async function run(args: readonly string[]): Promise<number> {
  const options = parse(args)
  const findings = await examine(options)
  const levels = countLevels(findings)
  if (options.json) {
    console.log(
      JSON.stringify(
        { target: options.onNode ? 'node' : options.remote ? 'deployed' : 'local', ...levels, findings },
        null,
        2,
      ),
    )
  } else {
    console.log(`${renderFindings(findings)}\n${renderSummary(findings)}`)
  }
  return levels.error > 0 ? 1 : 0
}

function examine(options: Options): Promise<readonly Finding[]> {
  if (options.onNode) return examineOnNode(options.onNode, options.env)
  return options.remote ? examineDeployed(options) : examineLocal(options)
}

async function examineOnNode(
  target: Exclude<Target, D1Place>,
  env: string | undefined,
): Promise<readonly Finding[]> {
  const database = await checkDatabaseOnNode(target)
  if (env === undefined) return database
  const place =
    'sqlite' in target
      ? { DATABASE: 'sqlite', DATABASE_PATH: target.sqlite }
      : { DATABASE: 'postgres', DATABASE_URL: target.postgres }
  const { findFaults } = await loadJanusOnNode()
  const faults = findFaults({ ...readSettings(env), ...place })
  const settings = faults.map((what) =>
    error(
      `settings.${what.split(' ')[0]}`,
      `${what}.`,
      `${pageOf('operate/node.md')} and ${pageOf('reference/configuration.md')} list the settings.`,
    ),
  )
  return [...(settings.length > 0 ? settings : [ok('settings.all', 'Every setting is valid.')]), ...database]
}

async function examineLocal({ config, vars, state, plan }: Options): Promise<readonly Finding[]> {
  const overrides = {
    ...(IS_CHECKOUT
      ? localVars('http://localhost:8787')
      : devVars(await readWorker(config), 'http://localhost:8787', dirname(config))),
    ...vars,
  }
  const deployment = await readDeployment({ configPath: config, target: 'local', overrides })
  const flags = ['--local', '--persist-to', state]
  // Wrangler would make a database in order to look at it.
  const isThere = existsSync(state)
  const database: DatabaseState =
    notOnD1(deployment) ?? (isThere ? await listUnapplied(config, flags) : { kind: 'absent' })
  return [
    ...diagnose(deployment, plan),
    ...(await checkRedis(deployment)),
    ...(await checkIssuers(deployment)),
    checkDatabase(database, 'local'),
    ...(await checkRows(createWrangler({ configPath: config }), config, flags, database)),
  ]
}

async function examineDeployed({ config, vars, plan }: Options): Promise<readonly Finding[]> {
  const wrangler = createWrangler({ configPath: config })
  const secrets = await listSecrets(wrangler)
  const secretNames = secrets.kind === 'listed' ? secrets.names : null
  const source = { configPath: config, target: 'deployed', overrides: vars, secretNames } as const
  const deployment = await readDeployment(source)
  // Who may not ask for the one may not ask for the other.
  const asked = secrets.kind === 'unanswered' ? null : () => listUnapplied(config, ['--remote'])
  const database = notOnD1(deployment) ?? (await asked?.())
  return [
    ...diagnose(deployment, plan),
    ...(await checkIssuers(deployment)),
    ...(database ? [checkDatabase(database, 'deployed')] : []),
    ...(await checkRows(wrangler, config, ['--remote'], database)),
    ...checkDeployedSecrets(secrets, deployment.wrangler.name ?? 'janus'),
    ...(deployment.config ? await checkService(deployment.config) : []),
    ...(deployment.config ? await checkAssociations(deployment.config) : []),
    ...(deployment.config ? await checkDiscovery(deployment, deployment.config) : []),
  ]
}

/** Returns what is known of a database that is not D1, or `null`. */
function notOnD1({ config }: Deployment): DatabaseState | null {
  if (config?.database === 'durable-object') return { kind: 'migrates-itself' }
  return config?.database === 'postgres' ? { kind: 'postgres' } : null
}

/** Checks what the database holds, if it has the schema for it. */
async function checkRows(
  wrangler: Wrangler,
  config: string,
  flags: readonly string[],
  database: DatabaseState | undefined,
): Promise<readonly Finding[]> {
  const isOnObject = database?.kind === 'migrates-itself'
  if (!isOnObject && !(database?.kind === 'known' && database.unapplied.length === 0)) return []
  const ask = isOnObject ? askDurableObject(config, flags.includes('--remote')) : askD1(wrangler, flags)
  return [...(await checkRestore(wrangler, flags, ask)), ...(await checkEvents(ask))]
}

/** Asks wrangler which migrations of this version a database lacks. */
function listUnapplied(config: string, flags: readonly string[]): Promise<DatabaseState> {
  return withMigrations(config, (configPath) =>
    listMigrations(createWrangler({ configPath, folder: dirname(config) }), flags),
  )
}

function parse(args: readonly string[]): Options {
  return readOptions(() => {
    const { values } = parseArgs({
      args: [...args],
      options: {
        remote: { type: 'boolean', default: false },
        plan: { type: 'string', default: 'unknown' },
        var: { type: 'string', multiple: true, default: [] },
        state: { type: 'string' },
        config: { type: 'string' },
        sqlite: { type: 'string' },
        postgres: { type: 'string' },
        env: { type: 'string' },
        json: { type: 'boolean', default: false },
      },
    })
    const plan = parsePlan(values.plan)
    if (values.remote && values.state !== undefined) throw new Error('--state is for the local database')
    const { sqlite, postgres } = values
    if (sqlite !== undefined || postgres !== undefined) {
      const target = toTarget({ ...values, local: false })
      const onNode = 'configPath' in target ? null : target
      return { ...values, config: '', plan, state: '', vars: {}, onNode }
    }
    if (values.env !== undefined) throw new Error('--env is for --sqlite and --postgres')
    const config = findConfig(values.config)
    const state = findState(config, values.state)
    return { ...values, config, plan, state, vars: readVars(values.var), onNode: null }
  })
}

function readVars(pairs: readonly string[]): Readonly<Record<string, string>> {
  const entries = pairs.map((pair) => {
    const [, name, value] = /^([^:]+):(.*)$/s.exec(pair) ?? []
    if (name === undefined || value === undefined) throw new Error('--var must be NAME:value')
    return [name, value] as const
  })
  return Object.fromEntries(entries)
}
