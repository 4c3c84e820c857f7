import type { Client } from '../client'
import type { Clock } from '../clock'
import type { Mode } from '../config'
import type { LinkStore } from '../links/link-store'
import { hashSecretText, matchesSecret, mintSecret } from '../links/one-time-token'
import { deleteCachedCopiesOrLeaveToSweep } from '../sessions/delete-cached-copies'
import { type AskedForMail, askedForMail, type MailAsker } from './asked-for-mail'
import type { EmailAddress } from './email-address'
import {
  type GrantServices,
  grantSession,
  type PresentedSession,
  prepareSession,
  type SignedIn,
} from './prepared-session'
import type { LinkServices } from './verify-email'

/** Mails a link to sign in, if there is an account. @throws {StoreUnavailable} */
export async function requestSignInLink(
  { links, accountKeys, clock }: LinkServices,
  { email, binding, client }: MailAsker & { readonly email: EmailAddress },
): Promise<AskedForMail> {
  const accountKey = await accountKeys(email.canonical)
  const request = { purpose: 'sign-in', accountKey, now: clock() } as const
  const token = await mintSecret()
  const issued = { canonicalEmail: email.canonical, token, bindingHash: binding.hash, client }
  return askedForMail(await links.issue({ ...request, ...issued }))
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
  },
): Promise<LinkSignIn> {
  const { links, clock } = services
  const { token, binding, mode, client, presented } = input
  const tokenHash = await hashSecretText(token)
  const now = clock()
  const found = tokenHash === null ? null : await links.find(tokenHash, ['sign-in'], now)
  if (tokenHash === null || !found?.account || !(await matchesSecret(binding, found.bindingHash))) {
    return { outcome: 'invalid-link' }
  }
  const { user, passwordHash } = found.account
  const prepared = await prepareSession(services, { userId: user.id, mode, amr: 'otp', client, now })
  const removesPassword = passwordHash !== null && !user.emailVerified
  const use = { tokenHash, client, now }
  const started = await links.signIn({ ...use, prepared, presented, removesPassword })
  if (!started) return { outcome: 'invalid-link' }
  await deleteCachedCopiesOrLeaveToSweep(services, started.ended)
  const signedIn = { ...user, emailVerified: true, roles: started.roles }
  return { outcome: 'signed-in', signedIn: await grantSession(services, prepared, signedIn) }
}
