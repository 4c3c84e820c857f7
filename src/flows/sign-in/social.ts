import type { EmailAddress } from '../../identity/email-address'
import { newUser } from '../../identity/user'
import type { Clock } from '../../runtime/clock'
import type { Log } from '../../runtime/log'
import { type IdentityOffer, newSecrets, OFFER_SECONDS, type SocialAttempt } from '../../social/attempt'
import type { IdentityStore, StoredIdentity } from '../../social/identity-store'
import type { Identity } from '../../social/provider'
import { type Arrival, type Begun, beginSignIn, type ProvenAccount, type WayInServices } from './way-in'

export interface SocialServices extends WayInServices {
  readonly identities: IdentityStore
  /** Requires a proven address of an account for signing in to it. */
  readonly verifiedOnly: boolean
  readonly clock: Clock
  readonly log: Log
}

export type SocialSignIn =
  | (Begun & { readonly isNew: boolean })
  /** An account has the address, and the provider has proven it: whoever signs in to the account may link the identity. */
  | { readonly outcome: 'account-exists'; readonly offer: IdentityOffer }
  /** Nobody has proven the address. Whether an account has it is not said. */
  | { readonly outcome: 'address-unproven'; readonly email: EmailAddress; readonly offer: IdentityOffer }
  | { readonly outcome: 'registration-closed' }
  /** The provider named no address, so no account can be made. */
  | { readonly outcome: 'no-address' }
  | { readonly outcome: 'refused' }

/** An identity that its provider has just vouched for, and the attempt that it came by. */
export interface SocialArrival extends Arrival {
  readonly identity: Identity
  readonly attempt: SocialAttempt
  /** Allows the flow to make an account. */
  readonly registers: boolean
}

/**
 * Signs in with an identity: to the account that it belongs to, by issuer and subject alone. An identity without an account gets a new one if
 * its provider has proven an address that no account has. An address that has an account links nothing: its owner signs in once, and links
 * the identity then (docs/guides/social-login.md).
 *
 * Two trips to the store: one finds the account, the other uses up the attempt and starts the session. @throws {StoreUnavailable}
 */
export async function signInWithIdentity(
  services: SocialServices,
  arrival: SocialArrival,
): Promise<SocialSignIn> {
  const begun = await signInOrRegister(services, arrival)
  // Somebody may have registered with it in between, in another tab.
  return begun ?? (await signInOrRegister(services, arrival)) ?? { outcome: 'refused' }
}

async function signInOrRegister(
  services: SocialServices,
  arrival: SocialArrival,
): Promise<SocialSignIn | null> {
  const { identities, verifiedOnly, clock } = services
  const { identity, attempt, registers, source } = arrival
  const { issuer, subject, email, emailProven } = identity
  const now = clock()
  // guard: the account of an identity is found by issuer and subject
  const { account, addressTaken } = await identities.find({ issuer, subject }, email?.canonical ?? null)
  const use = { issuer, subject, attempt, verifiedOnly, source, now }
  const proof = { method: 'social', at: now } as const
  if (account) {
    const { user, secondFactor, hasPasskeys } = account
    const proven: ProvenAccount = {
      user,
      proof,
      secondFactor,
      hasPasskeys,
      hold: (pending) => identities.holdSignIn({ ...use, pending }),
      start: (start) => identities.signIn({ ...use, ...start }),
    }
    const begun = await beginSignIn(services, proven, arrival, null)
    return begun && { ...begun, isNew: false }
  }
  if (email === null) return { outcome: 'no-address' }
  const offer = newOffer(arrival, email, now)
  // guard: an address links no identity to the account that has it
  if (addressTaken && emailProven) return { outcome: 'account-exists', offer }
  if (!registers) return { outcome: 'registration-closed' }
  // guard: an address that its provider has not proven makes no account
  if (!emailProven) return { outcome: 'address-unproven', email, offer }
  const user = newUser({ email: email.address, emailVerified: true, name: identity.name }, now)
  const stored = newIdentity(identity, { provider: attempt.provider, userId: user.id, now })
  const made = {
    account: { user, canonicalEmail: email.canonical },
    identity: { ...stored, lastUsedAt: now },
  }
  const proven: ProvenAccount = {
    user,
    proof,
    secondFactor: null,
    hasPasskeys: false,
    hold: (pending) => identities.registerHeld({ ...use, ...made, pending }),
    start: (begun) => identities.register({ ...use, ...begun, ...made }),
  }
  const begun = await beginSignIn(services, proven, arrival, null)
  return begun && { ...begun, isNew: true }
}

function newOffer(
  { identity, attempt }: SocialArrival,
  { address: email, canonical: canonicalEmail }: EmailAddress,
  now: number,
): IdentityOffer {
  const { issuer, subject } = identity
  const { provider, returnTo } = attempt
  const terms = { id: newSecrets().id, expiresAt: now + OFFER_SECONDS }
  return { ...terms, provider, issuer, subject, email, canonicalEmail, returnTo }
}

/** Returns an identity as it is kept for an account. */
export function newIdentity(
  { issuer, subject, email }: Pick<Identity, 'issuer' | 'subject' | 'email'>,
  { provider, userId, now }: { readonly provider: string; readonly userId: string; readonly now: number },
): StoredIdentity {
  const { id } = newSecrets()
  return {
    id,
    userId,
    provider,
    issuer,
    subject,
    email: email?.address ?? null,
    createdAt: now,
    lastUsedAt: null,
  }
}
