// What the configuration of a Worker needs so that Janus can run in it. `janus doctor` checks the same once it is there.

import { parseUrl } from '../parse-url.ts'
import { pathsToAdd } from './worker-first.ts'

/** A wrangler configuration, as it is parsed. */
export type WorkerConfig = Readonly<Record<string, unknown>>

/** One thing that a configuration lacks, as both formats write it. */
export type Lack =
  | { readonly kind: 'key'; readonly name: string; readonly value: string }
  | { readonly kind: 'member'; readonly table: string; readonly name: string; readonly value: string }
  /** `table` is `''` for an array at the top. */
  | { readonly kind: 'element'; readonly table: string; readonly name: string; readonly value: Element }

export type Element = string | Readonly<Record<string, unknown>>

export interface Project {
  /** The name of the Worker, if the configuration has none. */
  readonly name: string
  /** Locates its code, if the configuration does not. */
  readonly main: string
  readonly compatibilityDate: string
  /** Locates the migrations of the installed package, seen from the configuration. */
  readonly migrationsDir: string
  /** Says whether its code sweeps when it is scheduled. */
  readonly sweeps: boolean
  /** Says whether the app has a page at `/`, as far as is known. */
  readonly hasHome: boolean
}

/** Locates the migrations of the package below the folder that it is installed in. */
export const MIGRATIONS_DIR = 'node_modules/janus/dist/migrations'

/** The cron of the sweep. */
export const EVERY_MINUTE = '* * * * *'

/** The path of the mount, unless ISSUER has another. */
const DEFAULT_PATH = '/auth'

/** The host of ISSUER where no route says what it is. It cannot be deployed to, and `janus dev` replaces it. */
export const SAMPLE_ORIGIN = 'https://example.com'

/** Returns what a configuration lacks. */
export function findLacks(config: WorkerConfig, project: Project): readonly Lack[] {
  const name = typeof config.name === 'string' ? config.name : project.name
  const lacks: (Lack | false)[] = [
    config.name === undefined && { kind: 'key', name: 'name', value: project.name },
    config.main === undefined && { kind: 'key', name: 'main', value: project.main },
    config.compatibility_date === undefined && {
      kind: 'key',
      name: 'compatibility_date',
      value: project.compatibilityDate,
    },
    issuerOf(config) === null && {
      kind: 'member',
      table: 'vars',
      name: 'ISSUER',
      value: `${originOf(config)}${DEFAULT_PATH}`,
    },
    project.hasHome &&
      lacksAppUrl(config) && {
        kind: 'member',
        table: 'vars',
        name: 'APP_URL',
        value: `${parseUrl(issuerOf(config))?.origin ?? originOf(config)}/`,
      },
    !has(config, 'd1_databases', 'DB') && {
      kind: 'element',
      table: '',
      name: 'd1_databases',
      value: { binding: 'DB', database_name: `${name}-accounts`, migrations_dir: project.migrationsDir },
    },
    !has(config, 'kv_namespaces', 'SESSIONS') && {
      kind: 'element',
      table: '',
      name: 'kv_namespaces',
      value: { binding: 'SESSIONS' },
    },
    !has(config, 'ratelimits', 'LOGIN_LIMIT', 'name') && {
      kind: 'element',
      table: '',
      name: 'ratelimits',
      value: { name: 'LOGIN_LIMIT', namespace_id: '778101', simple: { limit: 600, period: 60 } },
    },
    // Where there is no list, wrangler reads every secret of this machine. One that names ours alone would hide the others.
    isTable(config.secrets) &&
      !listOf(config.secrets.required).includes('AUTH_SECRET') && {
        kind: 'element',
        table: 'secrets',
        name: 'required',
        value: 'AUTH_SECRET',
      },
    ...pathsToAdd(assetsOf(config), mountPathOf(config), config.main === undefined).map((value) => ({
      kind: 'element' as const,
      table: 'assets',
      name: 'run_worker_first',
      value,
    })),
    // The work of an owner's own scheduled handler is not done each minute.
    project.sweeps &&
      !cronsOf(config).includes(EVERY_MINUTE) && {
        kind: 'element',
        table: 'triggers',
        name: 'crons',
        value: EVERY_MINUTE,
      },
  ]
  return lacks.filter((lack) => lack !== false)
}

/** Returns the path that Janus is mounted at. */
export function mountPathOf(config: WorkerConfig): string {
  const issuer = parseUrl(issuerOf(config))
  return issuer === null ? DEFAULT_PATH : issuer.pathname.replace(/\/$/, '') || '/'
}

/** Returns whether a sign-in ends on the home page of Janus, because nothing says where the app is. */
export function lacksAppUrl(config: WorkerConfig): boolean {
  return mountPathOf(config) !== '/' && varsOf(config).APP_URL === undefined
}

/**
 * Returns APP_URL if it is on the origin of ISSUER and so moves with it, or `null`. It stays where OWN_PAGES names that origin, too: those pages
 * must be on an origin that is configured.
 *
 * @param vars As wrangler has them.
 */
export function appUrlOf({ ISSUER, APP_URL, OWN_PAGES }: Readonly<Record<string, unknown>>): string | null {
  const url = parseUrl(APP_URL)
  if (url === null || url.origin !== parseUrl(ISSUER)?.origin) return null
  return String(OWN_PAGES).includes(`=${url.origin}`) ? null : url.href
}

/** Returns whether `DB` may be a database of the app: its configuration does not name the migrations of Janus, wherever they are installed. */
export function sharesDatabase(config: WorkerConfig): boolean {
  const database = elementsOf(config, 'd1_databases').find(({ binding }) => binding === 'DB')
  return database !== undefined && !String(database.migrations_dir).endsWith(MIGRATIONS_DIR)
}

/** Returns an ISSUER that may belong to something else than Janus, of which the configuration has nothing yet, or `null`. */
export function doubtfulIssuer(config: WorkerConfig): string | null {
  const isOurs = has(config, 'kv_namespaces', 'SESSIONS') || has(config, 'ratelimits', 'LOGIN_LIMIT', 'name')
  return isOurs ? null : issuerOf(config)
}

/** Returns the settings that have to be changed before a deployment, because they are on a host that is nobody's. */
export function sampleSettings(config: WorkerConfig): readonly string[] {
  const vars = varsOf(config)
  return ['ISSUER', 'APP_URL'].filter((name) => `${vars[name]}/`.startsWith(`${SAMPLE_ORIGIN}/`))
}

function issuerOf(config: WorkerConfig): string | null {
  const { ISSUER } = varsOf(config)
  return typeof ISSUER === 'string' ? ISSUER : null
}

/** Returns `vars`; empty where there are none. */
export function varsOf(config: WorkerConfig): Readonly<Record<string, unknown>> {
  return isTable(config.vars) ? config.vars : {}
}

/** Returns where the Worker answers, as far as its routes say so. */
function originOf(config: WorkerConfig): string {
  const routes = [config.route, ...listOf(config.routes)]
  for (const route of routes) {
    const pattern = isTable(route) ? route.pattern : route
    const [, host] =
      typeof pattern === 'string' ? (/^(?:https:\/\/)?([a-z0-9.-]+\.[a-z]+)(?:\/|$)/.exec(pattern) ?? []) : []
    if (host !== undefined) return `https://${host}`
  }
  return SAMPLE_ORIGIN
}

/** Returns the names of the environments, such as staging, that have no ISSUER of their own, and so no other setting of Janus. */
export function lackingEnvironments({ env }: WorkerConfig): readonly string[] {
  return Object.entries(isTable(env) ? env : {}).flatMap(([name, own]) =>
    isTable(own) && issuerOf(own) !== null ? [] : [name],
  )
}

/** Returns `assets`; empty where there are none. */
export function assetsOf(config: WorkerConfig): Readonly<Record<string, unknown>> {
  return isTable(config.assets) ? config.assets : {}
}

function cronsOf(config: WorkerConfig): readonly unknown[] {
  return isTable(config.triggers) ? listOf(config.triggers.crons) : []
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function has(config: WorkerConfig, list: string, binding: string, member = 'binding'): boolean {
  return elementsOf(config, list).some((element) => element[member] === binding)
}

function elementsOf(config: WorkerConfig, list: string): readonly Readonly<Record<string, unknown>>[] {
  return listOf(config[list]).filter(isTable)
}

function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
