import { encodeBase64url } from '../crypto/base64url'
import { randomBytes } from '../crypto/random'
import type { User } from '../identity/user'
import type { Challenges } from '../passkeys/challenge'
import { presentedChallenge } from '../passkeys/client-data'
import type { Passkey, PasskeyChange, PasskeyStore } from '../passkeys/passkey-store'
import { creationOptions, expectedBy, type RelyingParty } from '../passkeys/relying-party'
import {
  type NewPasskey,
  type RegistrationResponse,
  verifyRegistration,
} from '../passkeys/verify-registration'
import { describeDevice } from '../request-source/device'
import type { RequestSource } from '../request-source/request-source'
import type { Clock } from '../runtime/clock'
import type { Log } from '../runtime/log'
import type { SendMail } from '../runtime/queued-mail'

export interface PasskeyServices {
  readonly passkeys: PasskeyStore
  readonly challenges: Challenges
  readonly clock: Clock
  readonly log: Log
}

/** Makes the options with which the browser of a live session registers a passkey. @throws {StoreUnavailable} */
export async function preparePasskey(
  { passkeys, challenges, clock }: PasskeyServices,
  party: RelyingParty,
  { user, sessionId }: { readonly user: User; readonly sessionId: string },
) {
  const owned = await passkeys.prepareFor(user.id, encodeBase64url(randomBytes(32)))
  const challenge = await challenges.mint({ ceremony: 'register', holder: sessionId }, clock())
  return creationOptions(party, { challenge, user, owned })
}

export type AddPasskey =
  | { readonly outcome: 'added'; readonly passkey: Passkey }
  | { readonly outcome: 'refused' | 'exists' | 'too-many' }

/** Adds the passkey that a browser has registered, in the session that asked for it. @throws {StoreUnavailable} */
export async function addPasskey(
  { passkeys, challenges, sendMail, clock, log }: PasskeyServices & { readonly sendMail: SendMail },
  party: RelyingParty,
  {
    response,
    transports,
    name,
    ...by
  }: Omit<PasskeyChange, 'now'> & {
    readonly response: RegistrationResponse
    readonly transports: readonly string[]
    /** `null`: it is called after the device. */
    readonly name: string | null
  },
): Promise<AddPasskey> {
  const now = clock()
  const refuse = (reason: string): AddPasskey => {
    log('passkey-refused', { request_id: by.source.requestId, ceremony: 'register', reason })
    return { outcome: 'refused' }
  }
  const text = presentedChallenge(response.clientDataJson) ?? ''
  const challenge = await challenges.verify(text, { ceremony: 'register', holder: by.sessionId }, now)
  if (!challenge) return refuse('challenge')
  const verified = await verifyRegistration(response, expectedBy(party, text))
  if (!verified.ok) return refuse(verified.refusal)
  const { userId, source } = by
  const passkey = newPasskey(verified.passkey, { userId, transports, name, source, party, now })
  const added = await passkeys.add(passkey, { ...by, now, challenge })
  if (added.outcome === 'challenge-used') return refuse('challenge-used')
  if (added.outcome !== 'added') return { outcome: added.outcome }
  sendMail(added.mailIds)
  return { outcome: 'added', passkey }
}

/** Returns a passkey as it is kept for an account. */
export function newPasskey(
  verified: NewPasskey,
  of: {
    readonly userId: string
    readonly transports: readonly string[]
    /** `null`: it is called after the device. */
    readonly name: string | null
    readonly source: RequestSource
    readonly party: RelyingParty
    readonly now: number
  },
): Passkey {
  return {
    ...verified,
    id: encodeBase64url(randomBytes(16)),
    userId: of.userId,
    transports: of.transports,
    name: of.name ?? describeDevice(of.source.userAgent) ?? of.party.name,
    createdAt: of.now,
    lastUsedAt: null,
  }
}
