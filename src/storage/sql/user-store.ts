import { type AuditEventName, auditEvent } from '../../audit/audit-event'
import type { SessionStart, StartedSession, UserStore } from '../../identity/user-store'
import type { ReservedAttempt } from '../../throttling/attempt-budget'
import { insertAccount, replaceHash, sessionEvent } from './accounts'
import { settleAttempt } from './attempts'
import { recordIfChanged } from './audit-log'
import { deviceIn, knowDevice } from './devices'
import { type MailQueue, mailIds } from './mail-queue'
import { type SessionRow, toSession } from './session-row'
import { endBeyondLimit, endPresented, insertSession, startedSession } from './session-start'
import { JOIN_LIVE_ACCOUNT } from './sessions'
import { type SqlDatabase, type Steps, unlessRepeated } from './sql-database'
import { ifChanged, sql } from './statement'
import {
  assign,
  FACTOR_COLUMNS,
  toCredentials,
  toMetadata,
  toProfile,
  type UserRow,
  WITH_TOTP,
} from './user-row'

/** Creates the store of accounts. What belongs together is one statement or one transaction. */
export function createUserStore(
  db: SqlDatabase,
  {
    mailQueue,
    verifiedOnly,
    maxSessions,
  }: {
    readonly mailQueue: MailQueue
    /** The most open sessions of one account. */
    readonly maxSessions: number
    /** Says whether only an account with a verified address may be signed in to. */
    readonly verifiedOnly: boolean
  },
): UserStore {
  /** Begins a session after `before`, and ends others with it; nothing of it has an effect if it does not begin. */
  async function start(
    before: Steps,
    { prepared, passwordHash, reserved, source, presented, device, unless }: SessionStart & Settled,
    event: AuditEventName,
  ): Promise<StartedSession | null> {
    const { session } = prepared
    const { id: sessionId, userId, createdAt: now } = session
    // A registration names itself; a sign-in is repeatable if its client has named it.
    const repeatable = event === 'account-registered' || typeof unless === 'string'
    const transaction = db.transaction(
      {
        ...before,
        begun: insertSession(prepared, { passwordHash, verifiedOnly, unless }),
        recorded: ifChanged('begun', recordIfChanged(sessionEvent(event, session, source))),
        ended: [
          ...presented.flatMap((old) => endPresented(old, session, source)),
          endBeyondLimit({ maxSessions, replacement: session, source }),
        ],
        settled: reserved && settleAttempt(reserved, { sessionId }),
        ...knowDevice(device, { userId, source, now }, sessionId),
        ...mailQueue.newDevice({ sessionId, userId, source, now }),
      },
      { repeatable },
    )
    const rows = await unlessRepeated('sessions', transaction)
    if (!rows) return null
    const { begun, ended, ownerTold } = rows
    return startedSession(begun, { ended, deviceId: deviceIn(rows), mailIds: mailIds(ownerTold) })
  }

  return {
    async findById(id) {
      const row = await db.first(
        sql<UserRow>(`SELECT users.*, ${FACTOR_COLUMNS} FROM users ${WITH_TOTP} WHERE users.id = :id`, {
          id,
        }),
      )
      return row && { ...toCredentials(row), metadata: toMetadata(row) }
    },

    async findWithSession(sessionId, now) {
      const row = await db.first(
        sql<SessionRow & UserRow & { user_created_at: number }>(
          `SELECT sessions.*, users.email, users.email_canonical, users.email_verified_at, users.name, users.roles,
                  users.password_hash, users.disabled_at, users.second_factor_at, users.user_metadata, users.app_metadata,
                  users.created_at AS user_created_at, ${FACTOR_COLUMNS}
             FROM sessions ${JOIN_LIVE_ACCOUNT} ${WITH_TOTP} WHERE sessions.id = :id`,
          { id: sessionId, now },
        ),
      )
      return (
        row && {
          ...toCredentials({ ...row, id: row.user_id, created_at: row.user_created_at }),
          session: toSession(row),
          metadata: toMetadata(row),
        }
      )
    },

    create(account, sessionStart) {
      const added = insertAccount(account, sessionStart.passwordHash)
      return start({ added }, { ...sessionStart, reserved: null }, 'account-registered')
    },

    async startSession(sessionStart) {
      const { prepared, passwordHash, rehashed } = sessionStart
      if (rehashed === null) return start({}, sessionStart, 'signed-in')
      // Before the session begins, on the same condition, so that the session begins on the new hash.
      const rehash = replaceHash({ userId: prepared.session.userId, passwordHash, newHash: rehashed })
      return start({ rehash }, { ...sessionStart, passwordHash: rehashed }, 'signed-in')
    },

    async setMetadata(userId, change, { source, now }) {
      const event = auditEvent('profile-changed', { at: now, subjectId: userId, source })
      const { changed } = await db.transaction({
        changed: sql<UserRow>(
          `UPDATE users SET ${assign(change)} WHERE id = :user_id AND disabled_at IS NULL RETURNING *`,
          { ...change, user_id: userId },
        ),
        recorded: ifChanged('changed', recordIfChanged(event)),
      })
      return toProfile(changed)
    },
  }
}

/** `null`: no password was given, but chosen. */
interface Settled {
  readonly reserved: ReservedAttempt | null
}
