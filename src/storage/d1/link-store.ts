import type { AuditEvent, AuditEventName } from '../../audit/audit-event'
import type { LinkStore, MailRequest } from '../../links/link-store'
import { TOKEN_LIFETIME_SECONDS, type TokenPurpose } from '../../links/one-time-token'
import type { Client } from '../../request-source/request-source'
import { reach, reachToDo, reachToRead } from '../../runtime/outage'
import { settleAttempt } from './attempts'
import { recordEvent } from './audit-log'
import { type FoundRow, selectLink, toFoundLink } from './link-row'
import type { D1MailQueue } from './mail-queue'
import { countMailRequest, mailRetryAfter, pruneMailRequests } from './mail-requests'
import { endReplacedLinks } from './replaced-links'
import { endOlderCodes } from './sign-in-codes'

/** Asking for links, and finding what they are good for. What using one does: d1-link-uses.ts. */
export type LinkRequests = Pick<
  LinkStore,
  'reserve' | 'holdRegistration' | 'issue' | 'issueVerification' | 'issueAddressChange' | 'find' | 'forget'
>

/** One-time tokens in D1. What belongs together is one batch, which D1 runs as a transaction. */
export function createD1LinkRequests(db: D1Database, mailQueue: D1MailQueue): LinkRequests {
  /** Counts, and runs the statements after it in the same transaction; the first of them asks whether it was counted. */
  async function countAnd(
    request: MailRequest,
    statements: readonly D1PreparedStatement[],
  ): Promise<number | null> {
    const results = await reachToDo('D1', () =>
      db.batch<{ retry_after: number }>([
        ...countMailRequest(db, request),
        ...statements,
        mailRetryAfter(db, request),
      ]),
    )
    mailQueue.note(results)
    const [, counted] = results
    return counted?.results.length ? null : (results.at(-1)?.results[0]?.retry_after ?? 1)
  }

  return {
    reserve: (request) => countAnd(request, []),

    async holdRegistration({ email, name, passwordHash, token, bindingHash, returnTo, client, now }) {
      const expiresAt = now + TOKEN_LIFETIME_SECONDS.register
      const hold = db
        .prepare(
          `INSERT INTO one_time_tokens
             (token_hash, purpose, holder, email_canonical, new_email, new_email_canonical, name, password_hash,
              binding_hash, return_to, expires_at)
           SELECT ?1, 'register', ?2, ?2, ?3, ?2, ?4, ?5, ?6, ?8, ?7
            WHERE NOT EXISTS (SELECT 1 FROM users WHERE email_canonical = ?2)`,
        )
        .bind(
          token.hash,
          email.canonical,
          email.address,
          name,
          passwordHash,
          bindingHash,
          expiresAt,
          returnTo,
        )
      const link = await mailQueue.link({ kind: 'verify-email', token, expiresAt, client, now })
      const known = { canonicalEmail: email.canonical, except: null }
      const results = await reachToDo('D1', () =>
        db.batch([
          hold,
          ...link,
          ...mailQueue.notice({ kind: 'account-exists', client, now }, known),
          endReplacedLinks(db, token.hash, 'register'),
        ]),
      )
      mailQueue.note(results)
    },

    async issue({ token, code, bindingHash, returnTo, client, ...request }) {
      const { purpose, canonicalEmail, accountKey, now } = request
      const expiresAt = now + TOKEN_LIFETIME_SECONDS[purpose]
      const { kind, event } = ISSUED[purpose]
      const insert = db
        .prepare(
          `INSERT INTO one_time_tokens
             (token_hash, purpose, holder, email_canonical, binding_hash, expires_at, return_to, code_mac, account_key)
           SELECT ?1, ?2, id, email_canonical, ?3, ?4, ?6, ?7, ?8 FROM users
            WHERE email_canonical = ?5 AND disabled_at IS NULL AND changes() > 0`,
        )
        .bind(
          token.hash,
          purpose,
          bindingHash,
          expiresAt,
          canonicalEmail,
          returnTo,
          code?.mac ?? null,
          code ? accountKey : null,
        )
      return countAnd(request, [
        insert,
        recordEvent(db, requested(event, { accountKey, actorId: null, client, now }), {
          tokenHash: token.hash,
        }),
        ...(await mailQueue.link({ kind, token, code: code?.text, expiresAt, client, now })),
        ...(code && bindingHash !== null ? [endOlderCodes(db, { tokenHash: token.hash, bindingHash })] : []),
        endReplacedLinks(db, token.hash, purpose),
      ])
    },

    async issueVerification({ userId, token, bindingHash, client, ...request }) {
      const { purpose, canonicalEmail, now } = request
      const expiresAt = now + TOKEN_LIFETIME_SECONDS[purpose]
      const insert = db
        .prepare(
          `INSERT INTO one_time_tokens
             (token_hash, purpose, holder, email_canonical, new_email, new_email_canonical, name, password_hash,
              binding_hash, return_to, expires_at)
           SELECT ?1, 'register', holder, email_canonical, new_email, new_email_canonical, iif(binding_hash = ?2, name, NULL),
                  iif(binding_hash = ?2, password_hash, NULL), iif(binding_hash = ?2, binding_hash, NULL),
                  iif(binding_hash = ?2, return_to, NULL), ?4
             FROM one_time_tokens
            WHERE token_hash = coalesce((${WAITING} AND binding_hash = ?2), (${WAITING} ORDER BY expires_at DESC LIMIT 1))
              AND changes() > 0 AND NOT EXISTS (SELECT 1 FROM users WHERE email_canonical = ?3)
           UNION ALL
           SELECT ?1, 'verify-email', id, email_canonical, NULL, NULL, NULL, NULL,
                  iif(id = ?6, ?2, NULL), NULL, ?4
             FROM users
            WHERE email_canonical = ?3 AND email_verified_at IS NULL AND disabled_at IS NULL AND changes() > 0`,
        )
        .bind(token.hash, bindingHash, canonicalEmail, expiresAt, now, userId)
      return countAnd(request, [
        insert,
        ...(await mailQueue.link({ kind: 'verify-email', token, expiresAt, client, now })),
        endReplacedLinks(db, token.hash, 'register'),
      ])
    },

    async issueAddressChange({ userId, passwordHash, reserved, email, token, bindingHash, client, now }) {
      const expiresAt = now + TOKEN_LIFETIME_SECONDS['change-email']
      const insert = db
        .prepare(
          `INSERT INTO one_time_tokens
             (token_hash, purpose, holder, email_canonical, new_email, new_email_canonical, binding_hash, expires_at)
           SELECT ?1, 'change-email', id, email_canonical, ?2, ?3, ?4, ?5 FROM users
            WHERE id = ?6 AND password_hash = ?7 AND disabled_at IS NULL`,
        )
        .bind(token.hash, email.address, email.canonical, bindingHash, expiresAt, userId, passwordHash)
      const event = requested('email-change-requested', { accountKey: null, actorId: userId, client, now })
      const link = await mailQueue.link({ kind: 'change-email', token, expiresAt, client, now })
      const taken = { canonicalEmail: email.canonical, except: userId }
      const results = await reachToDo('D1', () =>
        db.batch([
          insert,
          recordEvent(db, event, { tokenHash: token.hash }),
          ...mailQueue.notice({ kind: 'email-change-requested', client, now }, { userId }, 'if-changed'),
          // To no address that is another's: its owner is told instead, and who asked is told nothing of it.
          ...link,
          ...mailQueue.notice({ kind: 'account-exists', client, now }, taken),
          settleAttempt(db, reserved, { tokenHash: token.hash }),
          endReplacedLinks(db, token.hash, 'change-email'),
        ]),
      )
      mailQueue.note(results)
    },

    async find({ tokenHash, bindingHash }, purposes, now) {
      const row = await reachToRead('D1', () =>
        db.prepare(selectLink('?1')).bind(tokenHash, now, bindingHash).first<FoundRow>(),
      )
      return row && purposes.includes(row.purpose) ? toFoundLink(row) : null
    },

    async forget(before, limit) {
      await reach('D1', () =>
        db.batch([
          db
            .prepare(
              `DELETE FROM one_time_tokens WHERE token_hash IN
                 (SELECT token_hash FROM one_time_tokens WHERE expires_at < ?1 ORDER BY expires_at, token_hash LIMIT ?2)`,
            )
            .bind(before, limit),
          pruneMailRequests(db, before, limit),
        ]),
      )
    },
  }
}

/** Finds a registration of address ?3 that waits at instant ?5. */
const WAITING = `SELECT token_hash FROM one_time_tokens WHERE holder = ?3 AND purpose = 'register' AND expires_at > ?5`

const ISSUED = {
  'reset-password': { kind: 'reset-password', event: 'password-reset-requested' },
  'sign-in': { kind: 'sign-in-link', event: 'sign-in-link-requested' },
} as const satisfies Partial<Record<TokenPurpose, object>>

/** That somebody asked for a link; whose account it is for, the statement finds out. */
function requested(
  event: AuditEventName,
  by: {
    readonly accountKey: string | null
    readonly actorId: string | null
    readonly client: Client
    readonly now: number
  },
): AuditEvent {
  const { accountKey, actorId, client, now } = by
  const about = { subjectId: actorId, accountKey, actorId, sessionId: null, mode: null, client }
  return { at: now, event, outcome: 'success', reason: null, ...about }
}
