import { type AuditEvent, type AuditEventName, auditEvent } from '../../audit/audit-event'
import type { Profile, SessionStart, StartedSession, UserStore } from '../../identity/user-store'
import type { RequestSource } from '../../request-source/request-source'
import type { Session } from '../../sessions/session'
import type { ReservedAttempt } from '../../throttling/attempt-budget'
import { deleteOwnAccount, isLastAdministrator } from './account-deletion'
import { insertAccount, replaceHash } from './accounts'
import { settleAttempt } from './attempts'
import { recordIfChanged } from './audit-log'
import { deviceIn, forgetDevicesOf, knowDevice } from './devices'
import { type MailQueue, mailIds } from './mail-queue'
import { renewedSession, renewSteps } from './session-renewal'
import { type SessionRow, toSession } from './session-row'
import { endBeyondLimit, endPresented, insertSession, startedSession } from './session-start'
import { endSessionsOf, JOIN_LIVE_ACCOUNT, selectEndedOf } from './sessions'
import { type SqlDatabase, type Steps, unlessRepeated } from './sql-database'
import { ifChanged, sql } from './statement'
import { FACTOR_COLUMNS, toCredentials, toMetadata, toUser, type UserRow, WITH_TOTP } from './user-row'

/** Creates the store of accounts. What belongs together is one statement or one transaction. */
export function createUserStore(
  db: SqlDatabase,
  {
    mailQueue,
    verifiedOnly,
    maxSessions,
    adminRole,
  }: {
    readonly mailQueue: MailQueue
    /** The most open sessions of one account. */
    readonly maxSessions: number
    /** Says whether only an account with a verified address may be signed in to. */
    readonly verifiedOnly: boolean
    /** The role whose last holder does not delete their account. */
    readonly adminRole: string
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
          ...presented.map((old) => endPresented(old, session, source)),
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

    async renewSession({ passwordHash, reserved, ...renewal }) {
      const { own, replacement } = renewal
      const rows = await db.transaction({
        // It changes nothing but says, to the statements after it, that the password is the one that was checked.
        proven: sql(
          // guard: a session is renewed only by the password that the account has
          `UPDATE users SET password_hash = password_hash WHERE id = :user_id AND password_hash = :password_hash`,
          { user_id: own.userId, password_hash: passwordHash },
        ),
        ...renewSteps('proven', renewal),
        settled: settleAttempt(reserved, { sessionId: replacement?.session.id ?? own.sessionId }),
      })
      return renewedSession(rows)
    },

    async changePassword({ passwordHash, newHash, prepared, reserved, source, device }) {
      const { session } = prepared
      const { userId, createdAt: now } = session
      const by = { actorId: userId, source }
      const rows = await db.transaction({
        changed: replaceHash({ userId, passwordHash, newHash }),
        recorded: ifChanged('changed', recordIfChanged(sessionEvent('password-changed', session, source))),
        ownerTold: ifChanged(
          'recorded',
          mailQueue.noticeIfChanged({ kind: 'password-changed', source, now }, { userId }),
        ),
        ending: endSessionsOf({
          userId,
          except: null,
          reason: 'password-changed',
          by,
          now,
          // guard: a change of the password that does not happen ends no session
          ifPasswordHash: newHash,
        }),
        // Whoever is signed in may change the password, also while the address is not proven.
        begun: insertSession(prepared, { passwordHash: newHash, verifiedOnly: false }),
        settled: reserved && settleAttempt(reserved, { sessionId: session.id }),
        ended: selectEndedOf(userId),
        devicesForgotten: forgetDevicesOf(device, { userId, passwordHash: newHash }),
        ...knowDevice(device, { userId, source, now }, session.id),
      })
      const { begun, ended, ownerTold } = rows
      return startedSession(begun, { ended, deviceId: deviceIn(rows), mailIds: mailIds(ownerTold) })
    },

    async changeProfile(session, { name, userMetadata, source, now }) {
      const { id, userId } = session
      const event = sessionEvent('profile-changed', { ...session, createdAt: now }, source)
      const columns = {
        ...(name === undefined ? {} : { name }),
        ...(userMetadata === undefined ? {} : { user_metadata: userMetadata }),
      }
      const { changed } = await db.transaction({
        changed: sql<UserRow>(
          `UPDATE users SET ${assign(columns)}
            WHERE id = :user_id
              AND EXISTS (SELECT 1 FROM sessions ${JOIN_LIVE_ACCOUNT} WHERE sessions.id = :session_id AND user_id = :user_id)
           RETURNING *`,
          { ...columns, user_id: userId, session_id: id, now },
        ),
        recorded: ifChanged('changed', recordIfChanged(event)),
      })
      return toProfile(changed)
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

    delete: (deletion, now) => deleteOwnAccount(db, deletion, { adminRole, now }),
    isLastAdministrator: (userId) => isLastAdministrator(db, userId, adminRole),
  }
}

/** The columns of a change, each with the value of its name. Names are constants of the code. */
function assign(columns: Partial<Record<'name' | 'user_metadata' | 'app_metadata', string | null>>): string {
  return Object.keys(columns)
    .map((column) => `${column} = :${column}`)
    .join(', ')
}

function toProfile([row]: readonly UserRow[]): Profile | null {
  return row ? { user: toUser(row), metadata: toMetadata(row) } : null
}

/** `null`: no password was given, but chosen. */
interface Settled {
  readonly reserved: ReservedAttempt | null
}

/** Returns what a person did with a password of theirs. */
function sessionEvent(
  event: AuditEventName,
  session: Pick<Session, 'id' | 'userId' | 'mode' | 'createdAt'>,
  source: RequestSource,
): AuditEvent {
  const { id: sessionId, userId, mode, createdAt } = session
  return auditEvent(event, { at: createdAt, actorId: userId, subjectId: userId, sessionId, mode, source })
}
