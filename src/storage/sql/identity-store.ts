import { type AuditEvent, type AuditEventName, auditEvent } from '../../audit/audit-event'
import type { NewAccount } from '../../identity/user-store'
import {
  type IdentityChange,
  type IdentityStore,
  type IdentityUse,
  MOST_IDENTITIES,
  type StoredIdentity,
} from '../../social/identity-store'
import { recordIfChanged } from './audit-log'
import { type MailQueue, mailIds } from './mail-queue'
import { firstFactorProven, forgetOldestPending, insertPending } from './pending-sign-ins'
import { signedIn, signInSteps } from './proven-sign-in'
import { type SqlDatabase, unlessRepeated } from './sql-database'
import { ifChanged, PREVIOUS_CHANGED, type Statement, sql } from './statement'
import { useIfUnused, useOnce } from './used-challenges'
import { FACTOR_COLUMNS, toCredentials, type UserRow, WITH_TOTP } from './user-row'
import { anotherWayIn } from './ways-in'

/** Identities at providers, and the attempts that were used. What belongs together is one transaction. */
export function createIdentityStore(
  db: SqlDatabase,
  { mailQueue, maxSessions }: { readonly mailQueue: MailQueue; readonly maxSessions: number },
): IdentityStore {
  const terms = { reason: 'social', mailQueue, maxSessions }

  return {
    async find({ issuer, subject }, canonicalEmail) {
      const { accounts, others } = await db.read({
        accounts: sql<UserRow>(
          `SELECT users.*, ${FACTOR_COLUMNS}
             FROM identities JOIN users ON users.id = identities.user_id ${WITH_TOTP}
            WHERE issuer = :issuer AND subject = :subject`,
          { issuer, subject },
        ),
        others: sql<{ id: string }>('SELECT id FROM users WHERE email_canonical = :email', {
          email: canonicalEmail,
        }),
      })
      const [account] = accounts
      return { account: account ? toCredentials(account) : null, addressTaken: others.length > 0 }
    },

    async signIn(use) {
      const transaction = db.transaction({
        taken: useOnce(use.attempt),
        used: ifChanged('taken', useIfChanged(use, use.prepared.session.userId)),
        ...signInSteps('used', use, { ...terms, event: 'signed-in' }),
      })
      const rows = await unlessRepeated('sessions', transaction)
      return rows && signedIn(rows)
    },

    async holdSignIn({ pending, ...use }) {
      const rows = await db.transaction({
        taken: useOnce(use.attempt),
        used: ifChanged('taken', useIfChanged(use, pending.userId)),
        held: ifChanged('used', insertPending(pending, PREVIOUS_CHANGED)),
        recorded: ifChanged('held', recordIfChanged(firstFactorProven(pending, use.source))),
        oldest: forgetOldestPending(pending.userId),
      })
      return rows.held.length > 0
    },

    async register({ account, identity, ...use }) {
      const transaction = db.transaction({
        ...makeAccount(account, identity, use),
        ...signInSteps('added', use, { ...terms, event: 'account-registered' }),
      })
      const rows = await unlessRepeated('sessions', transaction)
      return rows && signedIn(rows)
    },

    async registerHeld({ account, identity, pending, ...use }) {
      const { id: userId } = account.user
      const { source, now } = use
      const by = { at: now, actorId: userId, subjectId: userId, mode: pending.mode, source }
      const rows = await db.transaction({
        ...makeAccount(account, identity, use),
        held: ifChanged('added', insertPending(pending, PREVIOUS_CHANGED)),
        recorded: ifChanged(
          'held',
          recordIfChanged({ ...auditEvent('account-registered', by), reason: 'social' }),
        ),
      })
      return rows.held.length > 0
    },

    async list(userId) {
      const rows = await db.all(
        sql<IdentityRow>(
          'SELECT * FROM identities WHERE user_id = :user_id ORDER BY created_at, issuer, subject',
          { user_id: userId },
        ),
      )
      return rows.map(toIdentity)
    },

    async link(identity, { used, ...by }) {
      const notice = { kind: 'identity-linked', source: by.source, now: by.now } as const
      const rows = await db.transaction({
        taken: useOnce(used),
        added: ifChanged(
          'taken',
          insertIdentity(identity, {
            // guard: an identity is linked by a session that is live
            condition: `${PREVIOUS_CHANGED} AND EXISTS (SELECT 1 FROM users WHERE users.id = :user_id AND disabled_at IS NULL)
              AND EXISTS (SELECT 1 FROM sessions WHERE sessions.id = :session_id AND sessions.user_id = :user_id AND ended_at IS NULL)
              AND (SELECT count(*) FROM identities AS other WHERE other.user_id = :user_id) < ${MOST_IDENTITIES}`,
            values: { session_id: by.sessionId },
          }),
        ),
        recorded: ifChanged('added', recordIfChanged(eventOf('identity-linked', by))),
        ownerTold: ifChanged('recorded', mailQueue.noticeIfChanged(notice, { userId: by.userId })),
        others: sql<{ id: string }>(
          'SELECT id FROM identities WHERE issuer = :issuer AND subject = :subject',
          {
            issuer: identity.issuer,
            subject: identity.subject,
          },
        ),
      })
      if (rows.added.length > 0) return { outcome: 'linked', mailIds: mailIds(rows.ownerTold) }
      if (rows.taken.length === 0) return { outcome: 'used' }
      return { outcome: rows.others.length > 0 ? 'exists' : 'too-many' }
    },

    async unlink(id, by, ways) {
      const target = { id, user_id: by.userId }
      const notice = { kind: 'identity-unlinked', source: by.source, now: by.now } as const
      const { condition, values } = anotherWayIn('identity', ways)
      const rows = await db.transaction({
        removed: sql<{ id: string }>(
          `DELETE FROM identities WHERE id = :id AND user_id = :user_id AND ${condition} RETURNING id`,
          { ...target, ...values },
        ),
        recorded: ifChanged('removed', recordIfChanged(eventOf('identity-unlinked', by))),
        ownerTold: ifChanged('recorded', mailQueue.noticeIfChanged(notice, { userId: by.userId })),
        left: sql<{ id: string }>('SELECT id FROM identities WHERE id = :id AND user_id = :user_id', target),
      })
      if (rows.removed.length > 0) return { outcome: 'unlinked', mailIds: mailIds(rows.ownerTold) }
      return { outcome: rows.left.length > 0 ? 'last-way-in' : 'unknown' }
    },
  }
}

/** Steps that make an account with its identity, and use the attempt up. The last is `added`. */
function makeAccount(
  { user, canonicalEmail }: NewAccount,
  identity: StoredIdentity,
  { attempt, now }: IdentityUse,
) {
  return {
    // Before the attempt is used up: whoever comes too late signs in by the same attempt to the account that there is now.
    linked: insertIdentity(identity, {
      // guard: an address that has an account gets no second one
      condition: `NOT EXISTS (SELECT 1 FROM users WHERE email_canonical = :email_canonical)
        AND NOT EXISTS (SELECT 1 FROM used_challenges WHERE challenge_id = :attempt_id)`,
      values: { email_canonical: canonicalEmail, attempt_id: attempt.id },
    }),
    taken: ifChanged('linked', useIfUnused(attempt)),
    added: ifChanged(
      'taken',
      sql<{ id: string }>(
        `INSERT INTO users (id, email, email_canonical, email_verified_at, name, created_at)
         SELECT :id, :email, :email_canonical, :now, :name, :now WHERE ${PREVIOUS_CHANGED} RETURNING id`,
        { id: user.id, email: user.email, email_canonical: canonicalEmail, name: user.name, now },
      ),
    ),
  }
}

interface IdentityRow {
  readonly id: string
  readonly user_id: string
  readonly issuer: string
  readonly subject: string
  readonly provider: string
  readonly email: string | null
  readonly created_at: number
  readonly last_used_at: number | null
}

function toIdentity(row: IdentityRow): StoredIdentity {
  const { id, issuer, subject, provider, email } = row
  return {
    id,
    userId: row.user_id,
    issuer,
    subject,
    provider,
    email,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
  }
}

/** Notes that an identity signs in, if its account may be signed in to and the statement right before changed a row. */
function useIfChanged({ issuer, subject, verifiedOnly, now }: IdentityUse, userId: string): Statement {
  return sql(
    // guard: an identity signs in to the account that it belongs to, if that is enabled
    `UPDATE identities SET last_used_at = :now
      WHERE issuer = :issuer AND subject = :subject AND user_id = :user_id AND ${PREVIOUS_CHANGED}
        AND EXISTS (SELECT 1 FROM users WHERE users.id = :user_id AND disabled_at IS NULL
                       AND (:verified_only = 0 OR email_verified_at IS NOT NULL))`,
    { issuer, subject, user_id: userId, verified_only: verifiedOnly ? 1 : 0, now },
  )
}

/** Adds an identity that nobody has. */
function insertIdentity(
  identity: StoredIdentity,
  { condition, values }: { readonly condition: string; readonly values: Readonly<Record<string, string>> },
): Statement<{ id: string }> {
  return sql(
    `INSERT INTO identities (issuer, subject, id, user_id, provider, email, created_at, last_used_at)
     SELECT :issuer, :subject, :id, :user_id, :provider, :email, :created_at, :last_used_at
      WHERE ${condition}
     ON CONFLICT DO NOTHING RETURNING id`,
    {
      issuer: identity.issuer,
      subject: identity.subject,
      id: identity.id,
      user_id: identity.userId,
      provider: identity.provider,
      email: identity.email,
      created_at: identity.createdAt,
      last_used_at: identity.lastUsedAt,
      ...values,
    },
  )
}

function eventOf(
  event: AuditEventName,
  { userId, sessionId, mode, source, now }: IdentityChange,
): AuditEvent {
  return auditEvent(event, { at: now, actorId: userId, subjectId: userId, sessionId, mode, source })
}
