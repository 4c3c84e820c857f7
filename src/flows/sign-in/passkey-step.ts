import {
  type PendingHandle,
  type PendingSignInStore,
  parsePendingHandle,
} from '../../factors/pending-sign-in'
import { presentedChallenge } from '../../passkeys/client-data'
import { expectedBy, type RelyingParty, requestOptions } from '../../passkeys/relying-party'
import { type AssertionResponse, verifyAssertion } from '../../passkeys/verify-assertion'
import type { Clock } from '../../runtime/clock'
import type { Mode } from '../../sessions/mode'
import type { PasskeyServices } from '../passkeys'
import { isCopied } from './passkey'
import type { IssueServices } from './prepared-session'
import { completeSignIn, type SecondFactorSignIn, type StepArrival } from './second-factor'

type PasskeyStepServices = PasskeyServices &
  IssueServices & { readonly pendingSignIns: PendingSignInStore; readonly clock: Clock }

/** Names a pending sign-in: no other answers its challenge. */
const holderOf = ({ userId, tokenHash }: PendingHandle) => `${userId}.${tokenHash}`

/**
 * Makes the options with which the browser of a pending sign-in asks for a passkey of its account; `null` if there is no such sign-in any more,
 * or the account has no passkey. @throws {StoreUnavailable}
 */
export async function passkeyStepOptions(
  { pendingSignIns, challenges, clock }: PasskeyStepServices,
  party: RelyingParty,
  { handle, mode }: { readonly handle: string | null; readonly mode: Mode },
) {
  const pending = handle === null ? null : await parsePendingHandle(handle)
  if (!pending) return null
  const now = clock()
  const owned = await pendingSignIns.findPasskeys(pending, mode, now)
  if (owned.length === 0) return null
  const challenge = await challenges.mint({ ceremony: 'second-factor', holder: holderOf(pending) }, now)
  return requestOptions(party, challenge, owned)
}

/**
 * Completes a sign-in with a passkey of its account, in place of a code. Two trips to the store, as with a passkey alone: one finds the
 * passkey, the other takes the pending sign-in and begins the session. The challenge is of that pending sign-in, which works once. @throws {StoreUnavailable}
 */
export async function finishByPasskey(
  services: PasskeyStepServices,
  party: RelyingParty,
  {
    handle,
    response,
    ...arrival
  }: StepArrival & { readonly handle: string | null; readonly response: AssertionResponse },
): Promise<SecondFactorSignIn | { readonly outcome: 'refused' } | { readonly outcome: 'unknown' }> {
  const { passkeys, challenges, clock, log } = services
  const pending = handle === null ? null : await parsePendingHandle(handle)
  if (!pending) return { outcome: 'sign-in-expired' }
  const refuse = (reason: string) => {
    log('passkey-refused', { request_id: arrival.source.requestId, ceremony: 'second-factor', reason })
    return { outcome: 'refused' } as const
  }
  const now = clock()
  const text = presentedChallenge(response.clientDataJson) ?? ''
  const purpose = { ceremony: 'second-factor', holder: holderOf(pending) } as const
  if (!(await challenges.verify(text, purpose, now))) return refuse('challenge')
  const found = await passkeys.find(response.id)
  // guard: a sign-in is completed by a passkey of its own account
  if (found?.passkey.userId !== pending.userId) return { outcome: 'unknown' }
  const { passkey } = found
  const verified = await verifyAssertion(response, passkey, { ...expectedBy(party, text), isUserKnown: true })
  if (!verified.ok) return refuse(verified.refusal)
  const { assertion } = verified
  if (isCopied(found, assertion.counter, assertion.signCount)) return refuse('counter')
  const method = passkey.backupEligible ? 'synced-passkey' : 'passkey'
  const factor = { method, use: { credentialId: passkey.credentialId, assertion } } as const
  const finished = await completeSignIn(services, pending, factor, arrival, now)
  return finished.outcome === 'invalid-code' ? refuse('used-or-account') : finished
}
