import type { UserCredentials } from '../identity/user'
import type { OwnProof } from '../identity/user-store'
import { type FactorPolicy, requiresFactor } from '../sessions/factor-policy'
import {
  type AttemptedPassword,
  type AttemptServices,
  attemptPassword,
  type NoPassword,
  type PasswordAttempt,
  type RefusedAttempt,
  recordChangedMeanwhile,
} from './sign-in/attempt-password'

/** Describes what came with a request to change one's own account. */
export interface PresentedProof {
  /** `null`: none was sent. */
  readonly password: string | null
  /** Says whether the person proved who they are a moment ago. */
  readonly recent: boolean
}

/** Nothing that came with the request proves enough: step up first. */
export type NotRecent = { readonly outcome: 'not-recent' }

export type ProvenOwner = {
  readonly outcome: 'proven'
  readonly proof: OwnProof
  /** Says whether it was the password that proved it. */
  readonly byPassword: boolean
  /** Records that the account changed meanwhile, so that nothing came of it. */
  readonly recordChangedMeanwhile: () => Promise<void>
}

/** The account has a password, and the request has none. */
export type PasswordMissing = { readonly outcome: 'password-missing' }

/** The request lacks nothing: its password, if the account has one, may be looked at. */
export type CompleteProof = {
  readonly outcome: 'complete'
  readonly account: UserCredentials
  readonly password: string | null
}

/** Returns what a request lacks, or that it is complete. Its password is not looked at, and nothing is counted. */
export function completeProof(
  { factorPolicy }: ProofServices,
  account: UserCredentials,
  presented: PresentedProof,
): CompleteProof | NoPassword | PasswordMissing | NotRecent {
  const lack = lackOf(account, presented, takesTwoProofs(factorPolicy, account))
  return lack ?? { outcome: 'complete', account, password: presented.password }
}

/** Holds what decides how much a change of an account takes. */
export interface ProofServices {
  readonly factorPolicy: FactorPolicy
}

/** Returns whether a change takes a proof of the last minutes beside the password: the account has a second factor, or must have one. */
export function takesTwoProofs(
  policy: FactorPolicy,
  { user, secondFactor }: Pick<UserCredentials, 'user' | 'secondFactor'>,
): boolean {
  // guard: a passkey that is the second factor is asked for beside the password
  return secondFactor !== null || requiresFactor(policy, user.roles)
}

function lackOf(
  { passwordHash }: UserCredentials,
  { password, recent }: PresentedProof,
  takesTwo: boolean,
): NoPassword | PasswordMissing | NotRecent | null {
  if (passwordHash === null) {
    if (password !== null) return { outcome: 'no-password' }
    // guard: without a password an account is changed by a recent proof alone
    return recent ? null : { outcome: 'not-recent' }
  }
  // guard: an account that has a password is changed with it
  if (password === null) return { outcome: 'password-missing' }
  // guard: a password alone does not change an account that takes a second factor
  return takesTwo && !recent ? { outcome: 'not-recent' } : null
}

/**
 * Checks that whoever changes an account is its owner: by its password, however recent the sign-in; by a proof of the last minutes where it
 * has none; by both where it takes a second factor (docs/explain/decisions/0074). @throws {StoreUnavailable}
 */
export async function proveOwner(
  services: AttemptServices,
  { account, password }: CompleteProof,
  { event, source, session }: Pick<PasswordAttempt, 'event' | 'source' | 'session'>,
): Promise<ProvenOwner | RefusedAttempt> {
  const { canonicalEmail, passwordHash } = account
  if (password === null) {
    const proof = { passwordHash, reserved: null, source }
    return { outcome: 'proven', proof, byPassword: false, recordChangedMeanwhile: async () => {} }
  }
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
