import type { OwnAccountStore } from '../identity/own-account-store'
import type { RequestSource } from '../request-source/request-source'
import { deleteCachedCopies } from '../sessions/delete-cached-copies'
import type { RememberedSessionCache } from '../sessions/session-cache'
import {
  completeProof,
  type NotRecent,
  type PasswordMissing,
  type PresentedProof,
  type ProofServices,
  proveOwner,
} from './own-proof'
import type { AttemptServices, NoPassword, RefusedAttempt } from './sign-in/attempt-password'
import type { OwnSession } from './sign-out'

export type AccountDeletion =
  | { readonly outcome: 'deleted' }
  | RefusedAttempt
  | NoPassword
  | PasswordMissing
  | NotRecent
  /** Nobody else has the role of administrators. */
  | { readonly outcome: 'last-administrator' }

/**
 * Deletes an account and ends its sessions.
 *
 * @throws {StoreUnavailable} Also when the account was deleted but the cached copy of a session could not be; the
 * detail says so.
 */
export async function deleteAccount(
  services: AttemptServices &
    ProofServices & {
      readonly ownAccounts: OwnAccountStore
      readonly sessionCache: RememberedSessionCache
    },
  session: OwnSession,
  { source, ...presented }: PresentedProof & { readonly source: RequestSource },
): Promise<AccountDeletion> {
  const { users, ownAccounts, sessionCache, clock } = services
  const { userId, sessionId, mode } = session
  const account = await users.findById(userId)
  if (!account) return { outcome: 'refused' }
  const complete = completeProof(services, account, presented)
  if (complete.outcome !== 'complete') return complete
  // Looked at before a password is. The statement that deletes looks again.
  // guard: the last administrator is told so, and no attempt counts
  if (account.user.roles.length > 0 && (await ownAccounts.isLastAdministrator(userId)))
    return { outcome: 'last-administrator' }
  const by = { event: 'account-deleted', source, session } as const
  const proven = await proveOwner(services, complete, by)
  if (proven.outcome !== 'proven') return proven
  const deletion = { ...proven.proof, userId, session: { id: sessionId, mode } }
  const ended = await ownAccounts.delete(deletion, clock())
  if (!ended) {
    await proven.recordChangedMeanwhile()
    return { outcome: 'refused' }
  }
  await deleteCachedCopies(sessionCache, ended)
  return { outcome: 'deleted' }
}
