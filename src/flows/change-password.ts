import { deviceProof } from '../devices/device'
import type { PasswordPolicy, PasswordRefusal } from '../passwords/password-policy'
import type { RequestSource } from '../request-source/request-source'
import { addProof } from '../sessions/assurance'
import { deleteCachedCopies } from '../sessions/delete-cached-copies'
import {
  type AttemptServices,
  attemptPassword,
  type NoPassword,
  type RefusedAttempt,
  recordChangedMeanwhile,
} from './sign-in/attempt-password'
import {
  type IssueServices,
  issueCredentials,
  prepareSession,
  type SignedIn,
} from './sign-in/prepared-session'
import type { OwnSession } from './sign-out'

export interface ChangePasswordServices extends IssueServices, AttemptServices {
  readonly passwordPolicy: PasswordPolicy
}

export type PasswordChange =
  | { readonly outcome: 'changed'; readonly signedIn: SignedIn }
  | RefusedAttempt
  | NoPassword
  | { readonly outcome: 'password-refused'; readonly refusal: PasswordRefusal }

/**
 * Changes the password, ends every session of the account, forgets its devices, and starts a new session on a new device for who
 * did it.
 *
 * @throws {StoreUnavailable} Also when the password was changed but the cached copy of an ended session could not be
 * deleted; the detail says so.
 */
export async function changePassword(
  services: ChangePasswordServices,
  session: OwnSession,
  input: { readonly currentPassword: string; readonly newPassword: string; readonly source: RequestSource },
): Promise<PasswordChange> {
  const { users, passwords, sessionCache, clock } = services
  const { userId, sessionId, mode } = session
  const { currentPassword, newPassword, source } = input

  const account = await users.findWithSession(sessionId, clock())
  if (!account) return { outcome: 'refused' }
  if (account.passwordHash === null) return { outcome: 'no-password' }
  const { user, canonicalEmail } = account
  // First, for it tells nothing of the current password: a bad choice is no failed attempt.
  const refusal = await services.passwordPolicy.check(newPassword, user)
  if (refusal) return { outcome: 'password-refused', refusal }

  const attempt = {
    canonicalEmail,
    password: currentPassword,
    event: 'password-changed',
    source,
    deviceIds: [],
    session,
  } as const
  const attempted = await attemptPassword(services, attempt)
  if (attempted.outcome !== 'proven') return attempted

  const newHash = await passwords.hash(newPassword)
  const now = clock()
  const methods = addProof(account.session.methods, { method: 'pwd', at: now })
  const prepared = await prepareSession(services, { userId, mode, methods, source, now }, null)
  const changed = await users.changePassword({
    ...attempted.proof,
    newHash,
    prepared,
    device: deviceProof([]),
  })
  // Someone else changed it first: what was the current password no longer is.
  if (!changed) {
    await recordChangedMeanwhile(services, attempt, attempted)
    return { outcome: 'refused' }
  }
  await deleteCachedCopies(sessionCache, changed.ended)
  return {
    outcome: 'changed',
    signedIn: await issueCredentials(services, prepared, { ...user, roles: changed.roles }, changed.deviceId),
  }
}
