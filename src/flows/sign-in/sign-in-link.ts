import { deviceProof } from '../../devices/device'
import type { EmailAddress } from '../../identity/email-address'
import { findLink } from '../../links/find-link'
import type { FoundLink, LinkStore } from '../../links/link-store'
import { matchesSecret } from '../../links/one-time-token'
import type { SignInCodes } from '../../links/sign-in-code'
import type { RequestSource } from '../../request-source/request-source'
import { deleteCachedCopiesOrLeaveToSweep } from '../../sessions/delete-cached-copies'
import type { Mode } from '../../sessions/mode'
import type { PresentedSession } from '../../sessions/session-store'
import {
  type LinkServices,
  type MailAsker,
  type MailRequestOutcome,
  mailRequestOutcome,
  newLinkRequest,
} from '../mail-request'
import type { RequestIdentity } from '../repetition'
import { type ResumeServices, resumeSession } from '../resume-session'
import { issueCredentials, prepareSession, type SignedIn } from './prepared-session'

/** Mails a link to sign in, with a code that stands for it, if there is an account. @throws {StoreUnavailable} */
export async function requestSignInLink(
  services: LinkServices & { readonly signInCodes: SignInCodes },
  asker: MailAsker & { readonly email: EmailAddress; readonly returnTo: string | null },
): Promise<MailRequestOutcome> {
  const { binding, returnTo } = asker
  const link = await newLinkRequest(services, asker)
  const code = await services.signInCodes.mint(link.token.hash)
  const request = { purpose: 'sign-in', bindingHash: binding.hash, returnTo, code } as const
  return mailRequestOutcome(await services.links.issue({ ...request, ...link }))
}

/** Returns what a sign-in link is good for, or `null` if it is not valid. Uses nothing up. */
export async function findLinkRecipient(
  services: Pick<LinkServices, 'links' | 'clock'>,
  token: string,
): Promise<{ readonly email: EmailAddress; readonly returnTo: string | null } | null> {
  const { account, returnTo = null } = (await findLink(services, token, ['sign-in']))?.link ?? {}
  return account
    ? { email: { address: account.user.email, canonical: account.canonicalEmail }, returnTo }
    : null
}

export type LinkSignIn =
  /** `returnTo`: where the person wanted to go, as it was asked for. */
  | { readonly outcome: 'signed-in'; readonly signedIn: SignedIn; readonly returnTo: string | null }
  | { readonly outcome: 'invalid-link' }

type SignInWithLinkServices = ResumeServices & { readonly links: LinkStore }

interface LinkSignInInput {
  readonly binding: string | null
  readonly mode: Mode
  readonly source: RequestSource
  readonly presented: readonly PresentedSession[]
  /** Ids of the genuine device credentials that came along. */
  readonly deviceIds: readonly string[]
}

/**
 * Signs in with a link, where it was asked for: a link that somebody else asked for, and had mailed to a person who then opens it,
 * is good for nothing, and stays good where it is. The same link used again there within seconds gets the same session.
 *
 * @throws {StoreUnavailable}
 */
export async function signInWithLink(
  services: SignInWithLinkServices,
  input: LinkSignInInput & {
    readonly token: string
    /** Where the browser says that the person wanted to go. Counts once the link, which knows it, is used up. */
    readonly rememberedGoal: string | null
  },
): Promise<LinkSignIn> {
  const { token, binding, mode, deviceIds, rememberedGoal } = input
  if (binding === null) return { outcome: 'invalid-link' }
  // Both are secrets, and the link can be used once.
  const identity = ['sign-in-link', token, binding] as const
  const repeat = async (returnTo: string | null): Promise<LinkSignIn> => {
    const signedIn = await resumeSession(services, mode, identity, deviceIds)
    return signedIn ? { outcome: 'signed-in', signedIn, returnTo } : { outcome: 'invalid-link' }
  }
  const presented = await findLink(services, token, ['sign-in'])
  if (!presented) return repeat(rememberedGoal)
  if (!(await matchesSecret(binding, presented.link.bindingHash))) return { outcome: 'invalid-link' }
  return (await useLink(services, presented, input, identity)) ?? repeat(presented.link.returnTo)
}

/**
 * Uses a link up, for whoever has proven to have both the mail and the secret of the browser or client that asked. `null` if it is
 * used up already.
 */
export async function useLink(
  services: SignInWithLinkServices,
  { link, tokenHash, now }: { readonly link: FoundLink; readonly tokenHash: string; readonly now: number },
  { mode, source, presented, deviceIds }: LinkSignInInput,
  identity: RequestIdentity | null,
): Promise<LinkSignIn | null> {
  if (!link.account) return { outcome: 'invalid-link' }
  const { user, passwordHash } = link.account
  const facts = { userId: user.id, mode, amr: 'otp', source, now } as const
  const prepared = await prepareSession(services, facts, identity)
  const removesPassword = passwordHash !== null && !user.emailVerified
  const use = { tokenHash, source, now, device: deviceProof(deviceIds, prepared.newDeviceId) }
  const started = await services.links.signIn({ ...use, prepared, presented, removesPassword })
  if (!started) return null
  await deleteCachedCopiesOrLeaveToSweep(services, started.ended)
  const { roles, deviceId } = started
  const signedIn = await issueCredentials(
    services,
    prepared,
    { ...user, emailVerified: true, roles },
    deviceId,
  )
  return { outcome: 'signed-in', signedIn, returnTo: link.returnTo }
}
