import type { Clock } from '../clock'
import type { Mode } from '../config'
import { checkPassword, type PasswordRefusal } from '../passwords/password-policy'
import { deleteCachedCopies } from '../sessions/delete-cached-copies'
import type { Client, SessionLifetimes } from '../sessions/session'
import { passwordContext } from './password-context'
import { type GrantServices, grantSession, prepareSession, type SignedIn } from './prepared-session'
import type { UserStore } from './user-store'
import { type VerifyPasswordServices, verifyPassword } from './verify-password'

export interface ChangePasswordServices extends GrantServices, VerifyPasswordServices {
  readonly users: UserStore
  readonly lifetimes: SessionLifetimes
  readonly passwordMinLength: number
  readonly serviceHost: string
  readonly clock: Clock
}

export type PasswordChange =
  | { readonly outcome: 'changed'; readonly signedIn: SignedIn }
  | { readonly outcome: 'invalid-credentials' }
  | { readonly outcome: 'password-refused'; readonly refusal: PasswordRefusal }

/**
 * Changes the password, ends every session of the account, and starts a new one for who did it.
 *
 * @throws {StoreUnavailable} Also when the password was changed but the cached copy of an ended session could not be
 * deleted; the detail says so.
 */
export async function changePassword(
  services: ChangePasswordServices,
  principal: { readonly userId: string; readonly mode: Mode },
  input: { readonly currentPassword: string; readonly newPassword: string; readonly client: Client },
): Promise<PasswordChange> {
  const { users, passwords, lifetimes, sessionCache, clock } = services
  const { userId, mode } = principal

  const found = await users.findById(userId)
  const currentHash = await verifyPassword(services, found, input.currentPassword)
  if (!found || currentHash === null) return { outcome: 'invalid-credentials' }

  const context = passwordContext(found.user, services.serviceHost)
  const refusal = await checkPassword(input.newPassword, { minLength: services.passwordMinLength, context })
  if (refusal) return { outcome: 'password-refused', refusal }

  const newHash = await passwords.hash(input.newPassword)
  const prepared = await prepareSession(lifetimes, { userId, mode, client: input.client, now: clock() })
  const changed = await users.changePassword({ userId, currentHash, newHash, prepared })
  // Someone else changed it first: what was the current password no longer is.
  if (!changed) return { outcome: 'invalid-credentials' }
  await deleteCachedCopies(sessionCache, changed.ended)
  return { outcome: 'changed', signedIn: await grantSession(services, prepared, found.user) }
}
