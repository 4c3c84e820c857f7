import { auditEvent } from '../audit/audit-event'
import type { AuditLog } from '../audit/audit-log'
import type { EmailAddress } from '../identity/email-address'
import { newUser } from '../identity/user'
import type { PasswordPolicy, PasswordRefusal } from '../passwords/password-policy'
import type { RequestSource } from '../request-source/request-source'
import { sourcesOf } from '../throttling/source-limit'
import { REPEAT_SECONDS, type RequestIdentity } from './repetition'
import { type ResumeServices, resumeSession } from './resume-session'
import { type AttemptServices, attemptPassword } from './sign-in/attempt-password'
import {
  type Arrival,
  type Begun,
  beginSignIn,
  factorDue,
  type ProvenAccount,
  type WayInServices,
} from './sign-in/way-in'

export interface RegisterServices extends ResumeServices, AttemptServices, WayInServices {
  readonly passwordPolicy: PasswordPolicy
  readonly auditLog: AuditLog
}

export interface RegistrationInput extends Arrival {
  readonly email: EmailAddress
  readonly password: string
  readonly name: string | null
}

export type Registration =
  /** Says that the first sign-in waits until a second factor is set up, because the account must have one. */
  | Begun
  | { readonly outcome: 'account-exists' }
  | { readonly outcome: 'throttled'; readonly retryAfterSeconds: number }
  | { readonly outcome: 'password-refused'; readonly refusal: PasswordRefusal }

/**
 * Makes an account and signs its owner in, as far as that goes without a second factor where one is required. The same request, seconds later or at once, gets the same session.
 *
 * @throws {StoreUnavailable}
 */
export async function register(services: RegisterServices, input: RegistrationInput): Promise<Registration> {
  const { users, attempts, accountKeys, passwords, clock } = services
  const { email, password, name, source } = input

  const refusal = await services.passwordPolicy.check(password, { email: email.address, name })
  if (refusal) return { outcome: 'password-refused', refusal }

  // Before the hash: it is the dearest thing that a stranger can ask for.
  const sources = await sourcesOf(accountKeys, source)
  const canonicalEmail = email.canonical
  const reserved = await attempts.reserveRegistration({ canonicalEmail, sources, now: clock() })
  if (reserved.outcome === 'source-throttled') {
    services.log('client-throttled', { request_id: source.requestId })
    return { outcome: 'throttled', retryAfterSeconds: reserved.retryAfterSeconds }
  }
  if (reserved.outcome === 'taken') {
    const isNew = reserved.createdAt >= clock() - REPEAT_SECONDS
    return isNew ? repeatRegistration(services, input) : refuseTaken(services, { canonicalEmail, source })
  }
  const passwordHash = await passwords.hash(password)
  const now = clock()
  const user = newUser({ email: email.address, emailVerified: false, name }, now)
  const account = { user, canonicalEmail }
  const proven: ProvenAccount = {
    user,
    proof: { method: 'pwd', at: now },
    secondFactor: null,
    hasPasskeys: false,
    // Whether the address is still free is decided by the constraint, in the statement that takes it.
    hold: (pending, holding) => holding.holdRegistration(account, { passwordHash, pending, source }),
    start: (start) => users.create(account, { ...start, passwordHash, source }),
  }
  const begun = await beginSignIn(services, proven, input, identityOf(user.id, passwordHash))
  return begun ?? repeatRegistration(services, input)
}

/**
 * Answers for an address that was registered seconds ago: whoever knows the password gets the session that the registration started, or
 * another sign-in that waits. An attempt at that password, and counted as one.
 */
async function repeatRegistration(
  services: RegisterServices,
  input: RegistrationInput,
): Promise<Registration> {
  const { email, password, mode, source, deviceIds } = input
  const canonicalEmail = email.canonical
  const attempt = { canonicalEmail, password, event: 'account-registered', source, deviceIds } as const
  const attempted = await attemptPassword(services, { ...attempt, session: null })
  if (attempted.outcome !== 'proven') return { outcome: 'account-exists' }
  const { user, proof } = attempted
  if (factorDue(services.factorPolicy, attempted) !== null) {
    const again: ProvenAccount = {
      ...attempted,
      proof: { method: 'pwd', at: services.clock() },
      hold: (pending, holding) => holding.holdPassword({ ...proof, pending, rehashed: null }),
      start: async () => null,
    }
    const begun = await beginSignIn(services, again, input, null)
    return begun ?? refuseTaken(services, { canonicalEmail, source })
  }
  const signedIn = await resumeSession(services, mode, identityOf(user.id, proof.passwordHash), deviceIds)
  if (!signedIn) return refuseTaken(services, { canonicalEmail, source })
  await services.attempts.takeBack(proof.reserved, { sessionId: signedIn.session.id })
  return { outcome: 'signed-in', signedIn }
}

/** Returns what identifies a registration: an account is registered once, and its id is never used again. */
function identityOf(userId: string, passwordHash: string): RequestIdentity {
  return ['register', userId, passwordHash]
}

async function refuseTaken(
  { auditLog, accountKeys, clock }: Pick<RegisterServices, 'auditLog' | 'accountKeys' | 'clock'>,
  { canonicalEmail, source }: { readonly canonicalEmail: string; readonly source: RequestSource },
): Promise<{ readonly outcome: 'account-exists' }> {
  const accountKey = await accountKeys(canonicalEmail)
  const refusal = { at: clock(), reason: 'account-exists', accountKey, source }
  await auditLog.record(auditEvent('account-registered', refusal))
  return { outcome: 'account-exists' }
}
