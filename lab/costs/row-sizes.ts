import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

const MIGRATIONS = join(dirname(dirname(import.meta.dirname)), 'src/storage/d1/migrations')

/** Enough for the pages of each table and index to be as full as they get. */
const ACCOUNTS = 20_000

/** Bytes on disk, indexes and the room that pages leave empty included. */
export interface RowSizes {
  readonly account: number
  readonly session: number
  readonly auditEvent: number
}

/** Measures what rows take, in an SQLite of the real schema with rows as Janus writes them, whose ids come in no order. */
export function measureRowSizes(): RowSizes {
  const db = new DatabaseSync(':memory:')
  for (const file of readdirSync(MIGRATIONS)
    .filter((name) => name.endsWith('.sql'))
    .sort()) {
    db.exec(readFileSync(join(MIGRATIONS, file), 'utf8'))
  }
  const bytes = () => {
    const [{ size }] = db
      .prepare('SELECT page_count * page_size AS size FROM pragma_page_count, pragma_page_size')
      .all() as [{ size: number }]
    return size
  }
  // As random as ids are, and the same in every run.
  let made = 0
  const random = (length: number) => createHash('sha256').update(`${made++}`).digest().subarray(0, length)
  const id = () => random(16).toString('base64url')
  const users = Array.from({ length: ACCOUNTS }, id)

  function fill(rows: readonly (readonly (string | number | null)[])[], sql: string): number {
    const before = bytes()
    const insert = db.prepare(sql)
    db.exec('BEGIN')
    for (const row of rows) insert.run(...row)
    db.exec('COMMIT')
    return (bytes() - before) / rows.length
  }

  const account = fill(
    users.map((user, n) => {
      const email = `person.${n}.${id().slice(0, 6)}@example.com`
      const hash = `$pbkdf2-sha256-chain$i=25000,s=24,k=${random(6).toString('base64url')}$${id()}$${random(32).toString('base64url')}`
      return [user, email, email, hash, 'Ada Lovelace', '[]', 1_795_000_000 + n]
    }),
    'INSERT INTO users (id, email, email_canonical, password_hash, name, roles, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
  )
  const agent =
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36'
  const session = fill(
    users.map((user, n) => {
      const at = 1_795_000_000 + n
      return [
        id(),
        user,
        random(32).toString('base64url'),
        at,
        at,
        at,
        at + 604_800,
        at + 2_592_000,
        agent,
        'DE',
      ]
    }),
    `INSERT INTO sessions (id, user_id, mode, secret_hash, created_at, authenticated_at, last_seen_at, idle_expires_at, expires_at, user_agent, country)
     VALUES (?, ?, 'session', ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const auditEvent = fill(
    users.map((user, n) => [
      1_795_000_000 + n,
      user,
      user,
      id(),
      '203.0.113.77',
      'DE',
      agent,
      random(18).toString('hex'),
      random(32).toString('hex'),
    ]),
    `INSERT INTO audit_events (at, event, outcome, actor_id, subject_id, session_id, mode, address, country, user_agent, request_id, chain_hash)
     VALUES (?, 'signed-in', 'success', ?, ?, ?, 'session', ?, ?, ?, ?, ?)`,
  )
  return { account, session, auditEvent }
}
