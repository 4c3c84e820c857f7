import type { Bindings } from '../bindings.ts'

/** Describes each binding. */
export const BINDING_TEXTS: Readonly<Record<keyof Bindings, string>> = {
  DB: 'A D1 database. Accounts, sessions and the audit trail. Required where `DATABASE` is `d1`.',
  HYPERDRIVE: 'A Hyperdrive configuration without caching. Required where `DATABASE` is `postgres`.',
  JANUS_DB:
    'The Durable Object class `JanusDatabase`, with SQLite. Accounts, sessions and the audit trail. Required where `DATABASE` is `durable-object`.',
  SESSIONS:
    'A KV namespace. Copies of sessions, for reads, and the mark by which a restored database is noticed. Required where `SESSION_COPIES` is `kv`.',
  LOGIN_LIMIT:
    'A rate limit. How many requests that concern credentials a client may make: `wrangler.toml` says 600 a minute.',
  COPIES:
    'The Durable Object class `SessionCopiesObject`, with SQLite. Copies of sessions. Required where `SESSION_COPIES` is `durable-object`.',
  EMAIL: 'A `send_email` binding. Required where `MAILER` is `cloudflare`.',
  JANUS_EVENTS: 'A queue. Janus sends [events](../guides/events.md) to it, if it is bound.',
  ASSETS: 'A folder of files. Only for a logo of yours, where `BRAND_LOGO_URL` is a path that Janus serves.',
}
