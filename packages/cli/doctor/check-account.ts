import { commandLine, IS_CHECKOUT } from '../place.ts'
import { isLoggedOut, type Run, reasonOf, type Wrangler } from '../wrangler.ts'
import { error, type Finding, ok } from './finding.ts'

/** Describes what could not be asked, and how to be able to. */
export interface Unanswered {
  readonly kind: 'unanswered'
  readonly finding: Finding
}

/** The names of the deployed Worker's secrets. */
export type DeployedSecrets =
  | { readonly kind: 'listed'; readonly names: readonly string[] }
  | { readonly kind: 'no-worker' }
  | Unanswered

export type DatabaseState =
  /** A Durable Object. */
  | { readonly kind: 'migrates-itself' }
  /** PostgreSQL, which wrangler cannot ask. */
  | { readonly kind: 'postgres' }
  /** Nothing has made it yet. */
  | { readonly kind: 'absent' }
  | { readonly kind: 'known'; readonly unapplied: readonly string[] }
  | Unanswered

const WHAT_IS_DEPLOYED = 'What is deployed cannot be looked at'

/** Asks Cloudflare for the secrets of the Worker: their names, for nobody can read their values. */
export async function listSecrets(wrangler: Wrangler): Promise<DeployedSecrets> {
  const run = await wrangler(['secret', 'list', '--format', 'json'])
  if (run.code !== 0) {
    const isUnknown = /Worker "[^"]*".* not found|\b10007\b/.test(run.stderr + run.stdout)
    return isUnknown ? { kind: 'no-worker' } : unanswered('account.secrets', WHAT_IS_DEPLOYED, run)
  }
  const listed: unknown = parseJson(run.stdout)
  if (!Array.isArray(listed)) return unanswered('account.secrets', WHAT_IS_DEPLOYED, run)
  return { kind: 'listed', names: listed.map((secret: { readonly name?: unknown }) => String(secret.name)) }
}

/** Asks the database which migrations of `migrations_dir` it lacks. */
export async function listMigrations(wrangler: Wrangler, flags: readonly string[]): Promise<DatabaseState> {
  const run = await wrangler(['d1', 'migrations', 'list', 'DB', ...flags])
  if (run.code === 0) {
    const unapplied = [...run.stdout.matchAll(/[│|]\s*(\S+\.sql)\s*[│|]/g)].map(([, file = '']) => file)
    if (unapplied.length > 0 || /No migrations to apply/.test(run.stdout)) return { kind: 'known', unapplied }
  }
  if (/Couldn't find a(?:n auto-provisioned)? D1 DB/.test(run.stderr + run.stdout)) return { kind: 'absent' }
  return unanswered('database.migrations', 'The database did not list its migrations', run)
}

export function checkDeployedSecrets(secrets: DeployedSecrets, worker: string): readonly Finding[] {
  if (secrets.kind === 'unanswered') return [secrets.finding]
  if (secrets.kind === 'no-worker') {
    return [
      error('account.worker', `There is no Worker named ${worker} in the account.`, commandLine('deploy')),
    ]
  }
  // That AUTH_SECRET is missing is said as a fault of the settings.
  return secrets.names.includes('AUTH_SECRET')
    ? [
        ok(
          'account.AUTH_SECRET',
          'AUTH_SECRET is set. Its value cannot be read back; GET /readyz validates it.',
        ),
      ]
    : []
}

export function checkDatabase(database: DatabaseState, target: 'local' | 'deployed'): Finding {
  const check = 'database.migrations'
  const fix =
    target === 'local'
      ? `${commandLine('migrate')}, or ${commandLine(IS_CHECKOUT ? 'start' : 'dev')}, which does it.`
      : commandLine(IS_CHECKOUT ? 'deploy' : 'migrate', IS_CHECKOUT ? '' : '--remote')
  switch (database.kind) {
    case 'unanswered':
      return database.finding
    case 'migrates-itself':
      return ok(check, 'The Durable Object migrates itself. GET /readyz says whether it could.')
    case 'postgres':
      return ok(check, `The database is PostgreSQL. Check it: ${commandLine('doctor', '--postgres URL')}`)
    case 'absent':
      return error(check, 'There is no database yet.', fix)
    case 'known': {
      const { unapplied } = database
      if (unapplied.length === 0) return ok(check, 'Every migration is applied.')
      const many = unapplied.length === 1 ? 'A migration is' : `${unapplied.length} migrations are`
      return error(check, `${many} not applied, ${unapplied[0]} first.`, fix)
    }
  }
}

function unanswered(check: string, what: string, run: Run): Unanswered {
  const finding = isLoggedOut(run)
    ? error(check, `${what}: wrangler is not logged in.`, 'npx wrangler login, or set CLOUDFLARE_API_TOKEN.')
    : error(check, `${what}: ${reasonOf(run)}`, 'Follow the message of wrangler, and try again.')
  return { kind: 'unanswered', finding }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
