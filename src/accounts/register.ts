import type { AuditLog } from '../audit/audit-log'
import type { Client } from '../client'
import type { Clock } from '../clock'
import { deviceProof } from '../devices/device'
import type { Mode } from '../mode'
import type { PasswordHasher } from '../passwords/password-hash'
import { checkPassword, type PasswordRefusal } from '../passwords/password-policy'
import { deleteCachedCopiesOrLeaveToSweep } from '../sessions/delete-cached-copies'
import type { PresentedSession } from '../sessions/session-store'
import type { AccountKeys } from '../throttling/account-key'
import { sourcesOf } from '../throttling/source-limit'
import type { AttemptStore } from './attempt-store'
import type { EmailAddress } from './email-address'
import { passwordContext } from './password-context'
import { type GrantServices, grantSession, prepareSession, type SignedIn } from './prepared-session'
import { newUser } from './user'
import type { UserStore } from './user-store'

export interface RegisterServices extends GrantServices {
  readonly users: UserStore
  readonly attempts: AttemptStore
  readonly accountKeys: AccountKeys
  readonly passwords: PasswordHasher
  readonly passwordMinLength: number
  readonly serviceHost: string
  readonly auditLog: AuditLog
  readonly clock: Clock
}

export type Registration =
  | { readonly outcome: 'registered'; readonly signedIn: SignedIn }
  | { readonly outcome: 'account-exists' }
  | { readonly outcome: 'throttled'; readonly retryAfterSeconds: number }
  | { readonly outcome: 'password-refused'; readonly refusal: PasswordRefusal }

/** Makes an account and signs its owner in. @throws {StoreUnavailable} */
export async function register(
  services: RegisterServices,
  input: {
    readonly email: EmailAddress
    readonly password: string
    readonly name: string | null
    readonly mode: Mode
    readonly client: Client
    readonly presented: readonly PresentedSession[]
    readonly deviceIds: readonly string[]
  },
): Promise<Registration> {
  const { users, attempts, accountKeys, passwords, clock } = services
  const { email, password, name, mode, client, presented, deviceIds } = input

  const context = passwordContext({ email: email.address, name }, services.serviceHost)
  const refusal = await checkPassword(password, { minLength: services.passwordMinLength, context })
  if (refusal) return { outcome: 'password-refused', refusal }

  // Before the hash: it is the dearest thing that a stranger can ask for.
  const sources = await sourcesOf(accountKeys, client)
  const canonicalEmail = email.canonical
  const reserved = await attempts.reserveRegistration({ canonicalEmail, sources, now: clock() })
  if (reserved.outcome === 'source-throttled') {
    services.log('client-throttled', { request_id: client.requestId })
    return { outcome: 'throttled', retryAfterSeconds: reserved.retryAfterSeconds }
  }
  if (reserved.outcome === 'taken') return refuseTaken(services, { canonicalEmail, client })
  const passwordHash = await passwords.hash(password)
  const now = clock()
  const user = newUser({ email: email.address, emailVerified: false, name }, now)
  const prepared = await prepareSession(services, { userId: user.id, mode, amr: 'pwd', client, now })
  // Whether the address is still free is decided by the constraint, in the statement that takes it.
  const device = deviceProof(deviceIds)
  const started = await users.create(
    { user, canonicalEmail },
    { prepared, passwordHash, client, presented, device },
  )
  if (!started) return refuseTaken(services, { canonicalEmail, client })
  await deleteCachedCopiesOrLeaveToSweep(services, started.ended)
  return {
    outcome: 'registered',
    signedIn: await grantSession(services, prepared, user, started.deviceId),
  }
}

async function refuseTaken(
  { auditLog, accountKeys, clock }: Pick<RegisterServices, 'auditLog' | 'accountKeys' | 'clock'>,
  { canonicalEmail, client }: { readonly canonicalEmail: string; readonly client: Client },
): Promise<{ readonly outcome: 'account-exists' }> {
  const accountKey = await accountKeys(canonicalEmail)
  const refused = { outcome: 'refused', reason: 'account-exists', accountKey, client } as const
  const nobody = { actorId: null, subjectId: null, sessionId: null, mode: null } as const
  await auditLog.record({ at: clock(), event: 'account-registered', ...refused, ...nobody })
  return { outcome: 'account-exists' }
}
