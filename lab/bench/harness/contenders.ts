import type { Template } from '../load/job.ts'
import type { Contender, CopyPlace, TruthPlace } from './contender.ts'
import { ask, PASSWORD, type Person, type Reply } from './person.ts'
import { WITH_STORES } from './start-worker.ts'

/** Returns the servers that are measured, with the requests to each. */

function post(path: string, body: unknown, expect: Template['expect'], headers = {}): Template {
  return { method: 'POST', path, headers, body: JSON.stringify(body), expect }
}

const HASH = post('/hash', { password: PASSWORD }, { status: 200, text: 'done' })

function require(reply: Reply, status: number): Reply {
  if (reply.status === status) return reply
  throw new Error(`Expected ${status} while people enter, got ${reply.status} ${JSON.stringify(reply.body)}`)
}

/** For servers with no accounts: `POST /enter` gives a credential to whoever asks, in a cookie or as `token`. */
async function enterFreely(port: number, number: number): Promise<Person> {
  const id = `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`
  const reply = require(await ask(port, '/enter', { body: { user_id: id } }), 200)
  const headers: Record<string, string> = reply.cookie
    ? { Cookie: reply.cookie }
    : { Authorization: `Bearer ${reply.body.token}` }
  return { id, email: '', headers, refreshCredential: '' }
}

function janus(
  mode: 'session' | 'token',
  variant = '',
  settings: Readonly<Record<string, string>> = {},
): Contender {
  return {
    name: `Janus, ${mode}${variant}`,
    server: 'janus-host.ts',
    needsJanusSchema: true,
    // Nobody else here asks who knows a password, and nobody can be reached from a benchmark.
    settings: { ISSUER: 'https://bench.example/auth', BREACH_CHECK: 'off', ...settings },
    async enter(port, number) {
      const email = `person-${number}@example.com`
      const reply = require(await ask(port, '/auth/register', {
        body: { email, password: PASSWORD, mode },
      }), 201)
      const { user, access_token, refresh_token } = reply.body
      const headers: Record<string, string> =
        mode === 'session' ? { Cookie: reply.cookie } : { Authorization: `Bearer ${access_token}` }
      return { id: user.id, email, headers, refreshCredential: refresh_token ?? '' }
    },
    signUp: post(
      '/auth/register',
      { email: 'new-{n}@example.com', password: PASSWORD, mode },
      { status: 201, text: 'new-' },
      // Each comes from a network of its own, because one source may register 30 accounts at once.
      { 'CF-Connecting-IP': '2001:db8:{n}::1' },
    ),
    signIn: ({ id, email }) =>
      post('/auth/login', { email, password: PASSWORD, mode }, { status: 200, text: id }),
    hash: HASH,
    ...(mode === 'token'
      ? {
          refresh: {
            template: () =>
              post('/auth/refresh', { refresh_token: '{token}' }, { status: 200, text: 'access_token' }),
            member: 'refresh_token',
          },
        }
      : {}),
  }
}

/** Returns the same app in a Node process. */
function onNode(
  mode: 'session' | 'token',
  variant: string,
  truth: TruthPlace,
  settings: Readonly<Record<string, string>> = {},
  copies?: CopyPlace,
): Contender {
  const common = { DATABASE: truth.database, SEAL_SECONDS: '0' }
  return {
    ...janus(mode, `, Node, ${variant}`, { ...common, ...settings, ...settingOf(copies) }),
    server: 'servers/janus-on-node.ts',
    onNode: true,
    truth,
    ...(copies ? { copies } : {}),
  }
}

/** Returns the same app on Workers, with stores that not every Worker carries. */
function withStores(
  mode: 'session' | 'token',
  variant: string,
  settings: Readonly<Record<string, string>>,
  { truth, copies }: Pick<Contender, 'truth' | 'copies'> = {},
): Contender {
  const database = truth ? { DATABASE: truth.database } : {}
  return {
    ...janus(mode, `, Workers, ${variant}`, { ...database, ...settings, ...settingOf(copies) }),
    server: WITH_STORES,
    ...(truth ? { truth } : {}),
    ...(copies ? { copies } : {}),
  }
}

function settingOf(copies: CopyPlace | undefined): Readonly<Record<string, string>> {
  return copies ? { SESSION_COPIES: copies.server } : {}
}

const SQLITE = { database: 'sqlite' } as const
const MEMORY = { database: 'memory' } as const
const OBJECT = { database: 'durable-object' } as const
const POSTGRES = { database: 'postgres' } as const
const REDIS = { server: 'redis' } as const
const MEMCACHED = { server: 'memcached' } as const
const FAR = { roundTripMs: 10 } as const
const FAR_POSTGRES = { ...POSTGRES, ...FAR } as const
const FAR_REDIS = { ...REDIS, ...FAR } as const
const FAR_MEMCACHED = { ...MEMCACHED, ...FAR } as const
// Memory alone is allowed where the issuer is on this machine.
const LOCAL = { ISSUER: 'http://localhost/auth' }

const SAME_ORIGIN = { Origin: 'https://bench.example' }

function betterAuth(carrier: 'session' | 'cookie cache' | 'JWT'): Contender {
  return {
    name: `Better Auth, ${carrier}`,
    server: 'rivals/better-auth.ts',
    settings:
      carrier === 'JWT' ? { JWT_PLUGIN: '1' } : carrier === 'cookie cache' ? { COOKIE_CACHE: '1' } : {},
    prepare: async (port) => {
      require(await ask(port, '/migrate', { body: {} }), 200)
    },
    async enter(port, number) {
      const email = `person-${number}@example.com`
      const body = { email, password: PASSWORD, name: 'Ada' }
      const signedUp = require(await ask(port, '/api/auth/sign-up/email', {
        body,
        headers: SAME_ORIGIN,
      }), 200)
      const cookie = { Cookie: signedUp.cookie }
      const person = { id: signedUp.body.user.id, email, headers: cookie, refreshCredential: signedUp.cookie }
      if (carrier !== 'JWT') return person
      const { body: issued } = require(await ask(port, '/api/auth/token', { headers: cookie }), 200)
      return { ...person, headers: { Authorization: `Bearer ${issued.token}` } }
    },
    ...(carrier === 'JWT' ? { path: '/protected-by-jwt' } : {}),
    signUp: post(
      '/api/auth/sign-up/email',
      { email: 'new-{n}@example.com', password: PASSWORD, name: 'Ada' },
      { status: 200, text: 'new-' },
      SAME_ORIGIN,
    ),
    signIn: ({ id, email }) =>
      post('/api/auth/sign-in/email', { email, password: PASSWORD }, { status: 200, text: id }, SAME_ORIGIN),
    hash: HASH,
    ...(carrier === 'JWT'
      ? {
          refresh: {
            template: ({ refreshCredential }) => ({
              method: 'GET',
              path: '/api/auth/token',
              headers: { Cookie: refreshCredential },
              expect: { status: 200, text: 'token' },
            }),
          },
        }
      : {}),
  }
}

/** Written by hand, and as little as possible. */
const leastCode: Contender = {
  name: 'least code, session on D1',
  server: 'servers/least-code.ts',
  prepare: async (port) => {
    require(await ask(port, '/migrate', { body: {} }), 200)
  },
  async enter(port, number) {
    const email = `person-${number}@example.com`
    const { body } = require(await ask(port, '/register', { body: { email, password: PASSWORD } }), 200)
    return { id: body.id, email, headers: { Authorization: `Bearer ${body.token}` }, refreshCredential: '' }
  },
  signUp: post(
    '/register',
    { email: 'new-{n}@example.com', password: PASSWORD },
    { status: 200, text: 'new-' },
  ),
  signIn: ({ id, email }) => post('/login', { email, password: PASSWORD }, { status: 200, text: id }),
  hash: HASH,
}

/** The same, and no more attempts begin than may fail. */
const leastCodeCounting: Contender = {
  ...leastCode,
  name: 'least code that counts attempts',
  settings: { COUNT_ATTEMPTS: '1' },
}

const MEMO_OFF = { MEMO_SECONDS: '0', SEAL_SECONDS: '0' }
/** As another isolate answers that has never seen the session, for as long as its seal is good. */
const SEALED = { MEMO_SECONDS: '0', SEAL_SECONDS: '300' }
const LIVE = { LIVE_CHECK: 'always' }
const NO_COPIES = { SESSION_COPIES: 'none' }

export const CONTENDERS = {
  bare: { name: 'bare Hono route', server: 'servers/bare.ts', enter: null },
  kvGet: { name: 'bare + one KV get', server: 'servers/kv-get.ts', enter: enterFreely },
  leastCode,
  leastCodeCounting,
  joseEs256: { name: 'bare + one jose ES256', server: 'servers/jose-es256.ts', enter: enterFreely },
  honoJwt: { name: 'hono/jwt, HS256', server: 'servers/hono-jwt.ts', enter: enterFreely },
  ironSession: { name: 'iron-session', server: 'rivals/iron-session.ts', enter: enterFreely },
  honoSessions: {
    name: 'hono-sessions, cookie store',
    server: 'rivals/hono-sessions.ts',
    enter: enterFreely,
  },
  betterAuth: betterAuth('session'),
  betterAuthCached: betterAuth('cookie cache'),
  betterAuthJwt: betterAuth('JWT'),
  janusMounted: { ...janus('session', ', mounted, a page that asks nobody'), enter: null, path: '/plain' },
  janusSession: janus('session'),
  janusSessionCold: janus('session', ', no memo', MEMO_OFF),
  janusSessionSealed: janus('session', ', sealed, no memo', SEALED),
  janusSessionLive: janus('session', ', live', LIVE),
  janusToken: janus('token'),
  janusTokenCold: janus('token', ', no memo', MEMO_OFF),
  janusTokenLive: janus('token', ', live', LIVE),
  nodeSqlite: onNode('session', 'SQLite file', SQLITE),
  nodeSqliteCold: onNode('session', 'SQLite file, no memo', SQLITE, MEMO_OFF),
  nodeSqliteLive: onNode('session', 'SQLite file, live', SQLITE, LIVE),
  nodePostgresLive: onNode('session', 'PostgreSQL, live', POSTGRES, LIVE),
  nodeSqliteToken: onNode('token', 'SQLite file', SQLITE),
  nodeMemoryToken: onNode('token', 'memory', MEMORY, LOCAL),
  nodePostgresToken: onNode('token', 'PostgreSQL', POSTGRES),
  nodeFarPostgresToken: onNode('token', 'PostgreSQL at 10 ms', FAR_POSTGRES),
  objectToken: withStores('token', 'Durable Object', NO_COPIES, { truth: OBJECT }),
  postgresToken: withStores('token', 'PostgreSQL', NO_COPIES, { truth: POSTGRES }),
  farPostgresToken: withStores('token', 'PostgreSQL at 10 ms', NO_COPIES, { truth: FAR_POSTGRES }),
  farPipelinedToken: withStores(
    'token',
    'PostgreSQL at 10 ms, in one flight',
    { ...NO_COPIES, POSTGRES_PIPELINE: 'on' },
    { truth: FAR_POSTGRES },
  ),
  copiesInKv: withStores('session', 'KV', { ...MEMO_OFF, SESSION_COPIES: 'kv' }),
  copiesInObject: withStores('session', 'Durable Object', { ...MEMO_OFF, SESSION_COPIES: 'durable-object' }),
  copiesInRedis: withStores('session', 'Redis', MEMO_OFF, { copies: REDIS }),
  copiesInFarRedis: withStores('session', 'Redis at 10 ms', MEMO_OFF, { copies: FAR_REDIS }),
  copiesInMemcached: withStores('session', 'Memcached', MEMO_OFF, { copies: MEMCACHED }),
  copiesInFarMemcached: withStores('session', 'Memcached at 10 ms', MEMO_OFF, { copies: FAR_MEMCACHED }),
  copiesInMemory: withStores('session', 'memory', { ...MEMO_OFF, SESSION_COPIES: 'memory' }),
  noCopies: withStores('session', 'none: D1', { ...MEMO_OFF, ...NO_COPIES }),
  nodeCopiesInMemory: onNode('session', 'memory', SQLITE, MEMO_OFF),
  nodeCopiesInRedis: onNode('session', 'Redis', SQLITE, MEMO_OFF, REDIS),
  nodeCopiesInFarRedis: onNode('session', 'Redis at 10 ms', SQLITE, MEMO_OFF, FAR_REDIS),
  nodeCopiesInMemcached: onNode('session', 'Memcached', SQLITE, MEMO_OFF, MEMCACHED),
  nodeCopiesInFarMemcached: onNode('session', 'Memcached at 10 ms', SQLITE, MEMO_OFF, FAR_MEMCACHED),
  nodeNoCopies: onNode('session', 'none: SQLite file', SQLITE, { ...MEMO_OFF, ...NO_COPIES }),
  nodeNoCopiesPostgres: onNode('session', 'none: PostgreSQL', POSTGRES, { ...MEMO_OFF, ...NO_COPIES }),
  nodeNoCopiesFarPostgres: onNode('session', 'none: PostgreSQL at 10 ms', FAR_POSTGRES, {
    ...MEMO_OFF,
    ...NO_COPIES,
  }),
  oneHash: {
    name: 'one unsplit hash',
    server: 'servers/one-hash.ts',
    enter: null,
    signIn: () => post('/login', { password: PASSWORD }, { status: 200, text: 'done' }),
  },
  express: { name: 'Node: express-session, Redis, passport', server: 'express', enter: enterFreely },
} as const satisfies Record<string, Contender>
