import { presentedChallenge } from '../../passkeys/client-data'
import type { FoundPasskey } from '../../passkeys/passkey-store'
import { expectedBy, type RelyingParty, requestOptions } from '../../passkeys/relying-party'
import { type AssertionResponse, verifyAssertion } from '../../passkeys/verify-assertion'
import type { PasskeyServices } from '../passkeys'
import type { IssueServices, SignedIn } from './prepared-session'
import { type Arrival, beginSession, type Proven } from './way-in'

/**
 * Makes the options with which a browser asks for a passkey of whoever sits there. They are the same for everybody, and making them reads and
 * writes nothing.
 *
 * @param binding The secret of the browser or client that asks.
 */
export async function passkeyOptions(
  { challenges, clock }: PasskeyServices,
  party: RelyingParty,
  binding: string,
) {
  return requestOptions(party, await challenges.mint({ ceremony: 'sign-in', holder: binding }, clock()))
}

export type PasskeySignInOutcome =
  | { readonly outcome: 'signed-in'; readonly signedIn: SignedIn }
  /** No account has such a passkey. Its id is random, so this tells nothing to whoever does not have it. */
  | { readonly outcome: 'unknown' }
  | { readonly outcome: 'refused' }

type PasskeySignInServices = PasskeyServices & IssueServices & { readonly verifiedOnly: boolean }

export interface PasskeyArrival extends Arrival {
  readonly response: AssertionResponse
  /** The secret of the page or client that asked for the options. */
  readonly binding: string
}

/**
 * Signs in with a passkey, where its challenge was asked for. The passkey says whose it is, and has verified the person, so it is both
 * factors. Two trips to the store: one finds the passkey, the other uses up the challenge and starts the session. @throws {StoreUnavailable}
 */
export async function signInWithPasskey(
  services: PasskeySignInServices,
  party: RelyingParty,
  arrival: PasskeyArrival,
): Promise<PasskeySignInOutcome> {
  const { passkeys, challenges, verifiedOnly, clock } = services
  const { response, binding, source } = arrival
  const now = clock()
  const refuse = (reason: string): PasskeySignInOutcome => {
    services.log('passkey-refused', { request_id: source.requestId, ceremony: 'sign-in', reason })
    return { outcome: 'refused' }
  }
  const text = presentedChallenge(response.clientDataJson) ?? ''
  const challenge = await challenges.verify(text, { ceremony: 'sign-in', holder: binding }, now)
  if (!challenge) return refuse('challenge')
  const found = await passkeys.find(response.id)
  if (!found) return { outcome: 'unknown' }
  const { passkey, account } = found
  const expected = { ...expectedBy(party, text), isUserKnown: false }
  const verified = await verifyAssertion(response, passkey, expected)
  if (!verified.ok) return refuse(verified.refusal)
  const { assertion } = verified
  if (isCopied(found, assertion.counter, assertion.signCount)) return refuse('counter')

  const proven: Proven = {
    user: account.user,
    proof: { method: passkey.backupEligible ? 'synced-passkey' : 'passkey', at: now },
    start: (start) =>
      passkeys.signIn({
        ...start,
        credentialId: passkey.credentialId,
        challenge,
        assertion,
        verifiedOnly,
        source,
        now,
      }),
  }
  const signedIn = await beginSession(services, proven, arrival, null)
  return signedIn ? { outcome: 'signed-in', signedIn } : refuse('used-or-account')
}

/**
 * Tells whether a counter says that there is a copy of the key (WebAuthn L3 §6.1.1): that of a passkey that stays on one device went back or
 * stood still. Passkeys that are kept on several devices do not count together, and 0 says that an authenticator does not count.
 */
export function isCopied({ passkey }: FoundPasskey, counter: string, signCount: number): boolean {
  // guard: a counter that went back refuses a passkey that stays on one device
  return counter === 'regressed' && signCount !== 0 && !passkey.backupEligible
}
