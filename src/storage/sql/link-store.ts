import { type AuditEvent, type AuditEventName, auditEvent } from '../../audit/audit-event'
import type { LinkIssued, LinkStore, MailAttempt, MailRequest } from '../../links/link-store'
import { TOKEN_LIFETIME_SECONDS, type TokenPurpose } from '../../links/one-time-token'
import type { RequestSource } from '../../request-source/request-source'
import { settleAttempt } from './attempts'
import { recordIfIssued } from './audit-log'
import { type FoundRow, selectLink, toFoundLink } from './link-row'
import { findAttempt, forgetAttempts, forgetEarlierAttempt, noteAttempt } from './mail-attempts'
import { type MailQueue, mailIds, type Queues } from './mail-queue'
import { countMailRequest, mailRetryAfter, pruneMailRequests } from './mail-requests'
import { endReplacedLinks } from './replaced-links'
import { endOlderCodes } from './sign-in-codes'
import { type SqlDatabase, unlessRepeated } from './sql-database'
import { ifChanged, PREVIOUS_CHANGED, type Statement, sql } from './statement'
import { forgetUsedLinks } from './used-links'

/** Asking for links, and finding what they are good for. What using one does: link-uses.ts. */
export type LinkRequests = Pick<
  LinkStore,
  'reserve' | 'holdRegistration' | 'issue' | 'issueVerification' | 'issueAddressChange' | 'find' | 'forget'
>

/** Creates the store of one-time tokens. What belongs together is one transaction. */
export function createLinkRequests(db: SqlDatabase, mailQueue: MailQueue): LinkRequests {
  /**
   * Counts a request for mail, and issues a link in the same transaction. An attempt that was carried out seconds ago is accepted, but neither
   * counted nor carried out again.
   */
  async function countAndIssue(
    request: MailRequest,
    issued: Statement,
    { recorded = null, mailed, codesEnded = null, replaced }: AfterIssuing,
  ): Promise<LinkIssued> {
    const { attempt, now } = request
    const transaction = db.transaction(
      {
        outdated: attempt && forgetEarlierAttempt(attempt),
        ...countMailRequest(request),
        ...(attempt === null
          ? { issued: ifChanged('counted', issued) }
          : {
              // guard: an attempt that was refused was not carried out
              noted: ifChanged('counted', noteAttempt(attempt, now, PREVIOUS_CHANGED)),
              issued: ifChanged('noted', issued),
            }),
        recorded,
        mailed,
        codesEnded,
        replaced,
        repeated: attempt && findAttempt(attempt),
        wait: mailRetryAfter(request),
      },
      { repeatable: attempt !== null },
    )
    const rows = await unlessRepeated('mail_attempts', transaction)
    if (!rows) return { outcome: 'accepted', mailIds: [] }
    if (rows.counted.length > 0 || rows.repeated.length > 0)
      return { outcome: 'accepted', mailIds: mailIds(rows.mailed) }
    return { outcome: 'throttled', retryAfterSeconds: rows.wait[0]?.retry_after ?? 1 }
  }

  return {
    async reserve(request) {
      const { attempt } = request
      const rows = await db.transaction({
        ...countMailRequest(request),
        repeated: attempt && findAttempt(attempt),
        wait: mailRetryAfter(request),
      })
      if (rows.repeated.length > 0) return { outcome: 'repeated' }
      if (rows.counted.length > 0) return { outcome: 'reserved' }
      return { outcome: 'throttled', retryAfterSeconds: rows.wait[0]?.retry_after ?? 1 }
    },

    async holdRegistration({
      email,
      name,
      passwordHash,
      token,
      bindingHash,
      returnTo,
      attempt,
      source,
      now,
    }) {
      const expiresAt = now + TOKEN_LIFETIME_SECONDS.register
      const known = { canonicalEmail: email.canonical, except: null }
      const steps = {
        ...carriedOut(attempt, now),
        held: sql(
          `INSERT INTO one_time_tokens
             (token_hash, purpose, holder, email_canonical, new_email, new_email_canonical, name, password_hash,
              binding_hash, return_to, expires_at)
           SELECT :token_hash, 'register', :email_canonical, :email_canonical, :email, :email_canonical, :name,
                  :password_hash, :binding_hash, :return_to, :expires_at
            WHERE NOT EXISTS (SELECT 1 FROM users WHERE email_canonical = :email_canonical)`,
          {
            token_hash: token.hash,
            email: email.address,
            email_canonical: email.canonical,
            name,
            password_hash: passwordHash,
            binding_hash: bindingHash,
            return_to: returnTo,
            expires_at: expiresAt,
          },
        ),
        mailed: await mailQueue.link({ kind: 'verify-email', token, expiresAt, source, now }),
        ownerTold: mailQueue.notice({ kind: 'account-exists', source, now }, known),
        replaced: endReplacedLinks(token.hash, 'register'),
      }
      const transaction = db.transaction(steps, { repeatable: attempt !== null })
      const rows = await unlessRepeated('mail_attempts', transaction)
      return { mailIds: rows ? mailIds(rows.mailed, rows.ownerTold) : [] }
    },

    async issue({ token, code, bindingHash, returnTo, source, ...request }) {
      const { purpose, canonicalEmail, accountKey, now } = request
      const expiresAt = now + TOKEN_LIFETIME_SECONDS[purpose]
      const { kind, event } = ISSUED[purpose]
      return countAndIssue(
        request,
        sql(
          `INSERT INTO one_time_tokens
               (token_hash, purpose, holder, email_canonical, binding_hash, expires_at, return_to, code_mac, account_key)
             SELECT :token_hash, :purpose, id, email_canonical, :binding_hash, :expires_at, :return_to, :code_mac, :account_key
               FROM users
              WHERE email_canonical = :email AND disabled_at IS NULL AND ${PREVIOUS_CHANGED}`,
          {
            token_hash: token.hash,
            purpose,
            binding_hash: bindingHash,
            expires_at: expiresAt,
            return_to: returnTo,
            code_mac: code?.mac ?? null,
            account_key: code ? accountKey : null,
            email: canonicalEmail,
          },
        ),
        {
          recorded: recordIfIssued(requested(event, { accountKey, actorId: null, source, now }), token.hash),
          mailed: await mailQueue.link({ kind, token, code: code?.text, expiresAt, source, now }),
          codesEnded:
            code && bindingHash !== null ? endOlderCodes({ tokenHash: token.hash, bindingHash }) : null,
          replaced: endReplacedLinks(token.hash, purpose),
        },
      )
    },

    async issueVerification({ userId, token, bindingHash, source, ...request }) {
      const { purpose, canonicalEmail, now } = request
      const expiresAt = now + TOKEN_LIFETIME_SECONDS[purpose]
      return countAndIssue(
        request,
        sql(
          // guard: a verification is bound to who is signed in to the account
          // guard: a stranger has no part in a registration that is mailed again
          `INSERT INTO one_time_tokens
               (token_hash, purpose, holder, email_canonical, new_email, new_email_canonical, name, password_hash,
                binding_hash, return_to, expires_at)
             SELECT :token_hash, 'register', holder, email_canonical, new_email, new_email_canonical,
                    CASE WHEN ${BOUND} THEN name END, CASE WHEN ${BOUND} THEN password_hash END,
                    CASE WHEN ${BOUND} THEN binding_hash END, CASE WHEN ${BOUND} THEN return_to END, :expires_at
               FROM one_time_tokens
              WHERE token_hash = coalesce((${WAITING} AND ${BOUND}), (${WAITING} ORDER BY expires_at DESC LIMIT 1))
                AND ${PREVIOUS_CHANGED} AND NOT EXISTS (SELECT 1 FROM users WHERE email_canonical = :email)
             UNION ALL
             SELECT :token_hash, 'verify-email', id, email_canonical, NULL, NULL, NULL, NULL,
                    CASE WHEN id = :user_id THEN :binding_hash END, NULL, :expires_at
               FROM users
              WHERE email_canonical = :email AND email_verified_at IS NULL AND disabled_at IS NULL AND ${PREVIOUS_CHANGED}`,
          {
            token_hash: token.hash,
            binding_hash: bindingHash,
            email: canonicalEmail,
            expires_at: expiresAt,
            now,
            user_id: userId,
          },
        ),
        {
          mailed: await mailQueue.link({ kind: 'verify-email', token, expiresAt, source, now }),
          replaced: endReplacedLinks(token.hash, 'register'),
        },
      )
    },

    async issueAddressChange({
      userId,
      passwordHash,
      reserved,
      email,
      token,
      bindingHash,
      attempt,
      source,
      now,
    }) {
      const expiresAt = now + TOKEN_LIFETIME_SECONDS['change-email']
      const event = requested('email-change-requested', { accountKey: null, actorId: userId, source, now })
      const taken = { canonicalEmail: email.canonical, except: userId }
      const steps = {
        ...carriedOut(attempt, now),
        issued: sql(
          `INSERT INTO one_time_tokens
             (token_hash, purpose, holder, email_canonical, new_email, new_email_canonical, binding_hash, expires_at)
           SELECT :token_hash, 'change-email', id, email_canonical, :email, :canonical, :binding_hash, :expires_at
             FROM users
            WHERE id = :user_id AND password_hash IS NOT DISTINCT FROM :password_hash AND disabled_at IS NULL`,
          {
            token_hash: token.hash,
            email: email.address,
            canonical: email.canonical,
            binding_hash: bindingHash,
            expires_at: expiresAt,
            user_id: userId,
            password_hash: passwordHash,
          },
        ),
        recorded: recordIfIssued(event, token.hash),
        ownerTold: ifChanged(
          'recorded',
          mailQueue.noticeIfChanged({ kind: 'email-change-requested', source, now }, { userId }),
        ),
        // To no address that is another's: its owner is told instead, and who asked is told nothing of it.
        mailed: await mailQueue.link({ kind: 'change-email', token, expiresAt, source, now }),
        otherTold: mailQueue.notice({ kind: 'account-exists', source, now }, taken),
        settled: reserved && settleAttempt(reserved, { tokenHash: token.hash }),
        replaced: endReplacedLinks(token.hash, 'change-email'),
      }
      const transaction = db.transaction(steps, { repeatable: attempt !== null })
      const rows = await unlessRepeated('mail_attempts', transaction)
      return rows && { mailIds: mailIds(rows.ownerTold, rows.mailed, rows.otherTold) }
    },

    async find({ tokenHash, bindingHash }, purposes, now) {
      const row = await db.first(
        sql<FoundRow>(selectLink(':token_hash'), { token_hash: tokenHash, binding_hash: bindingHash, now }),
      )
      return row && purposes.includes(row.purpose) ? toFoundLink(row) : null
    },

    async forget({ expired, used }, limit) {
      await db.transaction(
        {
          expired: sql(
            `DELETE FROM one_time_tokens WHERE token_hash IN
               (SELECT token_hash FROM one_time_tokens WHERE expires_at < :before ORDER BY expires_at, token_hash LIMIT :limit)`,
            { before: expired, limit },
          ),
          counts: pruneMailRequests(expired, limit),
          used: forgetUsedLinks(used, limit),
          attempts: forgetAttempts(used, limit),
        },
        { outcomeMatters: false },
      )
    },
  }
}

/** Describes what follows where a link was issued. */
interface AfterIssuing {
  readonly recorded?: Statement | null
  readonly mailed: Queues
  readonly codesEnded?: Statement | null
  readonly replaced: ReturnType<typeof endReplacedLinks>
}

/** Steps that note an attempt whose request was reserved before. They fail if the same attempt was carried out seconds ago. */
function carriedOut(attempt: MailAttempt | null, now: number) {
  return {
    outdated: attempt && forgetEarlierAttempt(attempt),
    noted: attempt && noteAttempt(attempt, now),
  }
}

/** Says whether a registration was made by the browser or client that asks. */
const BOUND = 'binding_hash = :binding_hash'

/** Finds a registration of address `:email` that waits at `:now`. */
const WAITING = `SELECT token_hash FROM one_time_tokens WHERE holder = :email AND purpose = 'register' AND expires_at > :now`

const ISSUED = {
  'reset-password': { kind: 'reset-password', event: 'password-reset-requested' },
  'sign-in': { kind: 'sign-in-link', event: 'sign-in-link-requested' },
} as const satisfies Partial<Record<TokenPurpose, object>>

/** Records that somebody requested a link; the statement finds the account. */
function requested(
  event: AuditEventName,
  by: {
    readonly accountKey: string | null
    readonly actorId: string | null
    readonly source: RequestSource
    readonly now: number
  },
): AuditEvent {
  const { accountKey, actorId, source, now } = by
  return auditEvent(event, { at: now, subjectId: actorId, actorId, accountKey, source })
}
