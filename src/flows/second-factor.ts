import { randomBytes } from '../crypto/random'
import { deviceProof } from '../devices/device'
import { mintRecoveryCodes } from '../factors/recovery-code'
import type { OwnSecondFactor, SecondFactorStore, TotpSeeds } from '../factors/second-factor'
import { encodeBase32, findStep, otpauthUri, TOTP_SEED_BYTES } from '../factors/totp'
import type { UserStore } from '../identity/user-store'
import type { RequestSource } from '../request-source/request-source'
import type { Clock } from '../runtime/clock'
import { addProof, assuranceOf, type ProvenMethod, withoutSecondFactor } from '../sessions/assurance'
import { deleteCachedCopies } from '../sessions/delete-cached-copies'
import { requiresFactor } from '../sessions/factor-policy'
import {
  type IssueServices,
  issueCredentials,
  prepareSession,
  type SignedIn,
} from './sign-in/prepared-session'
import type { OwnSession } from './sign-out'

export interface OwnFactorServices extends IssueServices {
  readonly users: UserStore
  readonly secondFactors: SecondFactorStore
  readonly totpSeeds: TotpSeeds
  /** The name under which an authenticator app lists the account. */
  readonly brandName: string
  readonly clock: Clock
}

/** A request to change a second factor. */
interface FactorRequest {
  readonly source: RequestSource
  /** Ids of the genuine device credentials that came along. */
  readonly deviceIds: readonly string[]
}

/** Sets how long an offered seed may be confirmed. */
export const OFFER_SECONDS = 30 * 60

/** An authenticator app that is not confirmed yet. Nothing has changed: the factor there is works on. */
export interface TotpOffer {
  /** Sealed; comes back with the first code. */
  readonly enrolment: string
  /** For typing it in, base32. */
  readonly seed: string
  readonly otpauthUri: string
}

/** Describes who may set an app up. */
export interface EnrolmentTerms {
  /**
   * Says whether only an account with a verified address may: where mail is sent. A stranger who registered with an address of somebody else would
   * keep its owner out, who would hear of nothing.
   */
  readonly provenOnly: boolean
}

/** Offers a new seed. It is shown in this answer alone, and stored only once it is confirmed. @throws {StoreUnavailable} */
export async function offerTotp(
  services: OwnFactorServices,
  own: OwnSession,
  { provenOnly }: EnrolmentTerms,
): Promise<TotpOffer | 'email-not-verified' | null> {
  const { users, totpSeeds, brandName, clock } = services
  const found = await users.findById(own.userId)
  if (!found) return null
  if (provenOnly && !found.user.emailVerified) return 'email-not-verified'
  const seed = randomBytes(TOTP_SEED_BYTES)
  const enrolment = await totpSeeds.sealOffer(own.userId, { seed, expiresAt: clock() + OFFER_SECONDS })
  return describeOffer({ enrolment, seed, brand: brandName, account: found.user.email })
}

/** Returns an offer again whose first code was wrong; `null` if it is too old or of another account. @throws {StoreUnavailable} */
export async function findTotpOffer(
  services: Pick<OwnFactorServices, 'users' | 'totpSeeds' | 'brandName' | 'clock'>,
  { userId }: Pick<OwnSession, 'userId'>,
  enrolment: string,
): Promise<TotpOffer | null> {
  const { users, totpSeeds, brandName, clock } = services
  const offer = await totpSeeds.openOffer(userId, enrolment)
  // guard: an offer that is too old is not shown again
  if (!offer || offer.expiresAt <= clock()) return null
  const found = await users.findById(userId)
  return found && describeOffer({ enrolment, seed: offer.seed, brand: brandName, account: found.user.email })
}

/** Describes a seed as an app takes it. */
export function describeOffer(of: {
  readonly enrolment: string
  readonly seed: Uint8Array
  readonly brand: string
  readonly account: string
}): TotpOffer {
  return { enrolment: of.enrolment, seed: encodeBase32(of.seed), otpauthUri: otpauthUri(of) }
}

export type FactorChanged =
  | { readonly outcome: 'changed'; readonly signedIn: SignedIn; readonly recoveryCodes: readonly string[] }
  /** The code is another, or the offer is too old or of another account. */
  | { readonly outcome: 'invalid-code' }
  /** The address is not verified, and has to be. */
  | { readonly outcome: 'email-not-verified' }
  /** The session has ended meanwhile, or the factor changed. */
  | { readonly outcome: 'changed-meanwhile' }
  /** The account must have a second factor, and this session rests on no other. */
  | { readonly outcome: 'required' }

/**
 * Confirms an offered seed with its first code, which counts as used. Ends every session of the account, starts another that has both
 * factors, and gives new recovery codes: this answer is the only one that shows them.
 *
 * @throws {StoreUnavailable} Also when it was done but the cached copy of an ended session could not be deleted; the detail says so.
 */
export async function confirmTotp(
  services: OwnFactorServices,
  own: OwnSession,
  input: FactorRequest & EnrolmentTerms & { readonly enrolment: string; readonly code: string },
): Promise<FactorChanged> {
  const { users, secondFactors, totpSeeds, clock } = services
  const { userId, sessionId } = own
  const now = clock()
  const offer = await totpSeeds.openOffer(userId, input.enrolment)
  if (!offer || offer.expiresAt <= now) return { outcome: 'invalid-code' }
  const step = await findStep(offer.seed, input.code, now)
  if (step === null) return { outcome: 'invalid-code' }
  const found = await users.findWithSession(sessionId, now)
  if (!found) return { outcome: 'changed-meanwhile' }
  // guard: an app is set up only on an address that is verified, where mail is sent
  if (input.provenOnly && !found.user.emailVerified) return { outcome: 'email-not-verified' }
  const minted = await mintRecoveryCodes()
  const methods = addProof(found.session.methods, { method: 'totp', at: now })
  const change = await prepareChange(services, own, { methods, now }, input)
  const sealed = await totpSeeds.seal(userId, offer.seed)
  const started = await secondFactors.setTotp({
    ...change,
    sealed,
    step,
    recoveryHashes: minted.hashes,
    replacedSessionId: sessionId,
  })
  if (!started) return { outcome: 'changed-meanwhile' }
  services.sendMail(started.mailIds)
  await deleteCachedCopies(services.sessionCache, started.ended)
  const user = { ...found.user, roles: started.roles }
  const signedIn = await issueCredentials(services, change.prepared, user, started.deviceId)
  return { outcome: 'changed', signedIn, recoveryCodes: minted.codes }
}

/**
 * Removes the second factor and its recovery codes. Ends every session, for they say that a factor was proven which is gone, and starts
 * another with what else was proven.
 *
 * @throws {StoreUnavailable} as {@link confirmTotp}.
 */
export async function removeSecondFactor(
  services: OwnFactorServices,
  own: OwnSession,
  request: FactorRequest,
): Promise<Exclude<FactorChanged, { outcome: 'invalid-code' | 'email-not-verified' }>> {
  const { users, secondFactors, clock } = services
  const now = clock()
  const found = await users.findWithSession(own.sessionId, now)
  if (!found) return { outcome: 'changed-meanwhile' }
  const methods = withoutSecondFactor(found.session.methods)
  const required = requiresFactor(services.factorPolicy, found.user.roles)
  // A session that was begun with a passkey keeps its level, and the account its passkey.
  // guard: a second factor that is required is removed only where a passkey takes its place
  if (required && assuranceOf(methods).acr !== 'urn:janus:2fa') return { outcome: 'required' }
  const change = await prepareChange(services, own, { methods, now }, request)
  const replaced = { replacedSessionId: own.sessionId, onlyBesidePasskey: required }
  const started = await secondFactors.remove({ ...change, ...replaced })
  if (!started) return { outcome: 'changed-meanwhile' }
  services.sendMail(started.mailIds)
  await deleteCachedCopies(services.sessionCache, started.ended)
  const user = { ...found.user, roles: started.roles }
  const signedIn = await issueCredentials(services, change.prepared, user, started.deviceId)
  return { outcome: 'changed', signedIn, recoveryCodes: [] }
}

/** Gives new recovery codes in place of those there are; `null` if the account has no second factor. @throws {StoreUnavailable} */
export async function renewRecoveryCodes(
  { secondFactors, sendMail, clock }: Pick<OwnFactorServices, 'secondFactors' | 'sendMail' | 'clock'>,
  { userId, sessionId }: OwnSession,
  source: RequestSource,
): Promise<readonly string[] | null> {
  const minted = await mintRecoveryCodes()
  const set = { userId, sessionId, hashes: minted.hashes, source, now: clock() }
  const renewed = await secondFactors.setRecoveryCodes(set)
  if (!renewed) return null
  sendMail(renewed.mailIds)
  return minted.codes
}

/** Returns the second factor of an account, without any secret. @throws {StoreUnavailable} */
export async function ownSecondFactor(
  { secondFactors }: Pick<OwnFactorServices, 'secondFactors'>,
  { userId }: OwnSession,
): Promise<OwnSecondFactor> {
  return secondFactors.find(userId)
}

async function prepareChange(
  services: OwnFactorServices,
  { userId, mode }: OwnSession,
  { methods, now }: { readonly methods: readonly ProvenMethod[]; readonly now: number },
  { source, deviceIds }: FactorRequest,
) {
  const prepared = await prepareSession(services, { userId, mode, methods, source, now }, null)
  return { prepared, device: deviceProof(deviceIds, prepared.newDeviceId), source, now }
}
