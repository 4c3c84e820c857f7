// Says what is wrong with a configuration, here or deployed, and what to do about it.
import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import {
  checkDatabase,
  checkDeployedSecrets,
  type DatabaseState,
  listMigrations,
  listSecrets,
} from './doctor/check-account.ts'
import { type Plan, parsePlan } from './doctor/check-plan.ts'
import { checkService } from './doctor/check-service.ts'
import { ROOT, readDeployment } from './doctor/deployment.ts'
import { diagnose } from './doctor/diagnose.ts'
import { countLevels, type Finding, renderFindings, renderSummary } from './doctor/finding.ts'
import { localVars } from './local-vars.ts'
import { createWrangler } from './wrangler.ts'

const HELP = `Check the configuration of Janus, and say what to do about each fault.

  npm run doctor -- [options]

  --remote       check what is deployed: wrangler.toml, the Worker's secrets,
                 its database, and the service itself at ISSUER
                 (default: what npm start would serve here)
  --plan PLAN    free or paid: the Workers plan of the account
  --var K:V      override a setting, for example --var JWT_ALG:EdDSA;
                 may be repeated
  --state DIR    where npm start --state keeps the local database
  --config FILE  the wrangler.toml of an app that Janus is mounted in
  --json         print the findings as JSON
  --help         print this

Exit code: 0 without errors, 1 with, 2 if it could not look.`

interface Options {
  readonly remote: boolean
  readonly plan: Plan
  readonly vars: Readonly<Record<string, string>>
  readonly state: string
  readonly config: string
  readonly json: boolean
}

const options = readOptions()
try {
  const findings = options.remote ? await examineDeployed(options) : await examineLocal(options)
  const levels = countLevels(findings)
  if (options.json) {
    console.log(
      JSON.stringify({ target: options.remote ? 'deployed' : 'local', ...levels, findings }, null, 2),
    )
  } else {
    console.log(`${renderFindings(findings)}\n${renderSummary(findings)}`)
  }
  process.exitCode = levels.error > 0 ? 1 : 0
} catch (failure) {
  console.error(failure instanceof Error ? failure.message : failure)
  process.exitCode = 2
}

async function examineLocal({ config, vars, state, plan }: Options): Promise<readonly Finding[]> {
  const overrides = { ...localVars('http://localhost:8787'), ...vars }
  const deployment = await readDeployment({ configPath: config, target: 'local', overrides })
  // Wrangler would make a database in order to look at it.
  const database: DatabaseState = existsSync(state)
    ? await listMigrations(createWrangler({ configPath: config }), ['--local', '--persist-to', state])
    : { kind: 'absent' }
  return [...diagnose(deployment, plan), checkDatabase(database, 'local')]
}

async function examineDeployed({ config, vars, plan }: Options): Promise<readonly Finding[]> {
  const wrangler = createWrangler({ configPath: config })
  const secrets = await listSecrets(wrangler)
  const secretNames = secrets.kind === 'listed' ? secrets.names : null
  const source = { configPath: config, target: 'deployed', overrides: vars, secretNames } as const
  const deployment = await readDeployment(source)
  // Who may not ask for the one may not ask for the other.
  const database = secrets.kind === 'unanswered' ? null : await listMigrations(wrangler, ['--remote'])
  return [
    ...diagnose(deployment, plan),
    ...(database ? [checkDatabase(database, 'deployed')] : []),
    ...checkDeployedSecrets(secrets, deployment.wrangler.name ?? 'janus'),
    ...(deployment.config ? await checkService(deployment.config) : []),
  ]
}

function readOptions(): Options {
  try {
    const { values } = parseArgs({
      options: {
        remote: { type: 'boolean', default: false },
        plan: { type: 'string', default: 'unknown' },
        var: { type: 'string', multiple: true, default: [] },
        state: { type: 'string' },
        config: { type: 'string', default: join(ROOT, 'wrangler.toml') },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    })
    if (values.help) {
      console.log(HELP)
      process.exit(0)
    }
    const plan = parsePlan(values.plan)
    if (values.remote && values.state !== undefined) throw new Error('--state is for the local database')
    const config = resolve(values.config)
    if (!existsSync(config)) throw new Error(`There is no ${config}`)
    const state = resolve(values.state ?? join(dirname(config), '.wrangler/state'))
    return { ...values, config, plan, state, vars: readVars(values.var) }
  } catch (failure) {
    console.error(`${failure instanceof Error ? failure.message : failure}\n\n${HELP}`)
    process.exit(2)
  }
}

function readVars(pairs: readonly string[]): Readonly<Record<string, string>> {
  const entries = pairs.map((pair) => {
    const [, name, value] = /^([^:]+):(.*)$/s.exec(pair) ?? []
    if (name === undefined || value === undefined) throw new Error('--var must be NAME:value')
    return [name, value] as const
  })
  return Object.fromEntries(entries)
}
