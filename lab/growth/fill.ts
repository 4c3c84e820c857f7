import { createHash } from 'node:crypto'
import { renameSync, rmSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { emailOf, SESSIONS_EACH, sessionId, userId } from './contents.ts'

const DAY = 24 * 60 * 60

/**
 * Puts accounts into a database that has Janus's tables and nothing else, straight into the file: through D1 it would take hours. Each
 * account has three sessions that go on for a year, the entry of each sign-in in the audit trail, sealed, and a known device.
 *
 * @param passwordHash Of every account: what it holds is not looked at, but how long it is matters.
 */
export function fill(file: string, accounts: number, passwordHash: string): void {
  // In a copy, so that what was begun and not finished is in nobody's way.
  const draft = `${file}.draft`
  rmSync(draft, { force: true })
  const empty = new DatabaseSync(file)
  empty.prepare('VACUUM INTO ?').run(draft)
  empty.close()
  const db = new DatabaseSync(draft)
  db.exec('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -2000000; BEGIN')
  const insertUser = db.prepare(
    `INSERT INTO users (id, email, email_canonical, name, password_hash, created_at, email_verified_at)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
  )
  const insertSession = db.prepare(
    `INSERT INTO sessions (id, user_id, mode, secret_hash, refresh_counter, refreshed_at, created_at,
                           authenticated_at, last_seen_at, idle_expires_at, expires_at, user_agent, country)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7, ?7, ?8, ?8, ?9, 'NL')`,
  )
  const insertEvent = db.prepare(
    `INSERT INTO audit_events (at, event, outcome, actor_id, subject_id, session_id, mode, address, country,
                               user_agent, request_id, chain_hash)
     VALUES (?1, 'signed-in', 'success', ?2, ?2, ?3, ?4, ?5, 'NL', ?6, ?7, ?8)`,
  )
  const insertDevice = db.prepare(
    "INSERT INTO known_devices (user_id, device) VALUES (?, 'Firefox, Linux; NL')",
  )

  const now = Math.floor(Date.now() / 1000)
  for (let account = 0; account < accounts; account++) {
    const user = userId(account, accounts)
    const email = emailOf(account, accounts)
    insertUser.run(user, email, email, `Person ${account}`, passwordHash, now - 60 * DAY, now - 60 * DAY)
    insertDevice.run(user)
    for (let nth = 0; nth < SESSIONS_EACH; nth++) {
      const id = sessionId(account, nth, accounts)
      const digest = createHash('sha256').update(id).digest()
      const createdAt = now - (digest.readUInt32BE(0) % (30 * DAY))
      const mode = nth === 0 ? 'session' : 'token'
      const [secretHash, counter, refreshedAt] =
        mode === 'session' ? [digest.toString('base64url'), null, null] : [null, 0, createdAt]
      const endsAt = createdAt + 400 * DAY
      insertSession.run(id, user, mode, secretHash, counter, refreshedAt, createdAt, endsAt, USER_AGENT)
      const address = `192.0.2.${digest.readUInt8(4)}`
      const request = digest.toString('hex', 0, 16)
      insertEvent.run(createdAt, user, id, mode, address, USER_AGENT, request, digest.toString('hex'))
    }
  }
  db.exec('COMMIT; PRAGMA journal_mode = WAL')
  db.close()
  for (const left of ['-wal', '-shm']) rmSync(`${file}${left}`, { force: true })
  renameSync(draft, file)
}

const USER_AGENT = 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0'
