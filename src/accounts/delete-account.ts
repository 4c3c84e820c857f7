import type { Clock } from '../clock'
import { deleteCachedCopies } from '../sessions/delete-cached-copies'
import type { SessionCache } from '../sessions/session-cache'
import type { UserStore } from './user-store'
import { type VerifyPasswordServices, verifyPassword } from './verify-password'

/**
 * Deletes an account and ends its sessions. `false`, and nothing done, if the password is wrong.
 *
 * @throws {StoreUnavailable} Also when the account was deleted but the cached copy of a session could not be; the
 * detail says so.
 */
export async function deleteAccount(
  services: VerifyPasswordServices & {
    readonly users: UserStore
    readonly sessionCache: SessionCache
    readonly clock: Clock
  },
  { userId }: { readonly userId: string },
  password: string,
): Promise<boolean> {
  const found = await services.users.findById(userId)
  const passwordHash = await verifyPassword(services, found, password)
  if (passwordHash === null) return false
  const ended = await services.users.delete({ userId, passwordHash }, services.clock())
  if (!ended) return false
  await deleteCachedCopies(services.sessionCache, ended)
  return true
}
