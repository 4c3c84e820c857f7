import { randomBytes } from 'node:crypto'
import { resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Stop } from '../command.ts'
import {
  type DatabaseState,
  type DeployedSecrets,
  listMigrations,
  listSecrets,
} from '../doctor/check-account.ts'
import type { Plan } from '../doctor/check-plan.ts'
import { checkReadiness } from '../doctor/check-service.ts'
import { type Deployment, readDeployment } from '../doctor/deployment.ts'
import { diagnose } from '../doctor/diagnose.ts'
import { type Finding, renderFindings } from '../doctor/finding.ts'
import { withDurableObject } from '../durable-object.ts'
import { migrationFiles } from '../migrate/migrations-config.ts'
import { databaseOf } from '../named-database.ts'
import { commandLine } from '../place.ts'
import { reasonOf, type Wrangler } from '../wrangler.ts'
import { type Secrets, withSecretsFile } from './secrets-file.ts'

export interface DeployOptions {
  readonly wrangler: Wrangler
  /** Locates the configuration of wrangler. */
  readonly configPath: string
  readonly plan: Plan
  /** Secrets to go along. AUTH_SECRET is made where neither they nor the Worker have it. */
  readonly secrets: Secrets
  /** Says whether an AUTH_SECRET that goes along may take the place of the one the Worker has. */
  readonly replaceSecret: boolean
  /** Says what would be done, and only builds. */
  readonly dryRun: boolean
  readonly print: (text: string) => void
  /** Asks the service whether it is ready. */
  readonly ask?: typeof fetch
  /** Ends the waiting for it; a wrangler that runs has its own. */
  readonly signal?: AbortSignal
  /** Sets how long a service may take until it is ready. */
  readonly patienceMs?: number
}

type Step = 'migrate' | 'deploy'

/** Describes what Cloudflare has already. */
interface Account {
  readonly secrets: Exclude<DeployedSecrets, { readonly kind: 'unanswered' }>
  readonly database: Exclude<DatabaseState, { readonly kind: 'unanswered' }>
}

const NOTHING: Account = { secrets: { kind: 'no-worker' }, database: { kind: 'absent' } }

const SECRET_STAYS =
  'The Worker has an AUTH_SECRET, which nobody can read back and which passwords need. Leave it out of the file, or, if the file has it after the new one (new,old), add --replace-secret.'

const READY_WITHIN_MS = 30_000
const ASK_EVERY_MS = 2_000

/**
 * Deploys and asks no questions. Gives the exit code: 0 if it is deployed (or would be), 1 if something is in the way or the service
 * is not ready, 2 if Cloudflare does not say what is there.
 *
 * @throws If it is stopped.
 */
export async function deployJanus(options: DeployOptions): Promise<0 | 1 | 2> {
  const { wrangler, configPath, print, dryRun } = options
  const seen = await lookAtAccount(wrangler, await databaseOf(configPath, 'deployed'))
  if (!seen.ok) {
    print(renderFindings([seen.finding]))
    if (!dryRun) return 2
    print('So this is the plan of a first deploy.\n')
  }
  const account = seen.ok ? seen.account : NOTHING

  const secretNames = account.secrets.kind === 'listed' ? account.secrets.names : []
  const isSecretMade = !secretNames.includes('AUTH_SECRET') && !('AUTH_SECRET' in options.secrets)
  const made: Secrets = isSecretMade ? { AUTH_SECRET: randomBytes(32).toString('base64url') } : {}
  const secrets = { ...options.secrets, ...made }

  const deployment = await readDeployment({ configPath, target: 'deployed', secretNames, secrets })
  const findings = diagnose(deployment, options.plan).filter(({ level }) => level !== 'ok')
  print(renderFindings(findings))
  const isSecretReplaced = secretNames.includes('AUTH_SECRET') && 'AUTH_SECRET' in options.secrets
  const refusal = findings.some(({ level }) => level === 'error')
    ? 'There are errors.'
    : isSecretReplaced && !options.replaceSecret
      ? SECRET_STAYS
      : isSecretMade && (await findUsers(wrangler, account, deployment, configPath))
  if (refusal) {
    print(`${refusal} Nothing was deployed.`)
    return 1
  }

  const steps = orderSteps(account.database)
  print(renderPlan(deployment, account, steps, secrets, isSecretMade))
  if (dryRun) return (await wrangler(['deploy', '--dry-run', '--minify'], 'shown')).code === 0 ? 0 : 1
  for (const step of steps) {
    const code = step === 'migrate' ? await migrate(wrangler) : await upload(wrangler, secrets)
    if (code === 0) continue
    print(
      `Stopped: wrangler could not ${step}; its message is above. Run ${commandLine('deploy')} again after you correct it.`,
    )
    return 1
  }
  return sayWhetherReady(deployment, options)
}

async function lookAtAccount(
  wrangler: Wrangler,
  place: Awaited<ReturnType<typeof databaseOf>>,
): Promise<
  { readonly ok: true; readonly account: Account } | { readonly ok: false; readonly finding: Finding }
> {
  const secrets = await listSecrets(wrangler)
  if (secrets.kind === 'unanswered') return { ok: false, finding: secrets.finding }
  if (place === 'postgres') return { ok: true, account: { secrets, database: { kind: 'postgres' } } }
  const database =
    place === 'durable-object'
      ? ({ kind: 'migrates-itself' } as const)
      : await listMigrations(wrangler, ['--remote'])
  if (database.kind === 'unanswered') return { ok: false, finding: database.finding }
  return { ok: true, account: { secrets, database } }
}

/** Orders the steps. The first deploy creates the database, so it is migrated afterwards. Later, the Worker must find the schema it expects. */
function orderSteps(database: Account['database']): readonly Step[] {
  if (database.kind === 'migrates-itself' || database.kind === 'postgres') return ['deploy']
  if (database.kind === 'absent') return ['deploy', 'migrate']
  return database.unapplied.length > 0 ? ['migrate', 'deploy'] : ['deploy']
}

/**
 * Returns why no new secret may be made: with accounts there was one before, and their passwords cannot be verified without it. `null` if
 * there are none.
 */
async function findUsers(
  wrangler: Wrangler,
  { database, secrets }: Account,
  { wrangler: config, folder }: Deployment,
  configPath: string,
): Promise<string | null> {
  if (database.kind === 'absent') return null
  // guard: no secret is made for accounts that nobody could ask about
  if (database.kind === 'postgres') return MAY_HAVE_ACCOUNTS
  if (database.kind === 'migrates-itself')
    return secrets.kind === 'no-worker' ? null : findUsersInObject(configPath)
  const directory =
    config.d1_databases.find(({ binding }) => binding === 'DB')?.migrations_dir ?? 'migrations'
  if (database.unapplied.length === migrationFiles(resolve(folder, directory)).length) return null
  const count = 'SELECT count(*) AS users FROM users'
  const run = await wrangler(['d1', 'execute', 'DB', '--remote', '--json', '--command', count])
  if (run.code !== 0) return `The database did not say whether there are accounts: ${reasonOf(run)}`
  const [{ results }] = JSON.parse(run.stdout) as [{ results: [{ users: number }] }]
  return results[0].users === 0 ? null : HAS_ACCOUNTS
}

const HAS_ACCOUNTS = `The database has accounts, and the Worker has no AUTH_SECRET. Give it the one they were made with: ${commandLine('deploy', '--secrets-file FILE')}.`

const MAY_HAVE_ACCOUNTS = `Accounts are in PostgreSQL, and the Worker has no AUTH_SECRET. Give it the one they were made with, or a new one: ${commandLine('deploy', '--secrets-file FILE')}.`

/** Does what {@link findUsers} does, for a Worker with an object: one that is there may have accounts. */
async function findUsersInObject(configPath: string): Promise<string | null> {
  try {
    return await withDurableObject(configPath, true, async (run) => {
      const [rows = []] = await run(['SELECT 1 FROM users LIMIT 1'])
      return rows.length === 0 ? null : HAS_ACCOUNTS
    })
  } catch (failure) {
    if (!(failure instanceof Stop)) throw failure
    return `The database did not say whether there are accounts. Give the Worker a secret: ${commandLine('deploy', '--secrets-file FILE')}.`
  }
}

function renderPlan(
  { wrangler, config }: Deployment,
  { database }: Account,
  steps: readonly Step[],
  secrets: Secrets,
  isSecretMade: boolean,
): string {
  const unapplied = database.kind === 'known' ? `: ${database.unapplied.join(', ')}` : ''
  const says = { migrate: `Apply the migrations${unapplied}`, deploy: `Deploy the Worker ${wrangler.name}` }
  const lines = steps.map((step, index) => `  ${index + 1}. ${says[step]}`)
  if (config) lines.push(`  ${steps.length + 1}. Ask ${config.issuer}/readyz`)
  const names = Object.keys(secrets).filter((name) => name !== 'AUTH_SECRET' || !isSecretMade)
  if (names.length > 0) lines.push(`Secrets from your file: ${names.join(', ')}.`)
  if (isSecretMade) {
    lines.push(
      'AUTH_SECRET: a random one is made, and given to the Worker alone. Nobody can read it back;',
      'to keep a copy, make it yourself and use --secrets-file.',
    )
  }
  return `The plan:\n${lines.join('\n')}\n`
}

async function migrate(wrangler: Wrangler): Promise<number> {
  return (await wrangler(['d1', 'migrations', 'apply', 'DB', '--remote'], 'shown')).code
}

function upload(wrangler: Wrangler, secrets: Secrets): Promise<number> {
  return withSecretsFile(secrets, async (path) => {
    const file = path === null ? [] : ['--secrets-file', path]
    return (await wrangler(['deploy', '--minify', ...file], 'shown')).code
  })
}

async function sayWhetherReady(
  { config }: Deployment,
  { print, ask, signal, patienceMs = READY_WITHIN_MS }: DeployOptions,
): Promise<0 | 1> {
  if (!config) {
    print("Deployed. The URL isn't known here; request `/readyz` on your deployment to check it.")
    return 0
  }
  const end = Date.now() + patienceMs
  let findings = await checkReadiness(config.issuer, ask)
  while (findings.some(({ level }) => level === 'error') && Date.now() < end) {
    await sleep(ASK_EVERY_MS, undefined, signal ? { signal } : {})
    findings = await checkReadiness(config.issuer, ask)
  }
  print(`\n${renderFindings(findings)}`)
  // A new host may take minutes until its name and certificate are known; the deploy is done.
  return findings.some(({ check, level }) => level === 'error' && check !== 'service.reach') ? 1 : 0
}
