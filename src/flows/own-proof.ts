import type { UserCredentials } from '../identity/user'
import type { OwnProof } from '../identity/user-store'
import {
  type AttemptedPassword,
  type AttemptServices,
  attemptPassword,
  type NoPassword,
  type PasswordAttempt,
  type RefusedAttempt,
  recordChangedMeanwhile,
} from './sign-in/attempt-password'

/** What came with a request to change one's own account. */
export interface PresentedProof {
  /** `null`: none was sent. */
  readonly password: string | null
  /** Whether the person proved who they are a moment ago. */
  readonly recent: boolean
}

/** Nothing that came with the request proves enough: step up first. */
export type NotRecent = { readonly outcome: 'not-recent' }

export type ProvenOwner = {
  readonly outcome: 'proven'
  readonly proof: OwnProof
  /** Whether it was the password that proved it. */
  readonly byPassword: boolean
  /** Records that the account changed meanwhile, so that nothing came of it. */
  readonly recordChangedMeanwhile: () => Promise<void>
}

/**
 * Checks that whoever changes an account is its owner: by a proof of the last minutes, or by the password in the request, where the account
 * takes nothing besides to sign in (docs/explain/decisions/0074). @throws {StoreUnavailable}
 */
export async function proveOwner(
  services: AttemptServices,
  { canonicalEmail, passwordHash, secondFactor }: UserCredentials,
  { password, recent }: PresentedProof,
  { event, source, session }: Pick<PasswordAttempt, 'event' | 'source' | 'session'>,
): Promise<ProvenOwner | RefusedAttempt | NoPassword | NotRecent> {
  if (password === null) {
    // guard: without a password an account is changed by a recent proof alone
    if (!recent) return { outcome: 'not-recent' }
    const proof = { passwordHash, reserved: null, source }
    return { outcome: 'proven', proof, byPassword: false, recordChangedMeanwhile: async () => {} }
  }
  if (passwordHash === null) return { outcome: 'no-password' }
  // guard: a password alone does not change an account that takes a second factor
  if (secondFactor && !recent) return { outcome: 'not-recent' }
  const attempt = { canonicalEmail, password, event, source, deviceIds: [], session }
  const attempted: AttemptedPassword = await attemptPassword(services, attempt)
  if (attempted.outcome !== 'proven') return attempted
  return {
    outcome: 'proven',
    proof: attempted.proof,
    byPassword: true,
    recordChangedMeanwhile: () => recordChangedMeanwhile(services, attempt, attempted),
  }
}
