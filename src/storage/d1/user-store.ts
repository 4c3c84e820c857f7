import type { AuditEvent, AuditEventName } from '../../audit/audit-event'
import type { SessionStart, StartedSession, UserStore } from '../../identity/user-store'
import type { Client } from '../../request-source/request-source'
import { reachToDo, reachToRead } from '../../runtime/outage'
import type { Session } from '../../sessions/session'
import type { EndedSession } from '../../sessions/session-store'
import type { ReservedAttempt } from '../../throttling/attempt-budget'
import { settleAttempt } from './attempts'
import { recordEvent } from './audit-log'
import { deviceIn, forgetDevicesOf, knowDevice } from './devices'
import type { D1MailQueue } from './mail-queue'
import { endBeyondLimit, endPresented, insertSession, unlessRepeated } from './session-start'
import {
  endSessionsOf,
  JOIN_LIVE_ACCOUNT,
  parseRoles,
  type SessionRow,
  selectEndedOf,
  toSession,
} from './session-store'
import { toCredentials, toUser, type UserRow } from './user-row'

/** Accounts in D1. What belongs together is one statement or one batch, which D1 runs as a transaction. */
export function createD1UserStore(
  db: D1Database,
  {
    mailQueue,
    verifiedOnly,
    maxSessions,
  }: {
    readonly mailQueue: D1MailQueue
    /** The most open sessions of one account. */
    readonly maxSessions: number
    /** Whether only who has proven the address may sign in. */
    readonly verifiedOnly: boolean
  },
): UserStore {
  /** Runs statements that begin a session or have no effect at all; those that end sessions with it come last. */
  async function start(
    statements: readonly D1PreparedStatement[],
    { prepared, passwordHash, reserved, client, presented, device, unless }: SessionStart & Settled,
    event: AuditEventName,
  ): Promise<StartedSession | null> {
    const { session, secretHash } = prepared
    const { id: sessionId, userId, createdAt: now } = session
    const batch = reachToDo('D1', () =>
      db.batch([
        ...statements,
        insertSession(db, { session, secretHash, proof: { passwordHash, verifiedOnly }, unless }),
        recordEvent(db, ofSession(event, session, client), 'if-changed'),
        ...presented.map((old) => endPresented(db, old, session, client)),
        endBeyondLimit(db, { maxSessions, replacement: session, client }),
        ...(reserved ? [settleAttempt(db, reserved, { sessionId })] : []),
        ...knowDevice(db, device, { userId, client, now }, sessionId),
        ...mailQueue.newDevice({ sessionId, userId, client, now }),
      ]),
    )
    const results = await unlessRepeated(batch)
    if (!results) return null
    mailQueue.note(results)
    const [inserted, , ...ends] = results.slice(statements.length)
    return startedSession(inserted, ends.slice(0, presented.length + 1), deviceIn(results))
  }

  return {
    async findById(id) {
      const row = await reachToRead('D1', () =>
        db.prepare('SELECT * FROM users WHERE id = ?1').bind(id).first<UserRow>(),
      )
      return row && toCredentials(row)
    },

    async findWithSession(sessionId, now) {
      const row = await reachToRead('D1', () =>
        db
          .prepare(
            `SELECT sessions.*, users.email, users.email_verified_at, users.name, users.roles,
                    users.created_at AS user_created_at
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
      return start([insertUser], { ...sessionStart, reserved: null }, 'account-registered')
    },

    async startSession(sessionStart) {
      const { prepared, passwordHash, rehashed } = sessionStart
      if (rehashed === null) return start([], sessionStart, 'signed-in')
      // Before the session begins, on the same condition, so that the session begins on the new hash.
      const rehash = db
        .prepare(
          'UPDATE users SET password_hash = ?1 WHERE id = ?2 AND password_hash = ?3 AND disabled_at IS NULL',
        )
        .bind(rehashed, prepared.session.userId, passwordHash)
      return start([rehash], { ...sessionStart, passwordHash: rehashed }, 'signed-in')
    },

    async changePassword({ passwordHash, newHash, prepared, reserved, client, device }) {
      const { session, secretHash } = prepared
      const { userId, createdAt: now } = session
      const by = { actorId: userId, client }
      const notice = { kind: 'password-changed', client, now } as const
      const devices = [
        forgetDevicesOf(db, device, { userId, passwordHash: newHash }),
        ...knowDevice(db, device, { userId, client, now }, session.id),
      ]
      const results = await reachToDo('D1', () =>
        db.batch([
          db
            .prepare(
              `UPDATE users SET password_hash = ?1 WHERE id = ?2 AND password_hash = ?3 AND disabled_at IS NULL`,
            )
            .bind(newHash, userId, passwordHash),
          recordEvent(db, ofSession('password-changed', session, client), 'if-changed'),
          ...mailQueue.notice(notice, { userId }, 'if-changed'),
          endSessionsOf(db, {
            userId,
            except: null,
            reason: 'password-changed',
            by,
            now,
            ifPasswordHash: newHash,
          }),
          // Whoever is signed in may change the password, also while the address is not proven.
          insertSession(db, {
            session,
            secretHash,
            proof: { passwordHash: newHash, verifiedOnly: false },
          }),
          settleAttempt(db, reserved, { sessionId: session.id }),
          selectEndedOf(db, userId),
          ...devices,
        ]),
      )
      mailQueue.note(results)
      const [inserted, , ended] = results.slice(-devices.length - 3)
      return startedSession(inserted, ended ? [ended] : [], deviceIn(results))
    },

    async rename({ id, userId }, name, now) {
      const row = await reachToDo('D1', () =>
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

    async delete({ userId, session, passwordHash, client }, now) {
      const by = { actorId: userId, client }
      const event = ofSession('account-deleted', { ...session, userId, createdAt: now }, client)
      const [, deleted, , ended] = await reachToDo('D1', () =>
        db.batch<EndedSession>([
          endSessionsOf(db, {
            userId,
            except: null,
            reason: 'account-deleted',
            by,
            now,
            ifPasswordHash: passwordHash,
          }),
          db
            .prepare('DELETE FROM users WHERE id = ?1 AND password_hash = ?2 RETURNING id')
            .bind(userId, passwordHash),
          recordEvent(db, event, 'if-changed'),
          selectEndedOf(db, userId),
        ]),
      )
      return deleted?.results.length && ended ? ended.results : null
    },
  }
}

/** `null`: no password was given, but chosen. */
interface Settled {
  readonly reserved: ReservedAttempt | null
}

/** What the statements that begin a session and end others returned, or `null` if it did not begin. */
export function startedSession(
  inserted: D1Result | undefined,
  ends: readonly D1Result[],
  deviceId: string | null,
): StartedSession | null {
  const [begun] = (inserted?.results ?? []) as { roles: string }[]
  if (!begun) return null
  return {
    roles: parseRoles(begun.roles),
    deviceId,
    ended: ends.flatMap(({ results }) => results as EndedSession[]),
  }
}

/** What a person did with a password of theirs. */
function ofSession(
  event: AuditEventName,
  session: Pick<Session, 'id' | 'userId' | 'mode' | 'createdAt'>,
  client: Client,
): AuditEvent {
  return {
    at: session.createdAt,
    event,
    outcome: 'success',
    reason: null,
    actorId: session.userId,
    subjectId: session.userId,
    accountKey: null,
    sessionId: session.id,
    mode: session.mode,
    client,
  }
}
