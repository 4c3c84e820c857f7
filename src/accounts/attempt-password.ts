import type { AuditEventName } from '../audit/audit-event'
import type { AuditLog } from '../audit/audit-log'
import type { Client } from '../client'
import type { Clock } from '../clock'
import type { Log } from '../log'
import type { Mode } from '../mode'
import type { PasswordHasher } from '../passwords/password-hash'
import type { AccountKeys } from '../throttling/account-key'
import type { User, UserCredentials } from './user'
import type { Proof, UserStore } from './user-store'

export interface AttemptServices {
  readonly users: UserStore
  readonly passwords: PasswordHasher
  readonly accountKeys: AccountKeys
  /** Whether only who has proven the address may sign in. */
  readonly verifiedOnly: boolean
  readonly auditLog: AuditLog
  readonly clock: Clock
  readonly log: Log
}

/** A password somebody gave, and what for. */
export interface PasswordAttempt {
  readonly canonicalEmail: string
  readonly password: string
  /** What would happen if it is right; a refusal is recorded under this name. */
  readonly event: AuditEventName
  readonly client: Client
  /** The session from which it was given, if from one. */
  readonly session: { readonly userId: string; readonly sessionId: string; readonly mode: Mode } | null
}

/** The password was not accepted, or not looked at. */
export type RefusedAttempt =
  | { readonly outcome: 'refused' }
  | { readonly outcome: 'throttled'; readonly retryAfterSeconds: number }

/**
 * The account has no password to give. Told to its owner alone, who is signed in: to anyone else it is the same as a wrong password.
 */
export type NoPassword = { readonly outcome: 'no-password' }

export type AttemptedPassword =
  | { readonly outcome: 'proven'; readonly user: User; readonly proof: Proof }
  | RefusedAttempt

/**
 * Checks a password: the only way to, on every path, so that all share one count of failures for each account.
 *
 * The attempt is counted before the hash is computed. Every refusal costs one hash of the current cost and two trips to the
 * store, and is recorded: an unknown address, a wrong password, a disabled account and one without a password cannot be
 * told apart. @throws {StoreUnavailable}
 */
export async function attemptPassword(
  services: AttemptServices,
  attempt: PasswordAttempt,
): Promise<AttemptedPassword> {
  const { users, accountKeys, clock } = services
  const { canonicalEmail, password, client, session } = attempt
  const accountKey = await accountKeys(canonicalEmail)

  const reservation = await users.reserveAttempt({ canonicalEmail, accountKey, now: clock() })
  const { found } = reservation
  const subjectId = found?.user.id ?? null
  if (reservation.outcome === 'throttled') {
    await recordRefusal(services, attempt, { subjectId, accountKey, reason: 'throttled' })
    return { outcome: 'throttled', retryAfterSeconds: reservation.retryAfterSeconds }
  }
  const checked = await checkPassword(services, found, password)
  if ('reason' in checked) {
    await recordRefusal(services, attempt, { subjectId, accountKey, reason: checked.reason })
    return { outcome: 'refused' }
  }
  // Whoever is signed in already may use the password all the same.
  if (services.verifiedOnly && session === null && !checked.user.emailVerified) {
    await recordRefusal(services, attempt, { subjectId, accountKey, reason: 'address-not-proven' })
    return { outcome: 'refused' }
  }
  const proof = { passwordHash: checked.passwordHash, accountKey, client }
  return { outcome: 'proven', user: checked.user, proof }
}

/** Records that a password was right and that what it was given for did not come about: the account changed meanwhile. */
export async function recordChangedMeanwhile(
  services: AttemptServices,
  attempt: PasswordAttempt,
  { user, proof }: Extract<AttemptedPassword, { outcome: 'proven' }>,
): Promise<void> {
  const { accountKey } = proof
  await recordRefusal(services, attempt, { subjectId: user.id, accountKey, reason: 'changed-meanwhile' })
}

async function recordRefusal(
  { auditLog, clock }: Pick<AttemptServices, 'auditLog' | 'clock'>,
  { event, client, session }: Pick<PasswordAttempt, 'event' | 'client' | 'session'>,
  refused: { readonly subjectId: string | null; readonly accountKey: string; readonly reason: string },
): Promise<void> {
  await auditLog.record({
    at: clock(),
    event,
    outcome: 'refused',
    reason: refused.reason,
    actorId: session?.userId ?? null,
    subjectId: refused.subjectId,
    accountKey: refused.accountKey,
    sessionId: session?.sessionId ?? null,
    mode: session?.mode ?? null,
    client,
  })
}

/** The account and the hash that the password matched, or why not. One hash, whatever the answer. */
async function checkPassword(
  { passwords, log }: Pick<AttemptServices, 'passwords' | 'log'>,
  found: UserCredentials | null,
  password: string,
): Promise<{ user: User; passwordHash: string } | { reason: string }> {
  if (!found || found.passwordHash === null) {
    await passwords.verifyNothing(password)
    return { reason: found ? 'no-password' : 'unknown-account' }
  }
  const verified = await passwords.verify(password, found.passwordHash)
  if (verified === 'unusable') log('password-hash-unusable', { user_id: found.user.id })
  if (verified !== 'match') return { reason: verified === 'unusable' ? 'unusable-hash' : 'wrong-password' }
  if (found.disabled) return { reason: 'account-disabled' }
  return { user: found.user, passwordHash: found.passwordHash }
}
