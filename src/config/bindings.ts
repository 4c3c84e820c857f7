import type { CopyObjects } from '../sessions/copy-store'
import type { DatabaseObjects } from './database-objects'
import type { ConfigFault } from './fault'
import type { Earlier } from './settings'

/** The resources a deployment is given. */
export interface Bindings {
  /** Is bound where `DATABASE` is `d1`. */
  readonly DB?: D1Database
  /** Is bound where `DATABASE` is `postgres`. */
  readonly HYPERDRIVE?: Pick<Hyperdrive, 'connectionString'>
  /** Is bound where `DATABASE` is `durable-object`. */
  readonly JANUS_DB?: DatabaseObjects
  /** Is bound where `SESSION_COPIES` is `kv`. Elsewhere it keeps only the mark of restores, if it is bound. */
  readonly SESSIONS?: KVNamespace
  readonly LOGIN_LIMIT: RateLimit
  /** Is bound where `SESSION_COPIES` is `durable-object`. */
  readonly COPIES?: CopyObjects
  /** Is bound where `MAILER` is `cloudflare`. */
  readonly EMAIL?: SendEmail
  /** Receives events, if it is bound. */
  readonly JANUS_EVENTS?: Pick<Queue, 'send'>
  /** The files of the pages; without it there are none. */
  readonly ASSETS?: Fetcher
}

/** Holds the bindings where the database is D1. */
export interface D1Bindings extends Bindings {
  readonly DB: D1Database
}

type Env = Readonly<Record<string, unknown>>

interface Binding {
  /** Names what the configuration of wrangler must bind it to. */
  readonly kind: string
  /** Says whether it is required. Without it, the binding is always required. */
  readonly when?: (settings: Earlier) => boolean
}

/** The bindings that are required; `ASSETS` never is. */
const REQUIRED: Readonly<Record<string, Binding>> = {
  DB: { kind: 'a D1 database', when: ({ database }) => database === 'd1' },
  HYPERDRIVE: { kind: 'a Hyperdrive configuration', when: ({ database }) => database === 'postgres' },
  JANUS_DB: {
    kind: 'the Durable Object class JanusDatabase',
    when: ({ database }) => database === 'durable-object',
  },
  SESSIONS: { kind: 'a KV namespace', when: ({ sessionCopies }) => sessionCopies === 'kv' },
  LOGIN_LIMIT: { kind: 'a rate limit' },
  COPIES: {
    kind: 'the Durable Object class SessionCopiesObject',
    when: ({ sessionCopies }) => sessionCopies === 'durable-object',
  },
  EMAIL: { kind: 'send_email', when: ({ mailer }) => mailer === 'cloudflare' },
} satisfies Partial<Record<keyof Bindings, Binding>>

/** Returns a fault for each binding that is required and absent. */
export function checkBindings(env: Env, settings: Earlier): readonly ConfigFault[] {
  return Object.entries(REQUIRED)
    .filter(([name, { when }]) => (when?.(settings) ?? true) && !isBound(env, name))
    .map(([name, { kind }]) => ({
      setting: name,
      message: `${name} is not bound, and must be bound to ${kind}`,
    }))
}

/** Tells whether the bindings that every deployment needs are there. */
export function hasBindings(env: Env): env is Env & Bindings {
  return checkBindings(env, {}).length === 0
}

function isBound(env: Env, name: string): boolean {
  return typeof env[name] === 'object' && env[name] !== null
}
