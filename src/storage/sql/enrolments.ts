import { auditEvent } from '../../audit/audit-event'
import type { EnrolmentStore, NewFactor } from '../../factors/enrolment'
import type { PendingHandle } from '../../factors/pending-sign-in'
import type { Mode } from '../../sessions/mode'
import { recordIfChanged } from './audit-log'
import { deviceIn, knowDevice } from './devices'
import { type MailQueue, mailIds } from './mail-queue'
import { insertPasskey, prepareOwner } from './passkey-store'
import { replaceCodes } from './second-factor-store'
import { parseMethods } from './session-row'
import { insertSessionOfPending, startedSession } from './session-start'
import { endSessionsOf, selectEndedOf } from './sessions'
import type { SqlDatabase } from './sql-database'
import { ifChanged, PREVIOUS_CHANGED, type Statement, sql } from './statement'
import { toUser, type UserRow } from './user-row'

/** Creates the store of second factors that are set up in a sign-in. What belongs together is one transaction. */
export function createEnrolmentStore(
  db: SqlDatabase,
  { mailQueue, sendsMail }: { readonly mailQueue: MailQueue; readonly sendsMail: boolean },
): EnrolmentStore {
  return {
    async findAccount(pending, mode, now) {
      const { condition, values } = mayEnrol(pending, { mode, now, sendsMail })
      const row = await db.first(sql<UserRow>(`SELECT users.* FROM users WHERE ${condition}`, values))
      return row && toUser(row)
    },

    async preparePasskey(userId, newHandle) {
      return prepareOwner(db, userId, newHandle)
    },

    async finish({ tokenHash, userId, factor, prepared, device, source, now }) {
      const { session } = prepared
      const { id: sessionId, mode } = session
      const by = { at: now, actorId: userId, subjectId: userId, sessionId, mode, source }
      const { condition, values } = mayEnrol({ tokenHash, userId }, { mode, now, sendsMail })
      const totp = factor.method === 'totp' ? factor : null
      const passkey = factor.method === 'totp' ? null : factor.passkey
      const kind = totp ? 'second-factor-set' : 'passkey-added'
      const rows = await db.transaction({
        // It says, to the statements after it, that this sign-in may set a factor up.
        held: sql(
          `UPDATE pending_sign_ins SET tries = tries + 1
            WHERE token_hash = :token_hash AND EXISTS (SELECT 1 FROM users WHERE ${condition})`,
          values,
        ),
        // Before the session, which must not begin if the passkey is somebody’s already.
        passkeyAdded: passkey
          ? ifChanged('held', insertPasskey(passkey, { now, condition: PREVIOUS_CHANGED }))
          : null,
        begun: ifChanged(passkey ? 'passkeyAdded' : 'held', insertSessionOfPending(prepared, tokenHash)),
        taken: ifChanged(
          'begun',
          sql<{ return_to: string | null }>(
            `DELETE FROM pending_sign_ins WHERE token_hash = :token_hash AND ${PREVIOUS_CHANGED} RETURNING return_to`,
            { token_hash: tokenHash },
          ),
        ),
        seedSet: totp && ifChanged('taken', insertSeed(userId, totp, now)),
        // What else waited of this account is over with it (users_change_ends_pending_sign_ins).
        marked:
          totp &&
          ifChanged(
            'seedSet',
            sql(`UPDATE users SET second_factor_at = :now WHERE id = :user_id AND ${PREVIOUS_CHANGED}`, {
              user_id: userId,
              now,
            }),
          ),
        setRecorded: ifChanged(totp ? 'marked' : 'taken', recordIfChanged(auditEvent(kind, by))),
        recorded: ifChanged(
          'setRecorded',
          recordIfChanged({
            ...auditEvent('signed-in', by),
            reason: totp ? 'second-factor' : 'passkey',
          }),
        ),
        factorTold: ifChanged('recorded', mailQueue.noticeIfChanged({ kind, source, now }, { userId })),
        ending: endSessionsOf({
          userId,
          except: sessionId,
          reason: 'second-factor-changed',
          by: { actorId: userId, source },
          now,
          ifSession: sessionId,
        }),
        ...(totp ? replaceCodes(userId, totp.recoveryHashes, sessionId) : {}),
        ended: selectEndedOf(userId),
        ...mailQueue.newDevice({ sessionId, userId, source, now }),
        ...knowDevice(device, { userId, source, now }, sessionId),
        users: sql<UserRow>('SELECT * FROM users WHERE id = :user_id', { user_id: userId }),
      })
      const started = startedSession(rows.begun, {
        ended: rows.ended,
        deviceId: deviceIn(rows),
        mailIds: mailIds(rows.factorTold, rows.ownerTold),
      })
      const [begun] = rows.begun
      const [user] = rows.users
      if (!started || !begun || !user) return null
      const methods = parseMethods(begun.methods)
      const returnTo = rows.taken[0]?.return_to ?? null
      return { outcome: 'begun', started, user: toUser(user), methods, returnTo }
    },
  }
}

/** Returns the condition, on a row of users, that a pending sign-in may set up a second factor of its account. */
function mayEnrol(
  { tokenHash, userId }: PendingHandle,
  { mode, now, sendsMail }: { readonly mode: Mode; readonly now: number; readonly sendsMail: boolean },
) {
  return {
    // guard: a sign-in sets up a second factor only of an account that has none
    // guard: where mail is sent, a password alone sets up no second factor
    condition: `users.id = :user_id AND disabled_at IS NULL AND second_factor_at IS NULL
      AND NOT EXISTS (SELECT 1 FROM passkeys WHERE passkeys.user_id = users.id)
      AND EXISTS (SELECT 1 FROM pending_sign_ins AS waiting
                   WHERE waiting.token_hash = :token_hash AND waiting.user_id = users.id AND waiting.mode = :mode
                     AND waiting.expires_at > :now
                     AND (:sends_mail = 0 OR (email_verified_at IS NOT NULL AND waiting.methods NOT LIKE '%"pwd"%')))`,
    values: { token_hash: tokenHash, user_id: userId, mode, now, sends_mail: sendsMail ? 1 : 0 },
  }
}

function insertSeed(
  userId: string,
  { sealed, step }: Extract<NewFactor, { method: 'totp' }>,
  now: number,
): Statement {
  return sql(
    `INSERT INTO totp_factors (user_id, sealed_seed, encrypted_with, last_step, confirmed_at)
     SELECT :user_id, :sealed_seed, :encrypted_with, :step, :now WHERE ${PREVIOUS_CHANGED}
     ON CONFLICT (user_id) DO UPDATE SET sealed_seed = excluded.sealed_seed,
       encrypted_with = excluded.encrypted_with, last_step = excluded.last_step, confirmed_at = excluded.confirmed_at`,
    {
      user_id: userId,
      sealed_seed: sealed.text,
      encrypted_with: sealed.secretId,
      step,
      now,
    },
  )
}
