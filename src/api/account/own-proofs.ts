import { takesSecondFactor } from '../../flows/step-up'
import type { Principal } from '../../guards/principal'
import type { User } from '../../identity/user'
import type { Services } from '../../services'

/** Describes what somebody can prove again who they are by. `link`: a sign-in link, which begins another session. */
export type ProofKind = 'password' | 'totp' | 'recovery-code' | 'passkey' | 'link'

/**
 * Returns the account of a session and what renews its proof: after two factors the second, or a passkey; otherwise whatever proves the
 * account. `null` if the session is over. @throws {StoreUnavailable}
 */
export async function findProofs(
  services: Services,
  { userId, sessionId }: Pick<Principal, 'userId' | 'sessionId'>,
): Promise<{ readonly user: User; readonly proofs: readonly ProofKind[] } | null> {
  const { users, passkeyPart, secondFactorPart, mail, clock } = services
  const account = await users.findWithSession(sessionId, clock())
  if (!account) return null
  const { user, passwordHash, secondFactor } = account
  const owned = passkeyPart?.relyingParty ? await passkeyPart.passkeys.list(userId) : []
  const passkey = owned.length > 0 ? (['passkey'] as const) : []
  if (takesSecondFactor(account)) {
    const app =
      secondFactor && secondFactorPart
        ? ([...(secondFactor.totp ? ['totp'] : []), 'recovery-code'] as const)
        : []
    return { user, proofs: [...app, ...passkey] as readonly ProofKind[] }
  }
  const password = passwordHash === null ? [] : (['password'] as const)
  // A link that proves an address for the first time drops the password, so it is no way to prove oneself again.
  const mailed = mail?.delivery && (user.emailVerified || passwordHash === null) ? (['link'] as const) : []
  return { user, proofs: [...password, ...passkey, ...mailed] }
}
