import type { SomeSettingTexts } from './setting-text.ts'

export const SESSION_TEXTS = {
  SESSION_IDLE_SECONDS: {
    meaning: 'A session that is not used for this long ends.',
    applies: '`AUTH_MODE` is `session` or `both`',
  },
  SESSION_LIFETIME_SECONDS: {
    meaning: 'A session ends this long after sign-in, used or not, in both modes.',
  },
  MAX_SESSIONS: {
    meaning:
      'The most open sessions of one account. A sign-in beyond it ends the session that was used least recently, as far as `last_seen_at` knows.',
  },
  DATABASE: {
    meaning:
      'The database of accounts, sessions and the audit trail: `d1`, `postgres` through Hyperdrive ([how to set it up](../operate/postgresql.md)), or `durable-object`, one [Durable Object](../operate/durable-object.md). On [Node](../operate/node.md): `sqlite`, `postgres` or `memory`.',
  },
  DATABASE_LOCATION: {
    meaning:
      'Where the object is created, near the region that you name, if Cloudflare can. `eu`, `us`, `fedramp` and `fedramp-high` are jurisdictions: the object runs and stores there and nowhere else. An object stays where it was created. Another jurisdiction has another object, which is empty: move to it with `janus export` and `janus import`.',
    applies: '`DATABASE` is `durable-object`',
  },
  POSTGRES_PIPELINE: {
    meaning:
      'Whether a Worker sends a transaction to PostgreSQL in one flight. A refresh then takes three round trips instead of five, connection included. It works through PgBouncer in transaction mode; try it with your Hyperdrive before you rely on it. `janus serve` always does so.',
    applies: '`DATABASE` is `postgres`',
  },
  SESSION_COPIES: {
    meaning:
      'Where Janus caches copies of sessions, so that protected requests do not read the database. `kv` is Workers KV. `durable-object` is the class `SessionCopiesObject`, bound as `COPIES`. `redis` and `memcached` are a server of yours. `memory` is the memory of each isolate or process. With `none`, every request reads the database. [What each promises](../explain/session-copies.md).',
  },
  SESSION_COPY_SECONDS: {
    meaning:
      'How long a copy of a session is accepted after it was written. It bounds what a store that lost a deletion can revive.',
    applies: '`SESSION_COPIES` is neither `kv` nor `none`',
  },
  REDIS_URL: {
    meaning:
      'The Redis server, or one that speaks its protocol, such as Valkey. It is a secret: name it in `[secrets]` of `wrangler.toml`, too. One primary; no cluster that redirects, and no replica that only reads.',
    accepts:
      '`rediss://user:password@host:port/database`; user, password and database may be absent; `redis://`, without TLS, only on this machine and in a private network',
    applies: '`SESSION_COPIES` is `redis`',
    secret: {
      sample: 'replace with the URL of the server',
      how: 'rediss://user:password@host:6380',
      always: false,
      standIn: 'rediss://stand.in.example',
    },
  },
  MEMCACHED_ADDRESS: {
    meaning:
      'The Memcached server. Its protocol has no password and no TLS, so only your own machines should reach it.',
    accepts: '`host:port`',
    applies: '`SESSION_COPIES` is `memcached`',
  },
  MEMO_SECONDS: {
    meaning:
      'How long an isolate caches a session it has resolved. It adds to how stale an answer can be. 0 turns off the cache of verified tokens, too.',
  },
  SEAL_SECONDS: {
    meaning:
      'How long a browser may use a session without Janus asking any storage: a signed cookie beside the session cookie says what storage said last. It adds to how stale an answer can be. 0 turns it off.',
    default: '30 with `SESSION_COPIES=kv`, else 0',
  },
  LIVE_CHECK: {
    meaning:
      'Which protected routes ask D1 whether the session is still active: those that change credentials or sessions (`sensitive`), or all (`always`).',
  },
} satisfies SomeSettingTexts
