import type { Client } from '../client'
import { deviceProof } from '../devices/device'
import type { LinkStore } from '../links/link-store'
import { matchesSecret } from '../links/one-time-token'
import { presentLink } from '../links/present-link'
import type { Mode } from '../mode'
import { deleteCachedCopiesOrLeaveToSweep } from '../sessions/delete-cached-copies'
import type { PresentedSession } from '../sessions/session-store'
import {
  type AskedForMail,
  askedForMail,
  type LinkServices,
  type MailAsker,
  newLinkRequest,
} from './asked-for-mail'
import type { EmailAddress } from './email-address'
import { grantSession, prepareSession, type SignedIn } from './prepared-session'
import { type ResumeServices, resumeSession } from './resume-session'

/** Mails a link to sign in, if there is an account. @throws {StoreUnavailable} */
export async function requestSignInLink(
  services: LinkServices,
  asker: MailAsker & { readonly email: EmailAddress },
): Promise<AskedForMail> {
  const request = { purpose: 'sign-in', bindingHash: asker.binding.hash } as const
  return askedForMail(await services.links.issue({ ...request, ...(await newLinkRequest(services, asker)) }))
}

/** Returns the address of the account that a sign-in link signs in to, or `null` if the link is not valid. Uses nothing up. */
export async function findLinkRecipient(
  services: Pick<LinkServices, 'links' | 'clock'>,
  token: string,
): Promise<EmailAddress | null> {
  const { account } = (await presentLink(services, token, ['sign-in']))?.found ?? {}
  return account ? { address: account.user.email, canonical: account.canonicalEmail } : null
}

export type LinkSignIn =
  | { readonly outcome: 'signed-in'; readonly signedIn: SignedIn }
  | { readonly outcome: 'invalid-link' }

/**
 * Signs in with a link, where it was asked for: a link that somebody else asked for, and had mailed to a person who then opens it,
 * is good for nothing, and stays good where it is. The same link used again there within seconds gets the same session.
 *
 * @throws {StoreUnavailable}
 */
export async function signInWithLink(
  services: ResumeServices & { readonly links: LinkStore },
  input: {
    readonly token: string
    readonly binding: string | null
    readonly mode: Mode
    readonly client: Client
    readonly presented: readonly PresentedSession[]
    readonly deviceIds: readonly string[]
  },
): Promise<LinkSignIn> {
  const { token, binding, mode, client, presented, deviceIds } = input
  if (binding === null) return { outcome: 'invalid-link' }
  // Both are secrets, and the link can be used once.
  const identity = ['sign-in-link', token, binding] as const
  const repeat = async (): Promise<LinkSignIn> => {
    const signedIn = await resumeSession(services, mode, identity, deviceIds)
    return signedIn ? { outcome: 'signed-in', signedIn } : { outcome: 'invalid-link' }
  }
  const link = await presentLink(services, token, ['sign-in'])
  if (!link) return repeat()
  const { found, tokenHash, now } = link
  if (!found.account || !(await matchesSecret(binding, found.bindingHash))) {
    return { outcome: 'invalid-link' }
  }
  const { user, passwordHash } = found.account
  const sign = { userId: user.id, mode, amr: 'otp', client, now } as const
  const prepared = await prepareSession(services, sign, identity)
  const removesPassword = passwordHash !== null && !user.emailVerified
  const use = { tokenHash, client, now, device: deviceProof(deviceIds, prepared.newDeviceId) }
  const started = await services.links.signIn({ ...use, prepared, presented, removesPassword })
  if (!started) return repeat()
  await deleteCachedCopiesOrLeaveToSweep(services, started.ended)
  const signedIn = { ...user, emailVerified: true, roles: started.roles }
  return {
    outcome: 'signed-in',
    signedIn: await grantSession(services, prepared, signedIn, started.deviceId),
  }
}
