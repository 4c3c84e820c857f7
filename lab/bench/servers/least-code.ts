import { Hono } from 'hono'
import { worker } from './worker.ts'

/**
 * The least that could be written by hand for a password and a session on D1: a row of the account read, a hash of 600,000 iterations in
 * calls that production allows, and a row of the session written. It counts no guesses, keeps no list and no trail, and tells by its time
 * who has an account.
 */
export default worker(({ DB }) =>
  new Hono()
    .post('/migrate', async (c) => {
      await DB.batch([
        DB.prepare('CREATE TABLE accounts (id TEXT PRIMARY KEY, email TEXT UNIQUE, salt BLOB, hash BLOB)'),
        DB.prepare(
          'CREATE TABLE account_sessions (id TEXT PRIMARY KEY, account_id TEXT, expires_at INTEGER)',
        ),
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
      return c.json({ id, email, token: await begin(DB, id) })
    })
    .post('/login', async (c) => {
      const { email, password } = await c.req.json()
      const read = DB.prepare('SELECT id, salt, hash FROM accounts WHERE email = ?').bind(email)
      const account = await read.first<{ id: string; salt: number[]; hash: number[] }>()
      if (!account) return c.json({}, 401)
      const actual = await hashPassword(password, new Uint8Array(account.salt))
      if (!crypto.subtle.timingSafeEqual(actual, new Uint8Array(account.hash))) return c.json({}, 401)
      return c.json({ id: account.id, token: await begin(DB, account.id) })
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

async function begin(db: D1Database, accountId: string): Promise<string> {
  const token = hex(crypto.getRandomValues(new Uint8Array(32)))
  const insert = db.prepare('INSERT INTO account_sessions VALUES (?, ?, ?)')
  await insert.bind(await digest(token), accountId, Date.now() + 30 * 86_400_000).run()
  return token
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
