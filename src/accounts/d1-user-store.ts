import { reach } from '../outage'
import {
  endSessionsOf,
  insertSession,
  JOIN_LIVE_ACCOUNT,
  type SessionRow,
  toSession,
} from '../sessions/d1-session-store'
import type { EndedSession } from '../sessions/session-store'
import type { PresentedSession } from './prepared-session'
import type { User, UserCredentials } from './user'
import type { SessionStart, StartedSession, UserStore } from './user-store'

/** Accounts in D1. What belongs together is one statement or one batch, which D1 runs as a transaction. */
export function createD1UserStore(db: D1Database): UserStore {
  async function findCredentials(
    column: 'id' | 'email_canonical',
    value: string,
  ): Promise<UserCredentials | null> {
    const row = await reach('D1', () =>
      db.prepare(`SELECT * FROM users WHERE ${column} = ?1`).bind(value).first<UserRow>(),
    )
    return row && { user: toUser(row), passwordHash: row.password_hash, disabled: row.disabled_at !== null }
  }

  /** Runs statements of which the last starts a session, or none has an effect. */
  async function start(
    { prepared, passwordHash, presented }: SessionStart,
    before: readonly D1PreparedStatement[],
    after: readonly D1PreparedStatement[] = [],
  ): Promise<StartedSession | null> {
    const { session, secretHash } = prepared
    const results = await reach('D1', () =>
      db.batch<EndedSession>([
        ...before,
        insertSession(db, { session, secretHash, passwordHash }),
        ...presented.map((old) => endPresented(db, old, session.id, session.createdAt)),
        ...after,
      ]),
    )
    const [inserted, ...rest] = results.slice(before.length)
    if (!inserted?.results.length) return null
    return { ended: rest.slice(0, presented.length).flatMap((result) => result.results) }
  }

  return {
    findByEmail: (canonical) => findCredentials('email_canonical', canonical),
    findById: (id) => findCredentials('id', id),

    async findWithSession(sessionId, now) {
      const row = await reach('D1', () =>
        db
          .prepare(
            `SELECT sessions.*, users.email, users.name, users.roles, users.created_at AS user_created_at
               FROM sessions ${JOIN_LIVE_ACCOUNT} WHERE sessions.id = ?2`,
          )
          .bind(now, sessionId)
          .first<SessionRow & UserRow & { user_created_at: number }>(),
      )
      return (
        row && {
          user: toUser({ ...row, id: row.user_id, created_at: row.user_created_at }),
          session: toSession(row),
        }
      )
    },

    create({ user, canonicalEmail }, sessionStart) {
      const insertUser = db
        .prepare(
          `INSERT INTO users (id, email, email_canonical, name, password_hash, created_at)
           VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (email_canonical) DO NOTHING`,
        )
        .bind(user.id, user.email, canonicalEmail, user.name, sessionStart.passwordHash, user.createdAt)
      return start(sessionStart, [insertUser])
    },

    startSession(sessionStart) {
      const { prepared, passwordHash, rehashed } = sessionStart
      if (rehashed === null) return start(sessionStart, [])
      const rehash = db
        .prepare('UPDATE users SET password_hash = ?1 WHERE id = ?2 AND password_hash = ?3')
        .bind(rehashed, prepared.session.userId, passwordHash)
      return start(sessionStart, [], [rehash])
    },

    async changePassword({ userId, currentHash, newHash, prepared }) {
      const { session, secretHash } = prepared
      const [, ended, inserted] = await reach('D1', () =>
        db.batch<EndedSession>([
          db
            .prepare('UPDATE users SET password_hash = ?1 WHERE id = ?2 AND password_hash = ?3')
            .bind(newHash, userId, currentHash),
          endSessionsOf(db, {
            userId,
            except: null,
            reason: 'password-changed',
            now: session.createdAt,
            ifPasswordHash: newHash,
          }),
          insertSession(db, { session, secretHash, passwordHash: newHash }),
        ]),
      )
      return inserted?.results.length && ended ? { ended: ended.results } : null
    },

    async rename({ id, userId }, name, now) {
      const row = await reach('D1', () =>
        db
          .prepare(
            `UPDATE users SET name = ?4
              WHERE id = ?3 AND EXISTS (SELECT 1 FROM sessions ${JOIN_LIVE_ACCOUNT} WHERE sessions.id = ?2 AND user_id = ?3)
             RETURNING *`,
          )
          .bind(now, id, userId, name)
          .first<UserRow>(),
      )
      return row && toUser(row)
    },

    async delete({ userId, passwordHash }, now) {
      const [ended, deleted] = await reach('D1', () =>
        db.batch<EndedSession>([
          endSessionsOf(db, {
            userId,
            except: null,
            reason: 'account-deleted',
            now,
            ifPasswordHash: passwordHash,
          }),
          db
            .prepare('DELETE FROM users WHERE id = ?1 AND password_hash = ?2 RETURNING id')
            .bind(userId, passwordHash),
        ]),
      )
      return deleted?.results.length && ended ? ended.results : null
    },
  }
}

/** Ends a session whose credential came along with a sign-in, if that sign-in started `replacement`. */
function endPresented(
  db: D1Database,
  { sessionId, secretHash }: PresentedSession,
  replacement: string,
  now: number,
): D1PreparedStatement {
  return db
    .prepare(
      `UPDATE sessions SET ended_at = ?1, end_reason = 'replaced-by-sign-in'
        WHERE id = ?2 AND secret_hash IS ?3 AND ended_at IS NULL AND EXISTS (SELECT 1 FROM sessions WHERE id = ?4)
       RETURNING id, mode`,
    )
    .bind(now, sessionId, secretHash, replacement)
}

interface UserRow {
  readonly id: string
  readonly email: string
  readonly name: string | null
  readonly password_hash: string | null
  readonly roles: string
  readonly disabled_at: number | null
  readonly created_at: number
}

function toUser(row: Pick<UserRow, 'id' | 'email' | 'name' | 'roles' | 'created_at'>): User {
  return {
    id: row.id,
    email: row.email,
    name: row.name,
    roles: JSON.parse(row.roles),
    createdAt: row.created_at,
  }
}
