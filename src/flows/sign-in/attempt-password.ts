import { type AuditEventName, auditEvent } from '../../audit/audit-event'
import type { SecondFactor, User, UserCredentials } from '../../identity/user'
import type { Proof, UserStore } from '../../identity/user-store'
import type { PasswordHasher } from '../../passwords/password-hash'
import type { RequestSource } from '../../request-source/request-source'
import type { Clock } from '../../runtime/clock'
import type { Log } from '../../runtime/log'
import type { Mode } from '../../sessions/mode'
import type { AccountKeys } from '../../throttling/account-key'
import type { Attempter, ChosenBudget } from '../../throttling/attempt-budget'
import { type Source, sourcesOf } from '../../throttling/source-limit'
import type { Turn } from '../../throttling/turns'
import type { AttemptStore } from '../attempt-store'

export interface AttemptServices {
  readonly users: UserStore
  readonly attempts: AttemptStore
  readonly passwords: PasswordHasher
  readonly accountKeys: AccountKeys
  /** Requires a proven address for signing in. */
  readonly verifiedOnly: boolean
  readonly clock: Clock
  readonly log: Log
}

/** A password somebody gave, and what for. */
export interface PasswordAttempt {
  readonly canonicalEmail: string
  readonly password: string
  /** Names the event that a right password leads to; a refusal is recorded under this name. */
  readonly event: AuditEventName
  readonly source: RequestSource
  /** Ids of the genuine device credentials that came along. */
  readonly deviceIds: readonly string[]
  /** The live session from which it was given, if from one. */
  readonly session: { readonly userId: string; readonly sessionId: string; readonly mode: Mode } | null
  /** Rather than be refused, the attempt waits for those in flight at the same budget. */
  readonly turn?: Turn
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
  | {
      readonly outcome: 'proven'
      readonly user: User
      readonly proof: Proof
      readonly secondFactor: SecondFactor | null
      readonly hasPasskeys: boolean
    }
  | RefusedAttempt

/**
 * Checks a password: the only way to, on every path, so that each attempt is counted against one budget: of the session that it is
 * made in, of a device of the account, or of the account's strangers.
 *
 * The attempt is counted before the hash is computed. Every refusal costs one hash of the current cost and two trips to the
 * store, and is recorded: an unknown address, a wrong password, a disabled account and one without a password cannot be
 * told apart. Of what is refused while a budget has to wait, one record
 * is kept for each wait. A source that has spent too much is refused after one trip, and not recorded. @throws {StoreUnavailable}
 */
export async function attemptPassword(
  services: AttemptServices,
  attempt: PasswordAttempt,
): Promise<AttemptedPassword> {
  const { attempts, accountKeys, clock, log } = services
  const { canonicalEmail, password, source, deviceIds, session, turn } = attempt
  const accountKey = await accountKeys(canonicalEmail)
  const sources = await sourcesOf(accountKeys, source)
  const attempter: Attempter =
    session === null
      ? { in: 'open', accountKey, deviceIds, sources }
      : { in: 'session', sessionId: session.sessionId }

  turn?.enter([accountKey, ...deviceIds])
  const reserve = () => attempts.reserve({ canonicalEmail, attempter, now: clock() })
  let reservation = await reserve()
  while (reservation.outcome === 'throttled' && (await turn?.othersEnd(reservation.budget.key))) {
    reservation = await reserve()
  }
  if (reservation.outcome === 'source-throttled') {
    const { retryAfterSeconds } = reservation
    log('client-throttled', { request_id: source.requestId })
    return { outcome: 'throttled', retryAfterSeconds }
  }
  const { account, budget } = reservation
  const refused = { accountKey, sources, subjectId: account?.user.id ?? null, budget }
  if (reservation.outcome === 'throttled') {
    await recordRefusal(services, attempt, { ...refused, reason: 'throttled' })
    return { outcome: 'throttled', retryAfterSeconds: reservation.retryAfterSeconds }
  }
  // guard: sign-ins at once with the right password wait for each other
  turn?.begin(budget.key)
  const checked = await verifyPassword(services, account, password)
  if ('reason' in checked) {
    await recordRefusal(services, attempt, { ...refused, reason: checked.reason })
    return { outcome: 'refused' }
  }
  // Whoever is signed in already may use the password all the same.
  // guard: where addresses are to be proven nobody signs in before
  if (services.verifiedOnly && session === null && !checked.user.emailVerified) {
    await recordRefusal(services, attempt, { ...refused, reason: 'address-not-proven' })
    return { outcome: 'refused' }
  }
  const { blockedUntil } = reservation
  const proof = { passwordHash: checked.passwordHash, reserved: { budget, blockedUntil }, source }
  const { secondFactor = null, hasPasskeys = false } = account ?? {}
  return { outcome: 'proven', user: checked.user, proof, secondFactor, hasPasskeys }
}

/** Records that a password was right and that what it was given for did not come about: the account changed meanwhile. */
export async function recordChangedMeanwhile(
  services: AttemptServices,
  attempt: PasswordAttempt,
  { user, proof }: Extract<AttemptedPassword, { outcome: 'proven' }>,
): Promise<void> {
  const { accountKeys } = services
  await recordRefusal(services, attempt, {
    accountKey: await accountKeys(attempt.canonicalEmail),
    sources: await sourcesOf(accountKeys, attempt.source),
    subjectId: user.id,
    budget: proof.reserved.budget,
    reason: 'changed-meanwhile',
  })
}

/** Records a refusal, and charges for it whoever has to pay, in one transaction. */
async function recordRefusal(
  { attempts, clock }: Pick<AttemptServices, 'attempts' | 'clock'>,
  { event, source, session }: Pick<PasswordAttempt, 'event' | 'source' | 'session'>,
  refused: {
    readonly accountKey: string
    readonly sources: readonly Source[]
    readonly subjectId: string | null
    readonly budget: ChosenBudget
    readonly reason: string
  },
): Promise<void> {
  const { accountKey, sources, subjectId, budget, reason } = refused
  const refusal = auditEvent(event, {
    at: clock(),
    reason,
    actorId: session?.userId ?? null,
    subjectId,
    accountKey,
    sessionId: session?.sessionId ?? null,
    mode: session?.mode ?? null,
    source,
  })
  await attempts.refuse(refusal, { budget, sources })
}

/** Returns the account and the hash that the password matched, or why not. Computes one hash, whatever the answer. */
async function verifyPassword(
  { passwords, log }: Pick<AttemptServices, 'passwords' | 'log'>,
  account: UserCredentials | null,
  password: string,
): Promise<{ user: User; passwordHash: string } | { reason: string }> {
  if (!account || account.passwordHash === null) {
    // guard: an unknown address costs a hash
    await passwords.verifyNothing(password)
    return { reason: account ? 'no-password' : 'unknown-account' }
  }
  const verified = await passwords.verify(password, account.passwordHash)
  if (verified === 'unusable') log('password-hash-unusable', { user_id: account.user.id })
  if (verified !== 'match') return { reason: verified === 'unusable' ? 'unusable-hash' : 'wrong-password' }
  if (account.disabled) return { reason: 'account-disabled' }
  return { user: account.user, passwordHash: account.passwordHash }
}
