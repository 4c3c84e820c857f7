import { type AuditEvent, type AuditEventName, auditEvent } from '../../audit/audit-event'
import type { LinkSessionStart, LinkStore, UsedLink } from '../../links/link-store'
import type { TokenPurpose } from '../../links/one-time-token'
import type { PresentedSession } from '../../sessions/session-store'
import { recordIfChanged } from './audit-log'
import { deviceIn, forgetDevicesOf, forgetReplaced, knowDevice, knowNewDevice } from './devices'
import { keepsSecondFactor, proveAddress } from './first-proof'
import { type MailQueue, mailIds } from './mail-queue'
import { firstFactorProven, forgetOldestPending, insertPending } from './pending-sign-ins'
import { endBeyondLimit, endPresented, insertSessionIfChanged, startedSession } from './session-start'
import { endSessionsOf, selectEndedOf } from './sessions'
import { type SqlDatabase, unlessRepeated } from './sql-database'
import { ifChanged, PREVIOUS_CHANGED, type Statement, sql } from './statement'
import { noteUse } from './used-links'

/** Describes what using a link does. */
export type LinkUses = Pick<
  LinkStore,
  'register' | 'verify' | 'resetPassword' | 'signIn' | 'holdSignIn' | 'changeEmail'
>

/**
 * Uses of one-time tokens, each one transaction. Its first step takes the token, the second changes the account if there was a token to
 * take, and the rest follows from that.
 */
export function createLinkUses(
  db: SqlDatabase,
  { mailQueue, maxSessions }: { readonly mailQueue: MailQueue; readonly maxSessions: number },
): LinkUses {
  return {
    async register({ account, start, pending = null, ...use }) {
      const { user, canonicalEmail, passwordHash } = account
      const { source, device, now } = use
      const transaction = db.transaction(
        {
          taken: take('register', use),
          added: ifChanged(
            'taken',
            sql<{ id: string }>(
              `INSERT INTO users (id, email, email_canonical, email_verified_at, name, password_hash, created_at)
             SELECT :id, :email, :email_canonical, :now, :name, :password_hash, :now WHERE ${PREVIOUS_CHANGED}
             ON CONFLICT (email_canonical) DO NOTHING RETURNING id`,
              {
                id: user.id,
                email: user.email,
                email_canonical: canonicalEmail,
                name: user.name,
                password_hash: passwordHash,
                now,
              },
            ),
          ),
          deviceAdded: ifChanged('added', knowNewDevice(device, { userId: user.id, source, now })),
          recorded: ifChanged('deviceAdded', recordIfChanged(byOwner('account-registered', user.id, use))),
          noted: ifChanged(
            'recorded',
            noteUse(use, { purpose: 'register', userId: user.id, deviceId: device.newId }),
          ),
          ...(start ? beginSession('noted', start, use) : NO_SESSION),
          held: pending && ifChanged('noted', insertPending(pending, PREVIOUS_CHANGED)),
          ...(start
            ? mailQueue.newDevice({ sessionId: start.prepared.session.id, userId: user.id, source, now })
            : NO_NOTICE),
          replaced:
            start?.presented.flatMap((old) => endPresented(old, start.prepared.session, source)) ?? null,
        },
        REPEATABLE,
      )
      const rows = await unlessRepeated('sessions', transaction)
      if (rows?.added.length !== 1) return null
      const deviceId = deviceIn(rows)
      const others = { ended: rows.replaced, deviceId, mailIds: mailIds(rows.ownerTold) }
      return { deviceId, started: start && startedSession(rows.begun, others) }
    },

    async verify({ userId, passwordHash, ...use }) {
      const { source, device, now } = use
      const { taken, deviceAdded, ended } = await db.transaction(
        {
          taken: take('verify-email', use),
          verified: ifChanged('taken', proveAddress(userId, { set: passwordHash }, now)),
          deviceAdded: ifChanged('verified', knowNewDevice(device, { userId, source, now })),
          recorded: ifChanged('deviceAdded', recordIfChanged(byOwner('email-verified', userId, use))),
          noted: ifChanged(
            'recorded',
            noteUse(use, { purpose: 'verify-email', userId, deviceId: device.newId }),
          ),
          devicesReplaced: forgetReplaced(device, userId),
          ended: selectEndedOf(userId),
        },
        REPEATABLE,
      )
      return taken.length > 0 ? { ended, deviceId: deviceIn({ deviceAdded }) } : null
    },

    async resetPassword({ userId, passwordHash, ...use }) {
      const { source, device, now } = use
      const rows = await db.transaction(
        {
          taken: take('reset-password', use),
          changed: ifChanged('taken', proveAddress(userId, { set: passwordHash }, now)),
          deviceAdded: ifChanged('changed', knowNewDevice(device, { userId, source, now })),
          recorded: ifChanged('deviceAdded', recordIfChanged(byOwner('password-reset', userId, use))),
          noted: ifChanged(
            'recorded',
            noteUse(use, { purpose: 'reset-password', userId, deviceId: device.newId }),
          ),
          ownerTold: ifChanged(
            'noted',
            mailQueue.noticeIfChanged({ kind: 'password-changed', source, now }, { userId }),
          ),
          ending: endSessionsOf({
            userId,
            except: null,
            reason: 'password-reset',
            by: { actorId: userId, source },
            now,
            // guard: a reset ends every session
            ifPasswordHash: passwordHash,
          }),
          devicesForgotten: forgetDevicesOf(device, { userId, passwordHash }),
          ended: selectEndedOf(userId),
        },
        REPEATABLE,
      )
      const { taken, deviceAdded, ended, ownerTold } = rows
      if (taken.length === 0) return null
      return { ended, deviceId: deviceIn({ deviceAdded }), mailIds: mailIds(ownerTold) }
    },

    async signIn({ prepared, presented, removesPassword, ...use }) {
      const { session } = prepared
      const { userId } = session
      const { source, device, now } = use
      const removed = { kind: 'password-removed', source, now } as const
      const transaction = db.transaction(
        {
          taken: takeSignIn(use, { userId, presented }, 'none due'),
          proven: ifChanged('taken', proveAddress(userId, { keptBy: presented }, now)),
          ...beginSession('proven', { prepared }, use),
          passwordGone: removesPassword
            ? ifChanged('signInRecorded', mailQueue.noticeIfChanged(removed, { userId, passwordless: true }))
            : null,
          ...mailQueue.newDevice({ sessionId: session.id, userId, source, now }),
          ...knowDevice(device, { userId, source, now }, session.id),
          replaced: presented.flatMap((old) => endPresented(old, session, source)),
          beyondLimit: endBeyondLimit({ maxSessions, replacement: session, source }),
          ended: selectEndedOf(userId),
        },
        REPEATABLE,
      )
      const rows = await unlessRepeated('sessions', transaction)
      if (!rows || rows.taken.length === 0) return null
      return startedSession(rows.begun, {
        ended: [...rows.replaced, ...rows.beyondLimit, ...rows.ended],
        deviceId: deviceIn(rows),
        mailIds: mailIds(rows.passwordGone, rows.ownerTold),
      })
    },

    async holdSignIn({ pending, presented, ...use }) {
      const rows = await db.transaction({
        taken: takeSignIn(use, { userId: pending.userId, presented }, pending.enrolled ? 'due' : 'none due'),
        proven: ifChanged('taken', proveAddress(pending.userId, { keptBy: presented }, use.now)),
        held: ifChanged('proven', insertPending(pending, PREVIOUS_CHANGED)),
        recorded: ifChanged('held', recordIfChanged(firstFactorProven(pending, use.source))),
        oldest: forgetOldestPending(pending.userId),
      })
      return rows.held.length > 0
    },

    async changeEmail({ userId, oldEmail, email, ...use }) {
      const { source, now } = use
      const rows = await db.transaction(
        {
          taken: take('change-email', use),
          changed: ifChanged(
            'taken',
            sql<{ id: string }>(
              `UPDATE users SET email = :email, email_canonical = :email_canonical, email_verified_at = :now
              WHERE id = :user_id AND ${PREVIOUS_CHANGED} AND NOT EXISTS (
                SELECT 1 FROM users AS other WHERE other.email_canonical = :email_canonical AND other.id <> :user_id)
             RETURNING id`,
              { email: email.address, email_canonical: email.canonical, now, user_id: userId },
            ),
          ),
          recorded: ifChanged('changed', recordIfChanged(byOwner('email-changed', userId, use))),
          noted: ifChanged('recorded', noteUse(use, { purpose: 'change-email', userId, deviceId: null })),
          ownerTold: ifChanged(
            'noted',
            mailQueue.noticeIfChanged({ kind: 'email-changed', source, now }, { userId, address: oldEmail }),
          ),
        },
        REPEATABLE,
      )
      return rows.changed.length === 1 ? { mailIds: mailIds(rows.ownerTold) } : null
    },
  }
}

/** Steps that begin a session, and record that, if step `when` changed a row. */
function beginSession<const Step extends string>(
  when: Step,
  { prepared }: Pick<LinkSessionStart, 'prepared'>,
  use: UsedLink,
) {
  const { session } = prepared
  const event = { ...byOwner('signed-in', session.userId, use), ...ofSession(session) }
  return {
    begun: ifChanged(when, insertSessionIfChanged(prepared)),
    signInRecorded: ifChanged('begun', recordIfChanged(event)),
  }
}

/** Whoever loses the answer sends the request again. */
const REPEATABLE = { repeatable: true } as const

const NO_SESSION = { begun: null, signInRecorded: null }

const NO_NOTICE = { ownerTold: null, deviceNamed: null }

/** Describes what must hold of the account of a token besides, beginning with AND. */
interface AccountCondition {
  readonly condition: string
  readonly values: Readonly<Record<string, string | number>>
}

/**
 * Deletes the token and the others of its kind, if it is valid and its account still is what it was mailed for: an address that is proven
 * need not be proven again. One caller ever deletes it.
 */
function take(
  purpose: TokenPurpose,
  { tokenHash, now }: UsedLink,
  { condition, values }: AccountCondition = { condition: '', values: {} },
): Statement<{ holder: string }> {
  return sql(
    // guard: a proof left over takes nothing from an address that is proven
    // guard: using a link ends the others of its kind
    // guard: a token is used up
    `DELETE FROM one_time_tokens
      WHERE purpose = :purpose AND holder = (
        SELECT holder FROM one_time_tokens AS used
         WHERE used.token_hash = :token_hash AND used.purpose = :purpose AND used.expires_at > :now
           AND (used.purpose = 'register' OR EXISTS (
             SELECT 1 FROM users WHERE id = used.holder AND users.email_canonical = used.email_canonical
                                   AND disabled_at IS NULL ${condition}
                                   AND (used.purpose <> 'verify-email' OR email_verified_at IS NULL))))
     RETURNING holder`,
    { ...values, purpose, token_hash: tokenHash, now },
  )
}

/** Takes the token of a sign-in link. What its flow begins depends on whether a second factor is due once the address is proven. */
function takeSignIn(
  use: UsedLink,
  { userId, presented }: { readonly userId: string; readonly presented: readonly PresentedSession[] },
  secondFactor: 'due' | 'none due',
): Statement<{ holder: string }> {
  const { condition, values } = keepsSecondFactor({ userId, presented, now: use.now })
  const is = secondFactor === 'due' ? '' : 'NOT'
  return take('sign-in', use, { condition: `AND ${is} (${condition})`, values })
}

/** Returns what the owner of an account did with a link. */
function byOwner(event: AuditEventName, userId: string, { source, now }: UsedLink): AuditEvent {
  return auditEvent(event, { at: now, actorId: userId, subjectId: userId, source })
}

function ofSession({ id, mode }: { readonly id: string; readonly mode: AuditEvent['mode'] }) {
  return { sessionId: id, mode, reason: 'link' }
}
