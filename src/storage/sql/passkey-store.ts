import { type AuditEvent, type AuditEventName, auditEvent } from '../../audit/audit-event'
import {
  type AddedPasskey,
  MOST_PASSKEYS,
  type OwnedPasskeys,
  type Passkey,
  type PasskeyChange,
  type PasskeyStore,
  type PasskeyUse,
} from '../../passkeys/passkey-store'
import { recordIfChanged } from './audit-log'
import { type MailQueue, mailIds } from './mail-queue'
import { type PasskeyRow, toPasskey } from './passkey-row'
import { signedIn, signInSteps } from './proven-sign-in'
import { renewedSession, renewSteps } from './session-renewal'
import { endContext, selectEndedOf } from './sessions'
import { type SqlDatabase, unlessRepeated } from './sql-database'
import { ifChanged, PREVIOUS_CHANGED, type Statement, sql } from './statement'
import { useOnce } from './used-challenges'
import { toCredentials, type UserRow } from './user-row'
import { anotherWayIn } from './ways-in'

/** Creates the store of passkeys, their owners' handles, and the challenges that were used. */
export function createPasskeyStore(
  db: SqlDatabase,
  { mailQueue, maxSessions }: { readonly mailQueue: MailQueue; readonly maxSessions: number },
): PasskeyStore {
  return {
    async list(userId) {
      return (await db.all(selectOf(userId))).map(toPasskey)
    },

    async listOwned(userId) {
      const { handles, rows } = await db.read({
        handles: sql<{ user_handle: string }>(
          'SELECT user_handle FROM passkey_owners WHERE user_id = :user_id',
          {
            user_id: userId,
          },
        ),
        rows: selectOf(userId),
      })
      return { userHandle: handles[0]?.user_handle ?? null, passkeys: rows.map(toPasskey) }
    },

    async prepareFor(userId, newHandle) {
      return prepareOwner(db, userId, newHandle)
    },

    async add(passkey, { challenge, ...by }): Promise<AddedPasskey> {
      const notice = { kind: 'passkey-added', source: by.source, now: by.now } as const
      const rows = await db.transaction({
        taken: useOnce(challenge),
        added: ifChanged('taken', insertIfChanged(passkey, by)),
        recorded: ifChanged('added', recordIfChanged(eventOf('passkey-added', by))),
        ownerTold: ifChanged('recorded', mailQueue.noticeIfChanged(notice, { userId: by.userId })),
        others: sql<{ id: string }>('SELECT id FROM passkeys WHERE credential_id = :credential_id', {
          credential_id: passkey.credentialId,
        }),
      })
      if (rows.added.length > 0) return { outcome: 'added', mailIds: mailIds(rows.ownerTold) }
      if (rows.taken.length === 0) return { outcome: 'challenge-used' }
      return { outcome: rows.others.length > 0 ? 'exists' : 'too-many' }
    },

    async rename({ id, userId }, name) {
      const [row] = await db.change(
        sql<PasskeyRow>(
          'UPDATE passkeys SET name = :name WHERE id = :id AND user_id = :user_id RETURNING *',
          {
            id,
            user_id: userId,
            name,
          },
        ),
      )
      return row ? toPasskey(row) : null
    },

    async remove(id, by, { ways, secondFactorRequired }) {
      const target = { id, user_id: by.userId }
      const notice = { kind: 'passkey-removed', source: by.source, now: by.now } as const
      const { condition, values } = anotherWayIn('passkey', ways)
      const required = secondFactorRequired ? 1 : 0
      const rows = await db.transaction({
        // guard: a passkey that is removed ends the other sessions that rest on one
        ending: sql(
          `UPDATE sessions SET ended_at = :now, end_reason = 'second-factor-changed', end_context = :context
            WHERE user_id = :user_id AND ended_at IS NULL AND id <> :session_id AND methods LIKE '%passkey"%'
              AND EXISTS (SELECT 1 FROM passkeys WHERE id = :id AND user_id = :user_id AND ${condition}
                             AND (:required = 0 OR ${ANOTHER_FACTOR}))`,
          {
            ...target,
            ...values,
            required,
            now: by.now,
            session_id: by.sessionId,
            context: endContext({ actorId: by.userId, source: by.source }),
          },
        ),
        removed: sql<{ credential_id: string }>(
          // guard: the last second factor stays where one is required
          `DELETE FROM passkeys WHERE id = :id AND user_id = :user_id AND ${condition}
             AND (:required = 0 OR ${ANOTHER_FACTOR})
           RETURNING credential_id`,
          { ...target, ...values, required },
        ),
        recorded: ifChanged('removed', recordIfChanged(eventOf('passkey-removed', by))),
        ownerTold: ifChanged('recorded', mailQueue.noticeIfChanged(notice, { userId: by.userId })),
        ended: selectEndedOf(by.userId),
        left: sql<{ other_factor: number }>(
          `SELECT CASE WHEN ${ANOTHER_FACTOR} THEN 1 ELSE 0 END AS other_factor
             FROM passkeys WHERE id = :id AND user_id = :user_id`,
          target,
        ),
      })
      const [removed] = rows.removed
      if (removed) {
        const { credential_id: credentialId } = removed
        return { outcome: 'removed', credentialId, ended: rows.ended, mailIds: mailIds(rows.ownerTold) }
      }
      const [left] = rows.left
      if (!left) return { outcome: 'unknown' }
      const lastFactor = secondFactorRequired && left.other_factor === 0
      return { outcome: lastFactor ? 'last-factor' : 'last-way-in' }
    },

    async find(credentialId) {
      const { passkeys, accounts } = await db.read({
        passkeys: sql<PasskeyRow & { user_handle: string }>(
          `SELECT passkeys.*, user_handle FROM passkeys JOIN passkey_owners ON passkey_owners.user_id = passkeys.user_id
            WHERE credential_id = :credential_id`,
          { credential_id: credentialId },
        ),
        accounts: sql<UserRow>(
          'SELECT * FROM users WHERE id = (SELECT user_id FROM passkeys WHERE credential_id = :credential_id)',
          { credential_id: credentialId },
        ),
      })
      const [[row], [account]] = [passkeys, accounts]
      return row && account
        ? { passkey: { ...toPasskey(row), userHandle: row.user_handle }, account: toCredentials(account) }
        : null
    },

    async signIn(use) {
      const { prepared, verifiedOnly, now } = use
      const { userId } = prepared.session
      const transaction = db.transaction({
        taken: useOnce(use.challenge),
        used: ifChanged('taken', useIfChanged(use, { userId, verifiedOnly, now })),
        ...signInSteps('used', use, { event: 'signed-in', reason: 'passkey', mailQueue, maxSessions }),
      })
      const rows = await unlessRepeated('sessions', transaction)
      return rows && signedIn(rows)
    },

    async renewSession({ credentialId, challenge, assertion, ...renewal }) {
      const { own, now } = renewal
      const use = { credentialId, challenge, assertion }
      const rows = await db.transaction({
        taken: useOnce(challenge),
        used: ifChanged('taken', useIfChanged(use, { userId: own.userId, verifiedOnly: false, now })),
        ...renewSteps('used', renewal),
      })
      return renewedSession(rows)
    },
  }
}

/** Gives an account a handle for authenticators if it has none, and returns it with the passkeys. */
export async function prepareOwner(
  db: SqlDatabase,
  userId: string,
  newHandle: string,
): Promise<OwnedPasskeys> {
  const owner = { user_id: userId, user_handle: newHandle }
  const { handles, rows } = await db.transaction({
    handled: sql(
      `INSERT INTO passkey_owners (user_id, user_handle)
       SELECT id, :user_handle FROM users WHERE id = :user_id ON CONFLICT DO NOTHING`,
      owner,
    ),
    handles: sql<{ user_handle: string }>('SELECT user_handle FROM passkey_owners WHERE user_id = :user_id', {
      user_id: userId,
    }),
    rows: selectOf(userId),
  })
  return { userHandle: handles[0]?.user_handle ?? newHandle, passkeys: rows.map(toPasskey) }
}

/** Says whether the account has a second factor besides the passkey that is removed. */
const ANOTHER_FACTOR = `(EXISTS (SELECT 1 FROM users WHERE users.id = :user_id AND second_factor_at IS NOT NULL)
  OR EXISTS (SELECT 1 FROM passkeys AS other WHERE other.user_id = :user_id AND other.id <> :id))`

/** Finds the passkeys of an account, oldest first. */
function selectOf(userId: string): Statement<PasskeyRow> {
  return sql('SELECT * FROM passkeys WHERE user_id = :user_id ORDER BY created_at, credential_id', {
    user_id: userId,
  })
}

/** Adds a passkey for the session that was checked, if it is live still. */
function insertIfChanged(passkey: Passkey, { sessionId, now }: PasskeyChange): Statement<{ id: string }> {
  return insertPasskey(passkey, {
    now,
    condition: `${PREVIOUS_CHANGED}
      AND EXISTS (SELECT 1 FROM sessions WHERE sessions.id = :session_id AND sessions.user_id = :user_id AND ended_at IS NULL)`,
    values: { session_id: sessionId },
  })
}

/** Adds a passkey to its account on a condition, unless somebody has it or the account has as many as it may. */
export function insertPasskey(
  passkey: Passkey,
  {
    now,
    condition,
    values = {},
  }: {
    readonly now: number
    readonly condition: string
    readonly values?: Readonly<Record<string, string>>
  },
): Statement<{ id: string }> {
  return sql(
    `INSERT INTO passkeys (credential_id, id, user_id, public_key, alg, sign_count, backup_eligible, backed_up, aaguid,
                           transports, name, created_at)
     SELECT :credential_id, :id, users.id, :public_key, :alg, :sign_count, :backup_eligible, :backed_up, :aaguid,
            :transports, :name, :now
       FROM users WHERE users.id = :user_id AND disabled_at IS NULL AND ${condition}
        AND (SELECT count(*) FROM passkeys WHERE passkeys.user_id = :user_id) < ${MOST_PASSKEYS}
     ON CONFLICT DO NOTHING RETURNING id`,
    {
      credential_id: passkey.credentialId,
      id: passkey.id,
      user_id: passkey.userId,
      public_key: passkey.publicKey,
      alg: passkey.alg,
      sign_count: passkey.signCount,
      backup_eligible: passkey.backupEligible ? 1 : 0,
      backed_up: passkey.backedUp ? 1 : 0,
      aaguid: passkey.aaguid,
      transports: JSON.stringify(passkey.transports),
      name: passkey.name,
      now,
      ...values,
    },
  )
}

/**
 * Uses a passkey, if its account may sign in. A counter only goes up, so of two uses at once with one value the second does nothing; a passkey
 * that does not count stays where it is.
 */
export function useIfChanged(
  { credentialId, assertion }: Omit<PasskeyUse, 'challenge'>,
  {
    userId,
    verifiedOnly,
    now,
  }: { readonly userId: string; readonly verifiedOnly: boolean; readonly now: number },
): Statement {
  const { signCount, counter, backedUp } = assertion
  return sql(
    `UPDATE passkeys SET sign_count = CASE WHEN :counts = 1 THEN :sign_count ELSE sign_count END, backed_up = :backed_up, last_used_at = :now
      WHERE credential_id = :credential_id AND user_id = :user_id AND ${PREVIOUS_CHANGED}
        AND (sign_count < :sign_count OR :counts = 0)
        AND EXISTS (SELECT 1 FROM users WHERE users.id = :user_id AND disabled_at IS NULL
                       AND (:verified_only = 0 OR email_verified_at IS NOT NULL))`,
    {
      credential_id: credentialId,
      user_id: userId,
      sign_count: signCount,
      counts: counter === 'advanced' ? 1 : 0,
      backed_up: backedUp ? 1 : 0,
      verified_only: verifiedOnly ? 1 : 0,
      now,
    },
  )
}

function eventOf(event: AuditEventName, { userId, sessionId, mode, source, now }: PasskeyChange): AuditEvent {
  return auditEvent(event, { at: now, actorId: userId, subjectId: userId, sessionId, mode, source })
}
