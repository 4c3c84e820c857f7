import './platform'
import { allParts } from '../../src/all-parts'
import type { Config } from '../../src/config/config'
import type { ConfigFault } from '../../src/config/fault'
import { parseConfig } from '../../src/config/parse-config'
import { SETTING_ROWS } from '../../src/config/settings'
import { isLocal } from '../../src/http/trustworthy-url'
import { createJanus } from '../../src/janus'
import { consoleLog } from '../../src/runtime/log'
import type { Send } from '../../src/social/egress'
import { createProviderBy } from '../../src/wiring/create-provider'
import { type OpenCopies, openMemcachedCopies } from '../../src/wiring/memcached-on-node'
import { type OpenTruth, type SqliteMigrations, serveFromSqlite } from '../../src/wiring/sqlite-on-node'
import { createBackground, sweepEvery } from './background'
import { clientAddress } from './client-address'
import { listen } from './http-server'
import { createLoginLimit } from './login-limit'
import { createPublicFetch } from './public-fetch'
import { type HostSettings, parseHostSettings } from './settings'
import { createSmtpMailer } from './smtp-mailer'

/** Sends requests to hosts that operators have named. */
const send: Send = (url, init) => fetch(url, init)

const SWEEP_EVERY_MS = 60_000

/** Limits how long a stop waits for requests and for what runs behind them, in milliseconds. */
const STOP_MS = 10_000

type Env = Readonly<Record<string, string | undefined>>

/** A process that serves Janus. */
export interface Serving {
  readonly issuer: string
  readonly port: number
  /** The store of accounts, and that of the copies of sessions. */
  readonly stores: readonly [database: string, copies: string]
  /** Lists what an operator should know though it is no fault; sentences. */
  readonly warnings: readonly string[]
  /** Accepts no more requests, finishes those that run and what runs behind them, and closes the database. Returns `false` if that took too long. */
  stop(): Promise<boolean>
}

/**
 * Serves Janus on this machine, with its pages, its mail and its sweep.
 *
 * @param env Settings alone: nothing else is read.
 * @throws {Error} With a sentence for each setting that is at fault, or why it cannot serve.
 */
export async function serveJanus(env: Env, migrations: SqliteMigrations): Promise<Serving> {
  const { config, host, janusEnv } = readEnv(env)
  const truth = await openTruth(config.database, host, migrations)
  const background = createBackground(consoleLog)
  let copies: OpenCopies | null = null
  try {
    const unready = await truth.check().catch((error: unknown) => {
      throw new Error(`The database cannot be reached: ${causeOf(error)}`)
    })
    if (unready !== null) throw new Error(unready)
    const mailer =
      config.mail.carrier === 'smtp' && host.SMTP_URL
        ? await createSmtpMailer(host.SMTP_URL, config.mail.sender, new URL(config.issuer).hostname)
        : undefined
    const opened = await openCopies(config)
    copies = opened
    const janus = createJanus(janusEnv, {
      ...allParts,
      createProvider: (of) => createProviderBy(of, { send, sendToStrangers: createPublicFetch() }),
      createDatabase: () => truth,
      defer: background.defer,
      ...(mailer ? { mailer } : {}),
      ...(opened ? { createSessionCopies: () => opened.copyStore } : {}),
    })
    const { header } = host.CLIENT_ADDRESS
    const server = await listen({
      host: host.HOST,
      port: host.PORT,
      fetch: janus.fetch,
      clientAddress: ({ socket, headers }) => clientAddress(header, socket.remoteAddress, headers),
    }).catch((error: unknown) => {
      throw new Error(whyNotListening(error, host))
    })
    const stopSweep = sweepEvery(SWEEP_EVERY_MS, { sweep: () => truth.alone(janus.sweep), background })
    return {
      issuer: config.issuer,
      port: server.port,
      stores: [config.database, config.sessionCopies],
      warnings: header === null && isBehindProxy(config.issuer, host) ? [SHARED_ADDRESS] : [],
      async stop() {
        stopSweep()
        const finish = async () => {
          await server.close()
          await background.finish()
          return true
        }
        const inTime = await Promise.race([finish(), after(STOP_MS)])
        if (!inTime) server.cut()
        opened?.close()
        await truth.close()
        return inTime
      },
    }
  } catch (error) {
    copies?.close()
    await truth.close()
    throw error
  }
}

/** Returns a sentence for each setting that is at fault, as {@link serveJanus} would refuse it. Looks at no database. */
export function findFaults(env: Env): readonly string[] {
  return examine(env).faults
}

function readEnv(env: Env) {
  const { parsed, host, janusEnv, faults } = examine(env)
  if (faults.length > 0 || !parsed.ok || !host.ok) {
    throw new Error(`Janus is not configured:\n${faults.map((line) => `  ${line}.`).join('\n')}`)
  }
  return { config: parsed.config, host: host.settings, janusEnv }
}

function examine(env: Env) {
  const host = parseHostSettings(env)
  const database = env.DATABASE ?? 'sqlite'
  // A process on PostgreSQL may be one of several, which share no memory.
  const defaults = { DATABASE: database, SESSION_COPIES: database === 'postgres' ? 'none' : 'memory' }
  const settings = SETTING_ROWS.flatMap(([name]) => (env[name] === undefined ? [] : [[name, env[name]]]))
  const janusEnv = {
    ...defaults,
    ...Object.fromEntries(settings),
    LOGIN_LIMIT: createLoginLimit(),
    // The pool has the URL itself.
    ...(database === 'postgres' ? { HYPERDRIVE: { connectionString: '' } } : {}),
  }
  const parsed = parseConfig(janusEnv)
  const isUnset = (name: 'DATABASE_URL' | 'SMTP_URL') => host.ok && host.settings[name] === null
  const faults = [
    ...notHere(janusEnv),
    ...(parsed.ok ? [] : parsed.faults.filter(isOfSetting).map(({ message }) => message)),
    ...(host.ok ? [] : host.faults),
    ...(database === 'postgres' && isUnset('DATABASE_URL') ? [`DATABASE_URL ${MISSING}`] : []),
    ...(env.MAILER === 'smtp' && isUnset('SMTP_URL') ? [`SMTP_URL ${MISSING}`] : []),
  ]
  return { parsed, host, janusEnv, faults }
}

const MISSING = 'is missing, and has no default'

/** Returns `false` for a binding. Nothing binds on Node: {@link notHere} names the setting that would need one. */
function isOfSetting({ setting }: ConfigFault): boolean {
  return SETTING_ROWS.some(([name]) => name === setting)
}

/** Lists what only Workers have, by the settings that choose it. */
const ON_WORKERS_ALONE = {
  DATABASE: ['d1', 'durable-object'],
  SESSION_COPIES: ['kv', 'durable-object'],
  MAILER: ['cloudflare'],
} as const

function notHere(env: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.entries(ON_WORKERS_ALONE).flatMap(([name, values]) => {
    const value = values.find((each) => each === env[name])
    return value === undefined ? [] : [`${name} cannot be ${value} on Node`]
  })
}

async function openTruth(
  database: string,
  { DATABASE_PATH, DATABASE_URL }: HostSettings,
  migrations: SqliteMigrations,
): Promise<OpenTruth> {
  if (database === 'postgres') {
    // It needs `pg`, which only users of PostgreSQL install.
    const { openPostgres } = await import('../../src/wiring/postgres-on-node')
    return openPostgres(DATABASE_URL ?? '')
  }
  return serveFromSqlite(database === 'memory' ? ':memory:' : DATABASE_PATH, migrations)
}

/** Opens the store of copies outside this process; `null` where there is none. */
async function openCopies({ redisUrl, memcachedAddress }: Config): Promise<OpenCopies | null> {
  if (redisUrl) {
    // It needs `@redis/client`, which only users of Redis install.
    const { openRedisCopies } = await import('../../src/wiring/redis-on-node')
    return openRedisCopies(redisUrl)
  }
  return memcachedAddress ? openMemcachedCopies(memcachedAddress) : null
}

/** Returns `true` for a public service that listens on this machine alone: a proxy is in front of it, and every client seems to be that proxy. */
function isBehindProxy(issuer: string, { HOST }: HostSettings): boolean {
  return !isLocal(new URL(issuer)) && (/^127\.|^::1$/.test(HOST) || HOST === 'localhost')
}

const SHARED_ADDRESS =
  'Every client seems to have the address of your proxy, so they share one limit. Set CLIENT_ADDRESS to the header that the proxy sets.'

function whyNotListening(error: unknown, { HOST, PORT }: HostSettings): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code === 'EADDRINUSE') return `Port ${PORT} of ${HOST} is in use. Set another PORT.`
  if (code === 'EACCES') return `Port ${PORT} may not be used by this user. Set a PORT above 1023.`
  return `Janus cannot listen on port ${PORT} of ${HOST}: ${code || 'no reason was given'}. Check HOST and PORT.`
}

/** Returns what a driver says, which names hosts and roles but no password. */
function causeOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  return cause instanceof Error
    ? cause.message || String('code' in cause ? cause.code : cause.name)
    : 'no reason was given'
}

function after(milliseconds: number): Promise<false> {
  return new Promise((resolve) => setTimeout(() => resolve(false), milliseconds).unref())
}
