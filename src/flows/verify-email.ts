import { deviceProof } from '../devices/device'
import type { EmailAddress } from '../identity/email-address'
import { newUser } from '../identity/user'
import { findLink } from '../links/find-link'
import type { FoundLink, KnownDevice } from '../links/link-store'
import type { PasswordHasher } from '../passwords/password-hash'
import type { PasswordPolicy, PasswordRefusal } from '../passwords/password-policy'
import type { RequestSource } from '../request-source/request-source'
import { deleteCachedCopies } from '../sessions/delete-cached-copies'
import type { Mode } from '../sessions/mode'
import type { RememberedSessionCache } from '../sessions/session-cache'
import type { PresentedSession } from '../sessions/session-store'
import {
  type LinkServices,
  type MailAsker,
  type MailRequestOutcome,
  newLinkRequest,
  sendLink,
} from './mail-request'
import { findRepeatedUse } from './repeat-link'
import type { RequestIdentity } from './repetition'
import { type ResumeServices, resumeSession } from './resume-session'
import type { AttemptServices } from './sign-in/attempt-password'
import type { SignedIn } from './sign-in/prepared-session'
import type { PendingSignIn } from './sign-in/second-factor'
import { beginSignIn, factorDue, type ProvenAccount, type WayInServices } from './sign-in/way-in'

export interface VerifyServices extends LinkServices, ResumeServices, AttemptServices, WayInServices {
  readonly passwords: PasswordHasher
  readonly passwordPolicy: PasswordPolicy
  readonly sessionCache: RememberedSessionCache
}

/** Mails the link again: for a registration that waits, or for an account whose address nobody has proven. @throws {StoreUnavailable} */
export async function resendVerification(
  services: LinkServices,
  asker: MailAsker & {
    readonly email: EmailAddress
    /** Names who is signed in, if anybody. */
    readonly signedIn: { readonly userId: string; readonly sessionId: string } | null
  },
): Promise<MailRequestOutcome> {
  const { signedIn, binding } = asker
  const { userId = null, sessionId = null } = signedIn ?? {}
  const link = await newLinkRequest(services, 'verify-email', { ...asker, sessionId })
  const issued = await services.links.issueVerification({ ...link, userId, bindingHash: binding.hash })
  return sendLink(services, issued)
}

export type Verification =
  | {
      readonly outcome: 'verified'
      /** Otherwise one has to be set, by a reset. */
      readonly hasPassword: boolean
      /** The device of the account that the client is from now on. */
      readonly deviceId: string | null
      /** Says where the person wanted to go, as it was asked for. */
      readonly returnTo: string | null
      /** `null`: nobody is signed in by this. */
      readonly signedIn: SignedIn | null
      /** The sign-in that waits until a second factor is set up, where one is required; `null`: none does. */
      readonly pending: PendingSignIn | null
      /** Says whether somebody registered in another browser or client. */
      readonly elsewhere: boolean
    }
  | { readonly outcome: 'invalid-link' }
  | { readonly outcome: 'password-refused'; readonly refusal: PasswordRefusal }

export interface VerificationInput {
  readonly token: string
  readonly binding: string | null
  readonly newPassword: string | null
  readonly source: RequestSource
  /** In which mode to sign in; `null`: not at all. */
  readonly mode: Mode | null
  readonly presented: readonly PresentedSession[]
  /** Ids of the genuine device credentials that came along. */
  readonly deviceIds: readonly string[]
}

/**
 * Takes a link as proof of an address, and makes the account usable.
 *
 * The password that was chosen before stays only if the browser or client that chose it uses the link, whichever of the mails that is in:
 * otherwise it may be that of somebody who registered another's address, and waits for its owner to open the mail. `newPassword` takes its place
 * (pre-hijacked accounts: Sudhodanan and Paverd, USENIX Security 2022). That browser or client is signed in, too, because it has both the mail and what was
 * chosen with the address; nobody else is. The same link used again in the same way within seconds gets the same outcome.
 *
 * @throws {StoreUnavailable}
 */
export async function verifyEmail(services: VerifyServices, input: VerificationInput): Promise<Verification> {
  const { links } = services
  const { token, binding, newPassword, source, mode, deviceIds } = input
  const presented = await findLink(services, token, PURPOSES, binding)
  if (!presented) return repeatVerification(services, input)
  const { link, tokenHash, now } = presented

  const chosen = await choosePassword(services, link, newPassword)
  if ('refusal' in chosen) return { outcome: 'password-refused', refusal: chosen.refusal }
  const { passwordHash } = chosen
  const { returnTo } = link
  const bindingHash = link.registration && presented.bindingHash
  const use = { tokenHash, bindingHash, returnTo, source, now }
  const hasPassword = passwordHash !== null
  const elsewhere = link.account === null && link.registration === null
  const verified = { outcome: 'verified', hasPassword, returnTo, ...nobody, elsewhere } as const

  if (link.account) {
    const device = deviceProof(deviceIds)
    const proven = await links.verify({ ...use, device, userId: link.account.user.id, passwordHash })
    if (!proven) return repeatVerification(services, input)
    await deleteCachedCopies(services.sessionCache, proven.ended)
    return { ...verified, deviceId: proven.deviceId }
  }
  if (!link.newEmail) return { outcome: 'invalid-link' }
  const { address, canonical } = link.newEmail
  const user = newUser({ email: address, emailVerified: true, name: link.registration?.name ?? null }, now)
  const account = { user, canonicalEmail: canonical, passwordHash }
  // guard: a link signs in only where somebody registered
  if (binding === null || bindingHash === null || !mode) {
    const registered = await links.register({ ...use, device: deviceProof(deviceIds), account, start: null })
    return registered ? { ...verified, deviceId: registered.deviceId } : repeatVerification(services, input)
  }
  // Whoever has the mail and what was chosen with the address is the person who registered.
  let registered: KnownDevice | null = null
  const proven: ProvenAccount = {
    user,
    proof: { method: 'link', at: now },
    secondFactor: null,
    hasPasskeys: false,
    hold: async (pending) => {
      const held = { account, start: null, pending, device: deviceProof(deviceIds) }
      registered = await links.register({ ...use, ...held })
      return registered !== null
    },
    start: async ({ device, ...start }) =>
      (await links.register({ ...use, device, account, start }))?.started ?? null,
  }
  const arrival = { mode, source, presented: input.presented, deviceIds, returnTo }
  const begun = await beginSignIn(services, proven, arrival, identityOf(token, binding))
  if (!begun) return repeatVerification(services, input)
  if (begun.outcome === 'second-factor-due') {
    const { deviceId = null } = (registered ?? {}) as Partial<KnownDevice>
    return { ...verified, deviceId, pending: begun.pending }
  }
  const { signedIn } = begun
  return { ...verified, deviceId: signedIn.deviceId, signedIn }
}

const nobody = { signedIn: null, pending: null } as const

const PURPOSES = ['register', 'verify-email'] as const

/** Returns what identifies the use of a link: both are secrets, and the link can be used once. */
function identityOf(token: string, binding: string): RequestIdentity {
  return ['register-link', token, binding]
}

/** Answers for a link that is not valid: to whoever has used it in this way seconds ago, as then. */
async function repeatVerification(services: VerifyServices, input: VerificationInput): Promise<Verification> {
  const { token, binding, mode, deviceIds } = input
  const repetition = { purposes: PURPOSES, event: 'email-verified' } as const
  const spent = await findRepeatedUse(services, { ...input, ...repetition })
  if (!spent) return { outcome: 'invalid-link' }
  const { purpose, bindingHash, account, deviceId, returnTo } = spent
  const hasPassword = account.passwordHash !== null
  const elsewhere = purpose === 'register' && bindingHash === null
  const verified = { outcome: 'verified', hasPassword, returnTo, ...nobody, elsewhere } as const
  // What waits for a second factor is not given twice: whoever clicks again signs in.
  const waits = factorDue(services.factorPolicy, account) !== null
  if (purpose !== 'register' || bindingHash === null || binding === null || !mode || waits) {
    return { ...verified, deviceId }
  }
  const signedIn = await resumeSession(services, mode, identityOf(token, binding), deviceIds)
  return signedIn ? { ...verified, deviceId: signedIn.deviceId, signedIn } : { outcome: 'invalid-link' }
}

/** Returns the hash of the password that the account will have. */
async function choosePassword(
  { passwords, passwordPolicy }: VerifyServices,
  link: FoundLink,
  newPassword: string | null,
): Promise<{ readonly passwordHash: string | null } | { readonly refusal: PasswordRefusal }> {
  if (newPassword !== null) {
    const email = link.account?.user.email ?? link.newEmail?.address ?? ''
    const name = link.account?.user.name ?? null
    const refusal = await passwordPolicy.check(newPassword, { email, name })
    return refusal ? { refusal } : { passwordHash: await passwords.hash(newPassword) }
  }
  // guard: a password stays only with the client that chose it
  if (!link.registration) return { passwordHash: null }
  return { passwordHash: link.account ? link.account.passwordHash : link.registration.passwordHash }
}
