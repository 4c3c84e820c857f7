import { deviceProof } from '../devices/device'
import type { OwnAccountStore } from '../identity/own-account-store'
import type { PasswordPolicy, PasswordRefusal } from '../passwords/password-policy'
import type { RequestSource } from '../request-source/request-source'
import { addProof } from '../sessions/assurance'
import { deleteCachedCopies } from '../sessions/delete-cached-copies'
import {
  completeProof,
  type NotRecent,
  type PasswordMissing,
  type PresentedProof,
  proveOwner,
} from './own-proof'
import type { AttemptServices, NoPassword, RefusedAttempt } from './sign-in/attempt-password'
import {
  type IssueServices,
  issueCredentials,
  prepareSession,
  type SignedIn,
} from './sign-in/prepared-session'
import type { OwnSession } from './sign-out'
import { hasFactor } from './step-up'

export interface ChangePasswordServices extends IssueServices, AttemptServices {
  readonly ownAccounts: OwnAccountStore
  readonly passwordPolicy: PasswordPolicy
}

export type PasswordChange =
  | { readonly outcome: 'changed'; readonly signedIn: SignedIn }
  | RefusedAttempt
  | NoPassword
  | NotRecent
  /** The account has a password, and it was not sent. */
  | PasswordMissing
  | { readonly outcome: 'password-refused'; readonly refusal: PasswordRefusal }

/**
 * Changes the password, or sets the first one; ends every session of the account, forgets its devices, and starts a new session on a new device for who
 * did it.
 *
 * @throws {StoreUnavailable} Also when the password was changed but the cached copy of an ended session could not be
 * deleted; the detail says so.
 */
export async function changePassword(
  services: ChangePasswordServices,
  session: OwnSession,
  input: PresentedProof & { readonly newPassword: string; readonly source: RequestSource },
): Promise<PasswordChange> {
  const { users, ownAccounts, passwords, sessionCache, clock } = services
  const { userId, sessionId, mode } = session
  const { password, recent, newPassword, source } = input

  const account = await users.findWithSession(sessionId, clock())
  if (!account) return { outcome: 'refused' }
  const complete = completeProof(services, account, { password, recent })
  if (complete.outcome !== 'complete') return complete
  const { user } = account
  // First, for it tells nothing of the current password: a bad choice is no failed attempt.
  const refusal = await services.passwordPolicy.check(newPassword, user)
  if (refusal) return { outcome: 'password-refused', refusal }

  const by = { event: 'password-changed', source, session } as const
  const proven = await proveOwner(services, complete, by)
  if (proven.outcome !== 'proven') return proven

  const newHash = await passwords.hash(newPassword)
  const now = clock()
  // guard: a level whose factor is gone ends with a new password
  const before = hasFactor(account) || !proven.byPassword ? account.session.methods : []
  // A first password was chosen, and proves nothing.
  const methods = proven.byPassword ? addProof(before, { method: 'pwd', at: now }) : before
  const prepared = await prepareSession(services, { userId, mode, methods, source, now }, null)
  const changed = await ownAccounts.changePassword({
    ...proven.proof,
    newHash,
    prepared,
    device: deviceProof([]),
  })
  // Someone else changed it first: what was the current password no longer is.
  if (!changed) {
    await proven.recordChangedMeanwhile()
    return { outcome: 'refused' }
  }
  services.sendMail(changed.mailIds)
  await deleteCachedCopies(sessionCache, changed.ended)
  return {
    outcome: 'changed',
    signedIn: await issueCredentials(services, prepared, { ...user, roles: changed.roles }, changed.deviceId),
  }
}
