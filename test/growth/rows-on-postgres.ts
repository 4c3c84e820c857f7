// Counts the rows that operations of Janus read on PostgreSQL, on one database. Bundled and run by lab/growth/postgres.ts, for src/ is written for a
// bundler.
import '../../packages/node/platform'
import { AUTH_SECRET, PASSWORD } from '../../lab/growth/contents.ts'
import { createJanus } from '../../src/janus'
import { type Connections, createPool } from '../../src/storage/postgres/connections'
import { createPostgresDatabase } from '../../src/storage/postgres/postgres-database'
import { createMail } from '../../src/wiring/create-mail'
import { createPasskeys } from '../../src/wiring/create-passkeys'
import { createSecondFactors } from '../../src/wiring/create-second-factors'
import { createSelfService } from '../../src/wiring/create-self-service'

const { DATABASE_URL = '', ACCOUNTS = '' } = process.env
const accounts = Number(ACCOUNTS)
const pool = createPool(DATABASE_URL)

/** Rows that this connection has looked at and not reported yet, those of triggers included. It reports between transactions alone. */
const READ = `SELECT coalesce(sum(seq_tup_read + coalesce(idx_tup_fetch, 0)), 0)::int AS rows FROM pg_stat_xact_user_tables`
let rowsRead = 0

interface Statement {
  readonly text: string
  readonly values?: readonly unknown[]
}

/**
 * Each statement in a transaction, whose rows are counted before it ends. Rows that the planner looks at are left out: for a join it may look at
 * both ends of an index, which are a row or two more or fewer at every size.
 */
const counting: Connections = {
  close: () => pool.close(),
  use: (work) =>
    pool.use(async (client) => {
      const query = client.query.bind(client) as (sent: unknown) => Promise<{ rows: { rows: number }[] }>
      let before = 0
      const read = async () => (await query(READ)).rows[0]?.rows ?? 0
      const begin = async (text: string) => {
        const result = await query(text)
        before = await read()
        return result
      }
      const run = async (sent: Statement) => {
        const unplanned = await read()
        await query({ ...sent, text: `EXPLAIN ${sent.text}` })
        const planned = (await read()) - unplanned
        // Planned for the answer here, and once more where it runs.
        before += 2 * planned
        return query(sent)
      }
      const commit = async () => {
        rowsRead += (await read()) - before
        return query('COMMIT')
      }
      let isOpen = false
      const watched = async (sent: Statement | string) => {
        if (typeof sent === 'string') {
          isOpen = sent.startsWith('BEGIN')
          if (isOpen) return begin(sent)
          return sent === 'COMMIT' ? commit() : query(sent)
        }
        if (isOpen) return run(sent)
        await begin('BEGIN')
        const result = await run(sent)
        await commit()
        return result
      }
      return work(Object.assign(Object.create(client), { query: watched }))
    }),
}

const db = createPostgresDatabase(counting, { pipeline: false })
const janus = createJanus(
  {
    ISSUER: 'http://localhost',
    AUTH_SECRET,
    PASSWORD_ITERATIONS: '100000',
    MEMO_SECONDS: '0',
    SESSION_COPIES: 'none',
    DATABASE: 'postgres',
    HYPERDRIVE: { connectionString: '' },
    LOGIN_LIMIT: { limit: async () => ({ success: true }) },
  },
  {
    createDatabase: () => ({ db, check: async () => null }),
    createMail,
    createPasskeys,
    createSecondFactors,
    createSelfService,
    log: () => {},
    defer: () => {},
  },
)
if (!janus.services) throw new Error('Janus is not configured')

async function fill(): Promise<void> {
  const hash = (await janus.services?.passwords.hash(PASSWORD)) ?? ''
  const id = (text: string) => `substr(md5(${text}), 1, 22)`
  const statements: readonly [text: string, values: readonly unknown[]][] = [
    [
      `INSERT INTO users (id, email, email_canonical, name, password_hash, created_at, email_verified_at)
       SELECT ${id("'user ' || n")}, 'p' || n || '@example.net', 'p' || n || '@example.net', 'Person', $2, 1, 1
         FROM generate_series(1, $1::int) AS n`,
      [accounts, hash],
    ],
    [
      `INSERT INTO sessions (id, user_id, mode, refresh_counter, refreshed_at, created_at, authenticated_at,
                             last_seen_at, idle_expires_at, expires_at)
       SELECT ${id("'session ' || n || ' ' || nth")}, ${id("'user ' || n")}, 'token', 0, now, now, now, now, now + 9000000, now + 9000000
         FROM generate_series(1, $1::int) AS n, generate_series(1, 3) AS nth, unixepoch() AS now`,
      [accounts],
    ],
    [
      `INSERT INTO audit_events (at, event, outcome, actor_id, subject_id, session_id, mode, chain_hash)
       SELECT unixepoch() - 100, 'signed-in', 'success', user_id, user_id, id, 'token', md5(id) || md5(user_id) FROM sessions`,
      [],
    ],
    [
      `INSERT INTO devices (user_id, id, created_at, last_seen_at) SELECT id, id, unixepoch(), unixepoch() FROM users`,
      [],
    ],
    [`INSERT INTO known_devices (user_id, device) SELECT id, 'Firefox, Linux; NL' FROM users`, []],
    [
      `INSERT INTO budgets (budget_key, kind, spent_until)
       SELECT substr(md5(id) || md5(id), 1, 43), 'password', unixepoch() + 80000 FROM users`,
      [],
    ],
  ]
  await pool.use(async (client) => {
    const names = async (text: string) =>
      (await client.query<{ name: string; definition: string }>(text)).rows
    await client.query('SET statement_timeout = 0')
    // Without triggers and other indexes than those of keys, which would look at each of millions of rows, and without a log of them.
    await client.query('SET session_replication_role = replica')
    const tables = await names("SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'")
    const indexes = await names(
      `SELECT indexname AS name, indexdef AS definition FROM pg_indexes
        WHERE schemaname = 'public' AND indexname NOT IN (SELECT conname FROM pg_constraint)`,
    )
    for (const { name } of tables) await client.query(`ALTER TABLE ${name} SET UNLOGGED`)
    for (const { name } of indexes) await client.query(`DROP INDEX ${name}`)
    for (const [text, values] of statements) await client.query({ text, values: [...values] })
    for (const { definition } of indexes) await client.query(definition)
    // An empty table, or one without statistics, is read whole, and an index that was never swept leads to its rows.
    await client.query('VACUUM ANALYZE')
    await client.query('RESET session_replication_role')
    await client.query('RESET statement_timeout')
  })
}

/** Sets how many sessions that ended, and as many whose time is over, a sweep finds. */
const SWEPT = 100

/** Lets sessions be over, all of them long enough ago to be swept. */
async function letBeOver(): Promise<void> {
  const insert = `INSERT INTO sessions (id, user_id, mode, secret_hash, created_at, authenticated_at, last_seen_at,
                                        idle_expires_at, expires_at)
    SELECT substr(md5(random()::text), 1, 22), 'nobody', 'session', repeat('A', 43), now - 1000, now - 1000, now - 1000, $2, $2
      FROM generate_series(1, $1::int), unixepoch() AS now RETURNING id`
  const now = Math.floor(Date.now() / 1000)
  await pool.use(async (client) => {
    await client.query({ text: insert, values: [SWEPT, now - 200] })
    const { rows } = await client.query({ text: insert, values: [SWEPT, now + 100_000] })
    await client.query({
      text: "UPDATE sessions SET ended_at = $2, end_reason = 'signed-out' WHERE id = ANY($1)",
      values: [rows.map(({ id }) => id), now - 200],
    })
  })
}

async function sweep(): Promise<number> {
  const before = rowsRead
  await janus.sweep()
  return rowsRead - before
}

let requests = 0

async function send(path: string, body?: object, token?: string) {
  const before = rowsRead
  requests += 1
  const headers: Record<string, string> = { 'CF-Connecting-IP': `192.0.2.${requests}` }
  if (body) headers['Content-Type'] = 'application/json'
  if (token) headers.Authorization = `Bearer ${token}`
  const request = new Request(`http://localhost${path}`, {
    method: body ? 'POST' : 'GET',
    headers,
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
  const response = await janus.fetch(request)
  if (response.status >= 300 && response.status !== 401) throw new Error(`${path}: ${response.status}`)
  const text = await response.text()
  return { rows: rowsRead - before, body: text === '' ? {} : JSON.parse(text) }
}

const seen: Record<string, Set<number>> = {}
const note = (name: string, rows: number) => {
  seen[name] ??= new Set()
  seen[name].add(rows)
}

await fill()
// First, while nothing else waits to be swept.
for (let nth = 0; nth < 4; nth++) {
  await letBeOver()
  const rows = await sweep()
  // The first does what is left to do once.
  if (nth > 0) note(`sweep of ${SWEPT} ended and ${SWEPT} expired sessions`, rows)
}
for (let nth = 0; nth < 12; nth++) {
  const email = `p${1 + Math.floor((accounts * (nth + 1)) / 16)}@example.net`
  const stranger = await send('/login', { email: `nobody-${nth}@example.com`, password: PASSWORD })
  const inSession = await send('/login', { email, password: PASSWORD, mode: 'session' })
  const signedIn = await send('/login', { email, password: PASSWORD, mode: 'token' })
  const refreshed = await send('/refresh', { refresh_token: signedIn.body.refresh_token })
  const token = refreshed.body.access_token
  const who = await send('/me', undefined, token)
  const listed = await send('/sessions', undefined, token)
  const activity = await send('/me/activity', undefined, token)
  const signedOut = await send('/logout', {}, token)
  // The first makes the signing key and reads what is read once.
  if (nth === 0) continue
  note('sign-in refused, unknown address', stranger.rows)
  note('sign in, session mode', inSession.rows)
  note('sign in, token mode', signedIn.rows)
  note('refresh', refreshed.rows)
  note('GET /me', who.rows)
  note('GET /sessions', listed.rows)
  note('GET /me/activity', activity.rows)
  note('sign out', signedOut.rows)
}
await pool.close()
process.send?.(
  Object.fromEntries(Object.entries(seen).map(([name, rows]) => [name, [...rows].sort((a, b) => a - b)])),
)
