import { presentedChallenge } from '../passkeys/client-data'
import { expectedBy, type RelyingParty, requestOptions } from '../passkeys/relying-party'
import { type AssertionResponse, verifyAssertion } from '../passkeys/verify-assertion'
import type { RequestSource } from '../request-source/request-source'
import type { PasskeyServices } from './passkeys'
import { isCopied } from './sign-in/passkey'
import type { OwnSession } from './sign-out'
import { type ProvenAgain, renewSession, type StepUp, type StepUpServices } from './step-up'

/** Makes the options with which the browser of a live session asks for a passkey of its account. @throws {StoreUnavailable} */
export async function stepUpOptions(
  { passkeys, challenges, clock }: PasskeyServices,
  party: RelyingParty,
  { userId, sessionId }: OwnSession,
) {
  const own = await passkeys.list(userId)
  return requestOptions(
    party,
    await challenges.mint({ ceremony: 'step-up', holder: sessionId }, clock()),
    own,
  )
}

/** Proves again who one is, by a passkey of the account, in the session that asked for it. @throws {StoreUnavailable} */
export async function stepUpByPasskey(
  services: StepUpServices & PasskeyServices,
  party: RelyingParty,
  own: OwnSession,
  { response, source }: { readonly response: AssertionResponse; readonly source: RequestSource },
): Promise<StepUp | { readonly outcome: 'refused' } | { readonly outcome: 'unknown' }> {
  const { users, passkeys, challenges, clock, log } = services
  const now = clock()
  const refuse = (reason: string) => {
    log('passkey-refused', { request_id: source.requestId, ceremony: 'step-up', reason })
    return { outcome: 'refused' } as const
  }
  const text = presentedChallenge(response.clientDataJson) ?? ''
  const challenge = await challenges.verify(text, { ceremony: 'step-up', holder: own.sessionId }, now)
  if (!challenge) return refuse('challenge')
  const account = await users.findWithSession(own.sessionId, now)
  if (!account) return { outcome: 'session-ended' }
  const found = await passkeys.find(response.id)
  // guard: nobody proves who they are by the passkey of another account
  if (found?.passkey.userId !== own.userId) return { outcome: 'unknown' }
  const { passkey } = found
  const expected = { ...expectedBy(party, text), isUserKnown: true }
  const verified = await verifyAssertion(response, passkey, expected)
  if (!verified.ok) return refuse(verified.refusal)
  const { assertion } = verified
  if (isCopied(found, assertion.counter, assertion.signCount)) return refuse('counter')
  const method = passkey.backupEligible ? 'synced-passkey' : 'passkey'
  const use = { credentialId: passkey.credentialId, challenge, assertion }
  const proven: ProvenAgain = {
    proof: { method, at: now },
    renew: (renewal) => passkeys.renewSession({ ...renewal, ...use }),
  }
  const stepUp = await renewSession(services, own, account, proven, source)
  return stepUp.outcome === 'renewed' ? stepUp : refuse('used-or-account')
}
