import type { RequestSource } from '../request-source/request-source'
import { deleteCachedCopies } from '../sessions/delete-cached-copies'
import type { RememberedSessionCache } from '../sessions/session-cache'
import {
  type AttemptServices,
  attemptPassword,
  type NoPassword,
  type RefusedAttempt,
  recordChangedMeanwhile,
} from './sign-in/attempt-password'
import type { OwnSession } from './sign-out'

export type AccountDeletion = { readonly outcome: 'deleted' } | RefusedAttempt | NoPassword

/**
 * Deletes an account and ends its sessions.
 *
 * @throws {StoreUnavailable} Also when the account was deleted but the cached copy of a session could not be; the
 * detail says so.
 */
export async function deleteAccount(
  services: AttemptServices & { readonly sessionCache: RememberedSessionCache },
  session: OwnSession,
  { password, source }: { readonly password: string; readonly source: RequestSource },
): Promise<AccountDeletion> {
  const { users, sessionCache, clock } = services
  const { userId, sessionId, mode } = session
  const account = await users.findById(userId)
  if (!account) return { outcome: 'refused' }
  // guard: an account without a password is not deleted by a session alone
  if (account.passwordHash === null) return { outcome: 'no-password' }
  const { canonicalEmail } = account
  const attempt = {
    canonicalEmail,
    password,
    event: 'account-deleted',
    source,
    deviceIds: [],
    session,
  } as const
  const attempted = await attemptPassword(services, attempt)
  if (attempted.outcome !== 'proven') return attempted
  const deletion = { ...attempted.proof, userId, session: { id: sessionId, mode } }
  const ended = await users.delete(deletion, clock())
  if (!ended) {
    await recordChangedMeanwhile(services, attempt, attempted)
    return { outcome: 'refused' }
  }
  await deleteCachedCopies(sessionCache, ended)
  return { outcome: 'deleted' }
}
