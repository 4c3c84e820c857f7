import { encodeBase64url } from '../../crypto/base64url'
import { randomBytes } from '../../crypto/random'
import type { EnrolmentStore, NewFactor } from '../../factors/enrolment'
import { type PendingHandle, parsePendingHandle } from '../../factors/pending-sign-in'
import { mintRecoveryCodes } from '../../factors/recovery-code'
import type { TotpSeeds } from '../../factors/second-factor'
import { findStep, TOTP_SEED_BYTES } from '../../factors/totp'
import type { Challenges } from '../../passkeys/challenge'
import { presentedChallenge } from '../../passkeys/client-data'
import { creationOptions, expectedBy, type RelyingParty } from '../../passkeys/relying-party'
import { type RegistrationResponse, verifyRegistration } from '../../passkeys/verify-registration'
import type { Clock } from '../../runtime/clock'
import type { Log } from '../../runtime/log'
import type { Mode } from '../../sessions/mode'
import { newPasskey } from '../passkeys'
import { describeOffer, OFFER_SECONDS, type TotpOffer } from '../second-factor'
import type { IssueServices, SignedIn } from './prepared-session'
import { handOut, prepareStep, type StepArrival } from './second-factor'

// Setting up a second factor in a sign-in whose account must have one and has none. Nothing that can act exists before (docs/explain/decisions/0095).

export interface EnrolmentServices extends IssueServices {
  readonly enrolments: EnrolmentStore
  readonly totpSeeds: TotpSeeds
  readonly brandName: string
  readonly clock: Clock
}

/** Describes the pending sign-in as the client presents it. */
interface WaitingSignIn {
  readonly handle: string | null
  readonly mode: Mode
}

/** Names a pending sign-in where something is sealed or asked for it alone. */
const holderOf = ({ userId, tokenHash }: PendingHandle) => `${userId}.${tokenHash}`

async function findWaiting(
  { enrolments, clock }: Pick<EnrolmentServices, 'enrolments' | 'clock'>,
  { handle, mode }: WaitingSignIn,
) {
  const pending = handle === null ? null : await parsePendingHandle(handle)
  const user = pending && (await enrolments.findAccount(pending, mode, clock()))
  return user && { pending, user }
}

/** Offers a new seed to a sign-in that waits; `null` if it may set nothing up. @throws {StoreUnavailable} */
export async function offerTotpInSignIn(
  services: EnrolmentServices,
  waiting: WaitingSignIn,
): Promise<TotpOffer | null> {
  const found = await findWaiting(services, waiting)
  if (!found) return null
  const seed = randomBytes(TOTP_SEED_BYTES)
  const terms = { seed, expiresAt: services.clock() + OFFER_SECONDS }
  const enrolment = await services.totpSeeds.sealOffer(holderOf(found.pending), terms)
  return describeOffer({ enrolment, seed, brand: services.brandName, account: found.user.email })
}

/** Returns an offer again whose first code was wrong; `null` if it is not of this sign-in, or that is over. @throws {StoreUnavailable} */
export async function findOfferInSignIn(
  services: EnrolmentServices,
  waiting: WaitingSignIn,
  enrolment: string,
): Promise<TotpOffer | null> {
  const found = await findWaiting(services, waiting)
  const offer = found && (await services.totpSeeds.openOffer(holderOf(found.pending), enrolment))
  if (!offer || offer.expiresAt <= services.clock()) return null
  return describeOffer({
    enrolment,
    seed: offer.seed,
    brand: services.brandName,
    account: found.user.email,
  })
}

export type Enrolled =
  | {
      readonly outcome: 'signed-in'
      readonly signedIn: SignedIn
      readonly returnTo: string | null
      /** Empty with a passkey. */
      readonly recoveryCodes: readonly string[]
    }
  | { readonly outcome: 'invalid-code' }
  | { readonly outcome: 'refused' }
  /** There is no such sign-in any more, or it may set nothing up. */
  | { readonly outcome: 'sign-in-expired' }

/** Sets an authenticator app up with its first code, and begins the session. @throws {StoreUnavailable} */
export async function enrolTotp(
  services: EnrolmentServices,
  {
    handle,
    enrolment,
    code,
    ...arrival
  }: StepArrival & WaitingSignIn & { readonly enrolment: string; readonly code: string },
): Promise<Enrolled> {
  const pending = handle === null ? null : await parsePendingHandle(handle)
  if (!pending) return { outcome: 'sign-in-expired' }
  const now = services.clock()
  const offer = await services.totpSeeds.openOffer(holderOf(pending), enrolment)
  const step = offer && offer.expiresAt > now ? await findStep(offer.seed, code, now) : null
  if (!offer || step === null) return { outcome: 'invalid-code' }
  const { codes, hashes } = await mintRecoveryCodes()
  const sealed = await services.totpSeeds.seal(pending.userId, offer.seed)
  const factor = { method: 'totp', sealed, step, recoveryHashes: hashes } as const
  return finishEnrolment(services, pending, { factor, codes, arrival, now })
}

/** Makes the options with which the browser of a sign-in that waits registers a passkey; `null` as above. @throws {StoreUnavailable} */
export async function passkeyOptionsInSignIn(
  services: EnrolmentServices & { readonly challenges: Challenges },
  party: RelyingParty,
  waiting: WaitingSignIn,
) {
  const found = await findWaiting(services, waiting)
  if (!found) return null
  const { pending, user } = found
  const owned = await services.enrolments.preparePasskey(user.id, encodeBase64url(randomBytes(32)))
  const purpose = { ceremony: 'enrolment', holder: holderOf(pending) } as const
  return creationOptions(party, {
    challenge: await services.challenges.mint(purpose, services.clock()),
    user,
    owned,
  })
}

/** Adds the passkey that a browser has registered in a sign-in that waits, and begins the session. @throws {StoreUnavailable} */
export async function enrolPasskey(
  services: EnrolmentServices & { readonly challenges: Challenges; readonly log: Log },
  party: RelyingParty,
  {
    handle,
    response,
    transports,
    name,
    ...arrival
  }: StepArrival &
    WaitingSignIn & {
      readonly response: RegistrationResponse
      readonly transports: readonly string[]
      readonly name: string | null
    },
): Promise<Enrolled> {
  const pending = handle === null ? null : await parsePendingHandle(handle)
  if (!pending) return { outcome: 'sign-in-expired' }
  const now = services.clock()
  const refuse = (reason: string): Enrolled => {
    services.log('passkey-refused', { request_id: arrival.source.requestId, ceremony: 'enrolment', reason })
    return { outcome: 'refused' }
  }
  const text = presentedChallenge(response.clientDataJson) ?? ''
  const purpose = { ceremony: 'enrolment', holder: holderOf(pending) } as const
  // guard: the challenge of an enrolment is answered in its own sign-in
  if (!(await services.challenges.verify(text, purpose, now))) return refuse('challenge')
  const verified = await verifyRegistration(response, expectedBy(party, text))
  if (!verified.ok) return refuse(verified.refusal)
  const { source } = arrival
  const { userId } = pending
  const passkey = newPasskey(verified.passkey, { userId, transports, name, source, party, now })
  const method = passkey.backupEligible ? 'synced-passkey' : 'passkey'
  return finishEnrolment(services, pending, { factor: { method, passkey }, codes: [], arrival, now })
}

async function finishEnrolment(
  services: EnrolmentServices,
  pending: PendingHandle,
  {
    factor,
    codes,
    arrival,
    now,
  }: {
    readonly factor: NewFactor
    readonly codes: readonly string[]
    readonly arrival: StepArrival
    readonly now: number
  },
): Promise<Enrolled> {
  const { prepared, device } = await prepareStep(services, pending, factor.method, arrival, now)
  const begun = await services.enrolments.finish({
    ...pending,
    factor,
    prepared,
    device,
    source: arrival.source,
    now,
  })
  if (!begun) return { outcome: 'sign-in-expired' }
  const { signedIn, returnTo } = await handOut(services, prepared, begun)
  return { outcome: 'signed-in', signedIn, returnTo, recoveryCodes: codes }
}
