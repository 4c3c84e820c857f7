import { env } from 'cloudflare:workers'
import { Hono } from 'hono'
import { worker } from './worker.ts'

const COUNTS = 'COUNT_ATTEMPTS' in env

/** Returns no row where ten have begun and none has succeeded since. */
const BEGIN_ATTEMPT = `INSERT INTO attempts VALUES (?, 1)
  ON CONFLICT DO UPDATE SET begun = begun + 1 WHERE begun < 10 RETURNING begun`

interface Account {
  readonly id: string
  readonly salt: number[]
  readonly hash: number[]
}

/**
 * The least that could be written by hand for a password and a session on D1: a row of the account read, a hash of 600,000 iterations in
 * calls that production allows, and a row of the session written. It keeps no list and no trail, and tells by its time who has an account.
 * Nor does it count guesses, unless the setting `COUNT_ATTEMPTS` is there: then an attempt is written before its password is looked at, so
 * that of many at once no more begin than may fail. Nothing else is added, so it shows what that one promise takes.
 */
export default worker(({ DB }) =>
  new Hono()
    .post('/migrate', async (c) => {
      await DB.batch([
        DB.prepare('CREATE TABLE accounts (id TEXT PRIMARY KEY, email TEXT UNIQUE, salt BLOB, hash BLOB)'),
        DB.prepare(
          'CREATE TABLE account_sessions (id TEXT PRIMARY KEY, account_id TEXT, expires_at INTEGER)',
        ),
        DB.prepare('CREATE TABLE attempts (email TEXT PRIMARY KEY, begun INTEGER)'),
      ])
      return c.json({ done: true })
    })
    .post('/register', async (c) => {
      const { email, password } = await c.req.json()
      const id = crypto.randomUUID()
      const salt = crypto.getRandomValues(new Uint8Array(16))
      const hash = await hashPassword(password, salt)
      const insert = DB.prepare('INSERT INTO accounts VALUES (?, ?, ?, ?)')
      await insert.bind(id, email, salt, hash).run()
      const [token, session] = await newSession(DB, id)
      await session.run()
      return c.json({ id, email, token })
    })
    .post('/login', async (c) => {
      const { email, password } = await c.req.json()
      const read = DB.prepare('SELECT id, salt, hash FROM accounts WHERE email = ?').bind(email)
      const [found, attempt] = await DB.batch<Account>(
        COUNTS ? [read, DB.prepare(BEGIN_ATTEMPT).bind(email)] : [read],
      )
      if (attempt?.results.length === 0) return c.json({}, 429)
      const account = found?.results[0]
      if (!account) return c.json({}, 401)
      const actual = await hashPassword(password, new Uint8Array(account.salt))
      if (!crypto.subtle.timingSafeEqual(actual, new Uint8Array(account.hash))) return c.json({}, 401)
      const [token, session] = await newSession(DB, account.id)
      const settle = DB.prepare('DELETE FROM attempts WHERE email = ?').bind(email)
      await DB.batch(COUNTS ? [session, settle] : [session])
      return c.json({ id: account.id, token })
    })
    .get('/protected', async (c) => {
      const token = c.req.header('Authorization')?.slice('Bearer '.length) ?? ''
      const read = DB.prepare('SELECT account_id FROM account_sessions WHERE id = ? AND expires_at > ?')
      const session = await read.bind(await digest(token), Date.now()).first<{ account_id: string }>()
      return session ? c.json({ user_id: session.account_id }) : c.json({}, 401)
    })
    .post('/hash', async (c) => {
      const { password } = await c.req.json()
      await hashPassword(password, new Uint8Array(16))
      return c.json({ done: true })
    }),
)

async function newSession(db: D1Database, accountId: string): Promise<[string, D1PreparedStatement]> {
  const token = hex(crypto.getRandomValues(new Uint8Array(32)))
  const insert = db.prepare('INSERT INTO account_sessions VALUES (?, ?, ?)')
  return [token, insert.bind(await digest(token), accountId, Date.now() + 30 * 86_400_000)]
}

async function digest(text: string): Promise<string> {
  return hex(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))))
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

async function hashPassword(password: string, salt: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer> {
  let block: BufferSource = new TextEncoder().encode(password)
  for (let call = 0; call < 6; call++) {
    const key = await crypto.subtle.importKey('raw', block, 'PBKDF2', false, ['deriveBits'])
    block = await crypto.subtle.deriveBits(
      { name: 'PBKDF2', hash: 'SHA-256', salt, iterations: 100_000 },
      key,
      256,
    )
  }
  return block as ArrayBuffer
}
