import type { OwnAccountStore } from '../../identity/own-account-store'
import { deleteOwnAccount, isLastAdministrator } from './account-deletion'
import { replaceHash, sessionEvent } from './accounts'
import { settleAttempt } from './attempts'
import { recordIfChanged } from './audit-log'
import { deviceIn, forgetDevicesOf, knowDevice } from './devices'
import { type MailQueue, mailIds } from './mail-queue'
import { renewedSession, renewSteps } from './session-renewal'
import { insertSession, startedSession } from './session-start'
import { endSessionsOf, JOIN_LIVE_ACCOUNT, selectEndedOf } from './sessions'
import type { SqlDatabase } from './sql-database'
import { ifChanged, sql } from './statement'
import { assign, toProfile, type UserRow } from './user-row'

/** Stores what people change about their own accounts. What belongs together is one transaction. */
export function createOwnAccountStore(
  db: SqlDatabase,
  {
    mailQueue,
    adminRole,
  }: {
    readonly mailQueue: MailQueue
    /** The role whose last holder does not delete their account. */
    readonly adminRole: string
  },
): OwnAccountStore {
  return {
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

    delete: (deletion, now) => deleteOwnAccount(db, deletion, { adminRole, now }),

    isLastAdministrator: (userId) => isLastAdministrator(db, userId, adminRole),
  }
}
