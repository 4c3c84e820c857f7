import type { AuditEvent, AuditEventName } from '../../audit/audit-event'
import type { LinkSessionStart, LinkStore, ProvenAddress, UsedLink } from '../../links/link-store'
import type { TokenPurpose } from '../../links/one-time-token'
import { reachToDo } from '../../runtime/outage'
import type { EndedSession } from '../../sessions/session-store'
import { recordEvent } from './audit-log'
import { deviceIn, forgetDevicesOf, forgetReplaced, knowDevice, knowNewDevice } from './devices'
import type { D1MailQueue } from './mail-queue'
import { endBeyondLimit, endPresented, insertSession, unlessRepeated } from './session-start'
import { endSessionsOf, selectEndedOf } from './session-store'
import { startedSession } from './user-store'

/** What using a link does. */
export type LinkUses = Pick<LinkStore, 'register' | 'verify' | 'resetPassword' | 'signIn' | 'changeEmail'>

/**
 * Uses of one-time tokens, each one batch. The first statement takes the token, the second changes the account if it was
 * there to take (`changes()` counts the rows of the statement before), and the rest follows from that.
 */
export function createD1LinkUses(
  db: D1Database,
  { mailQueue, maxSessions }: { readonly mailQueue: D1MailQueue; readonly maxSessions: number },
): LinkUses {
  /**
   * Deletes the token and the others of its kind, if it is valid and its account still is what it was mailed for: an address that is
   * proven need not be proven again. One caller ever deletes it.
   */
  function take(purpose: TokenPurpose, { tokenHash, now }: UsedLink): D1PreparedStatement {
    return db
      .prepare(
        `DELETE FROM one_time_tokens
          WHERE purpose = ?2 AND holder = (
            SELECT holder FROM one_time_tokens AS used
             WHERE used.token_hash = ?1 AND used.purpose = ?2 AND used.expires_at > ?3
               AND (used.purpose = 'register' OR EXISTS (
                 SELECT 1 FROM users WHERE id = used.holder AND users.email_canonical = used.email_canonical
                                       AND disabled_at IS NULL
                                       AND (used.purpose <> 'verify-email' OR email_verified_at IS NULL))))
         RETURNING holder`,
      )
      .bind(tokenHash, purpose, now)
  }

  /** Runs a batch; the results of its statements, or `null` if the first took nothing. */
  async function run(statements: readonly D1PreparedStatement[]): Promise<readonly D1Result[] | null> {
    const results = await unlessRepeated(reachToDo('D1', () => db.batch([...statements])))
    if (!results) return null
    mailQueue.note(results)
    return results[0]?.results.length ? results : null
  }

  /** Begins a session if the statement right before changed a row, and then ends those whose cookies came along. */
  function beginSession(start: LinkSessionStart | null, use: UsedLink) {
    if (!start) return { inserts: [], devices: [], ends: [] }
    const { session, secretHash } = start.prepared
    const { userId } = session
    const { client, now } = use
    return {
      inserts: [
        insertSession(db, { session, secretHash, proof: 'one-time-token' }),
        recordEvent(db, { ...byOwner('signed-in', userId, use), ...ofSession(session) }, 'if-changed'),
      ],
      devices: mailQueue.newDevice({ sessionId: session.id, userId, client, now }),
      ends: start.presented.map((old) => endPresented(db, old, session, client)),
    }
  }

  return {
    async register({ account, start, ...use }) {
      const { user, canonicalEmail, passwordHash } = account
      const { client, device, now } = use
      const { ends, ...begin } = beginSession(start, use)
      const results = await run([
        take('register', use),
        db
          .prepare(
            `INSERT INTO users (id, email, email_canonical, email_verified_at, name, password_hash, created_at)
             SELECT ?1, ?2, ?3, ?6, ?4, ?5, ?6 WHERE changes() > 0
             ON CONFLICT (email_canonical) DO NOTHING RETURNING id`,
          )
          .bind(user.id, user.email, canonicalEmail, user.name, passwordHash, now),
        knowNewDevice(db, device, { userId: user.id, client, now }),
        recordEvent(db, byOwner('account-registered', user.id, use), 'if-changed'),
        ...begin.inserts,
        ...begin.devices,
        ...ends,
      ])
      if (results?.[1]?.results.length !== 1) return null
      const deviceId = deviceIn(results)
      const ended = results.slice(results.length - ends.length)
      return { deviceId, started: start && startedSession(results[4], ended, deviceId) }
    },

    async verify({ userId, passwordHash, ...use }) {
      const { client, device, now } = use
      const results = await run([
        take('verify-email', use),
        db
          .prepare(
            'UPDATE users SET email_verified_at = ?1, password_hash = ?2 WHERE id = ?3 AND changes() > 0',
          )
          .bind(use.now, passwordHash, userId),
        knowNewDevice(db, device, { userId, client, now }),
        recordEvent(db, byOwner('email-verified', userId, use), 'if-changed'),
        forgetReplaced(db, device, userId),
        selectEndedOf(db, userId),
      ])
      return results && provenAddress(results)
    },

    async resetPassword({ userId, passwordHash, ...use }) {
      const { client, device, now } = use
      const results = await run([
        take('reset-password', use),
        db
          .prepare(
            `UPDATE users SET password_hash = ?1, email_verified_at = coalesce(email_verified_at, ?2)
              WHERE id = ?3 AND changes() > 0`,
          )
          .bind(passwordHash, now, userId),
        knowNewDevice(db, device, { userId, client, now }),
        recordEvent(db, byOwner('password-reset', userId, use), 'if-changed'),
        ...mailQueue.notice({ kind: 'password-changed', client, now }, { userId }, 'if-changed'),
        endSessionsOf(db, {
          userId,
          except: null,
          reason: 'password-reset',
          by: { actorId: userId, client },
          now,
          ifPasswordHash: passwordHash,
        }),
        forgetDevicesOf(db, device, { userId, passwordHash }),
        selectEndedOf(db, userId),
      ])
      return results && provenAddress(results)
    },

    async signIn({ prepared, presented, removesPassword, ...use }) {
      const { userId, id: sessionId } = prepared.session
      const { client, now } = use
      const removed = { kind: 'password-removed', client, now } as const
      const { ends, ...begin } = beginSession({ prepared, presented }, use)
      const results = await run([
        take('sign-in', use),
        db
          .prepare(
            `UPDATE users SET email_verified_at = coalesce(email_verified_at, ?1),
                              password_hash = iif(email_verified_at IS NULL AND NOT ${HOLDS_SESSION}, NULL, password_hash)
              WHERE id = ?2 AND changes() > 0`,
          )
          .bind(now, userId, JSON.stringify(presented)),
        ...begin.inserts,
        ...(removesPassword ? mailQueue.notice(removed, { userId, passwordless: true }, 'if-changed') : []),
        ...begin.devices,
        ...knowDevice(db, use.device, { userId, client, now }, sessionId),
        ...ends,
        endBeyondLimit(db, { maxSessions, replacement: prepared.session, client }),
        selectEndedOf(db, userId),
      ])
      return results && startedSession(results[2], results.slice(-(ends.length + 2)), deviceIn(results))
    },

    async changeEmail({ userId, oldEmail, email, ...use }) {
      const { client, now } = use
      const results = await run([
        take('change-email', use),
        db
          .prepare(
            `UPDATE OR IGNORE users SET email = ?1, email_canonical = ?2, email_verified_at = ?3
              WHERE id = ?4 AND changes() > 0 RETURNING id`,
          )
          .bind(email.address, email.canonical, now, userId),
        recordEvent(db, byOwner('email-changed', userId, use), 'if-changed'),
        ...mailQueue.notice(
          { kind: 'email-changed', client, now },
          { userId, address: oldEmail },
          'if-changed',
        ),
      ])
      return results?.[1]?.results.length === 1
    },
  }
}

/** Whether one of the presented sessions, ?3, is a live session of account ?2 at instant ?1, and its credential is right. */
const HOLDS_SESSION = `EXISTS (
  SELECT 1 FROM json_each(?3) AS held JOIN sessions ON sessions.id = held.value ->> 'sessionId'
   WHERE user_id = ?2 AND secret_hash IS held.value ->> 'secretHash' AND ended_at IS NULL
     AND idle_expires_at > ?1 AND sessions.expires_at > ?1)`

/** Of a batch that ends by selecting the sessions that ended. */
function provenAddress(results: readonly D1Result[]): ProvenAddress {
  return { ended: (results.at(-1)?.results ?? []) as EndedSession[], deviceId: deviceIn(results) }
}

function byOwner(event: AuditEventName, userId: string, { client, now }: UsedLink): AuditEvent {
  return {
    at: now,
    event,
    outcome: 'success',
    reason: null,
    actorId: userId,
    subjectId: userId,
    accountKey: null,
    sessionId: null,
    mode: null,
    client,
  }
}

function ofSession({ id, mode }: { readonly id: string; readonly mode: AuditEvent['mode'] }) {
  return { sessionId: id, mode, reason: 'link' }
}
