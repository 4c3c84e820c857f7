import type { Client } from '../client'
import type { Clock } from '../clock'
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
import { type GrantServices, grantSession, prepareSession, type SignedIn } from './prepared-session'

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
 * is good for nothing, and stays good where it is.
 *
 * @throws {StoreUnavailable}
 */
export async function signInWithLink(
  services: GrantServices & { readonly links: LinkStore; readonly clock: Clock },
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
  const link = await presentLink(services, token, ['sign-in'])
  if (!link) return { outcome: 'invalid-link' }
  const { found, tokenHash, now } = link
  if (!found.account || !(await matchesSecret(binding, found.bindingHash))) {
    return { outcome: 'invalid-link' }
  }
  const { user, passwordHash } = found.account
  const prepared = await prepareSession(services, { userId: user.id, mode, amr: 'otp', client, now })
  const removesPassword = passwordHash !== null && !user.emailVerified
  const use = { tokenHash, client, now, device: deviceProof(deviceIds) }
  const started = await services.links.signIn({ ...use, prepared, presented, removesPassword })
  if (!started) return { outcome: 'invalid-link' }
  await deleteCachedCopiesOrLeaveToSweep(services, started.ended)
  const signedIn = { ...user, emailVerified: true, roles: started.roles }
  return {
    outcome: 'signed-in',
    signedIn: await grantSession(services, prepared, signedIn, started.deviceId),
  }
}
