import { type AuditEvent, type AuditEventName, auditEvent } from '../../audit/audit-event'
import type { NewAccount } from '../../identity/user-store'
import type { RequestSource } from '../../request-source/request-source'
import type { Session } from '../../sessions/session'
import { sql } from './statement'

// The statements of an account by itself, for the transactions that begin a session or let a sign-in wait.

/** Makes an account, unless its address has one. */
export function insertAccount({ user, canonicalEmail }: NewAccount, passwordHash: string) {
  return sql(
    `INSERT INTO users (id, email, email_canonical, name, password_hash, created_at)
     VALUES (:id, :email, :email_canonical, :name, :password_hash, :created_at)
     ON CONFLICT (email_canonical) DO NOTHING`,
    {
      id: user.id,
      email: user.email,
      email_canonical: canonicalEmail,
      name: user.name,
      password_hash: passwordHash,
      created_at: user.createdAt,
    },
  )
}

/** Replaces the password of an account that is not disabled, if `passwordHash` is its hash. */
export function replaceHash(change: {
  readonly userId: string
  readonly passwordHash: string | null
  readonly newHash: string
}) {
  return sql(
    // guard: a password is replaced only by who knew the one that the account has
    // guard: the password of an account that was disabled is not replaced
    `UPDATE users SET password_hash = :new_hash
      WHERE id = :user_id AND password_hash IS NOT DISTINCT FROM :password_hash AND disabled_at IS NULL`,
    { user_id: change.userId, password_hash: change.passwordHash, new_hash: change.newHash },
  )
}

/** Returns what a person did with a password of theirs. */
export function sessionEvent(
  event: AuditEventName,
  session: Pick<Session, 'id' | 'userId' | 'mode' | 'createdAt'>,
  source: RequestSource,
): AuditEvent {
  const { id: sessionId, userId, mode, createdAt } = session
  return auditEvent(event, { at: createdAt, actorId: userId, subjectId: userId, sessionId, mode, source })
}
