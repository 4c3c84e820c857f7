import type { Wycheproof } from './read-wycheproof'

declare global {
  namespace Cloudflare {
    /** Declares the bindings of wrangler.toml, and those that the tests add. */
    interface Env {
      ISSUER: string
      AUTH_SECRET: string
      AUTH_MODE: string
      REGISTRATION: string
      DB: D1Database
      /** In the project on PostgreSQL. */
      HYPERDRIVE?: Hyperdrive
      SESSIONS: KVNamespace
      LOGIN_LIMIT: RateLimit
      COPIES: DurableObjectNamespace<import('../../src/index').SessionCopiesObject>
      /** Bound in the project `durable-object` alone. */
      JANUS_DB: DurableObjectNamespace<import('./durable-worker').JanusDatabase>
      DATABASE?: string
      ASSETS: Fetcher
      EMAIL: SendEmail
      TEST_MIGRATIONS: import('cloudflare:test').D1Migration[]
    }
    interface GlobalProps {
      mainModule: typeof import('../../src/index')
    }
  }
}

declare module 'vitest' {
  interface ProvidedContext {
    naughtyStrings: readonly string[]
    commonPasswords: readonly string[]
    wycheproof: Wycheproof
  }
}
