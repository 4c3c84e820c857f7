import type { EmailAddress } from '../../identity/email-address'
import { findLink } from '../../links/find-link'
import type { FoundLink, LinkStore } from '../../links/link-store'
import { matchesSecret } from '../../links/one-time-token'
import type { SignInCodes } from '../../links/sign-in-code'
import {
  type LinkServices,
  type MailAsker,
  type MailRequestOutcome,
  newLinkRequest,
  sendLink,
} from '../mail-request'
import type { RequestIdentity } from '../repetition'
import { type ResumeServices, resumeSession } from '../resume-session'
import { type Arrival, type Begun, beginSignIn, type ProvenAccount, type WayInServices } from './way-in'

/** Mails a link to sign in, with a code that stands for it, if there is an account. @throws {StoreUnavailable} */
export async function requestSignInLink(
  services: LinkServices & { readonly signInCodes: SignInCodes },
  asker: MailAsker & { readonly email: EmailAddress; readonly returnTo: string | null },
): Promise<MailRequestOutcome> {
  const { binding, returnTo } = asker
  const link = await newLinkRequest(services, 'sign-in', asker)
  const code = await services.signInCodes.mint(link.token.hash)
  const issued = await services.links.issue({ ...link, bindingHash: binding.hash, returnTo, code })
  return sendLink(services, issued)
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
  (Begun & { readonly returnTo: string | null }) | { readonly outcome: 'invalid-link' }

type LinkSignInServices = ResumeServices & WayInServices & { readonly links: LinkStore }

/** A request that presents what was mailed. */
export interface LinkArrival extends Arrival {
  /** The secret of the browser or client that asked for the mail, if it came along. */
  readonly binding: string | null
}

/**
 * Signs in with a link, where it was asked for: a link that somebody else asked for, and had mailed to a person who then opens it,
 * is good for nothing, and stays good where it is. The same link used again there within seconds gets the same session.
 *
 * @throws {StoreUnavailable}
 */
export async function signInWithLink(
  services: LinkSignInServices,
  input: LinkArrival & {
    readonly token: string
    /** Says where the person wanted to go, as the browser remembers it. Counts once the link, which knows it, is used up. */
    readonly rememberedGoal: string | null
  },
): Promise<LinkSignIn> {
  const { token, binding, mode, deviceIds, rememberedGoal } = input
  if (binding === null) return { outcome: 'invalid-link' }
  // Both are secrets, and the link can be used once.
  // guard: a used link signs in again only in its own browser
  const identity = ['sign-in-link', token, binding] as const
  const repeat = async (returnTo: string | null): Promise<LinkSignIn> => {
    const signedIn = await resumeSession(services, mode, identity, deviceIds)
    return signedIn ? { outcome: 'signed-in', signedIn, returnTo } : { outcome: 'invalid-link' }
  }
  const presented = await findLink(services, token, ['sign-in'])
  // guard: a repeated link leads to the goal that its browser remembers
  if (!presented) return repeat(rememberedGoal)
  // guard: a sign-in link is good only where it was asked for
  if (!(await matchesSecret(binding, presented.link.bindingHash))) return { outcome: 'invalid-link' }
  return (await useLink(services, presented, input, identity)) ?? repeat(presented.link.returnTo)
}

/**
 * Uses a link up, for whoever has proven to have both the mail and the secret of the browser or client that asked. `null` if it is
 * used up already.
 */
export async function useLink(
  services: LinkSignInServices,
  { link, tokenHash, now }: { readonly link: FoundLink; readonly tokenHash: string; readonly now: number },
  arrival: Arrival,
  identity: RequestIdentity | null,
): Promise<LinkSignIn | null> {
  if (!link.account) return { outcome: 'invalid-link' }
  const { user, passwordHash, secondFactor, hasPasskeys } = link.account
  const removesPassword = passwordHash !== null && !user.emailVerified
  const use = { tokenHash, source: arrival.source, now }
  const proven: ProvenAccount = {
    user: { ...user, emailVerified: true },
    proof: { method: 'link', at: now },
    secondFactor,
    hasPasskeys,
    hold: (pending) => services.links.holdSignIn({ ...use, pending, presented: arrival.presented }),
    start: (start) => services.links.signIn({ ...use, ...start, removesPassword }),
  }
  const { returnTo } = link
  const begin = (account: ProvenAccount) => beginSignIn(services, account, { ...arrival, returnTo }, identity)
  const mayBePlanted = secondFactor !== null && !user.emailVerified
  const begun =
    (await begin(proven)) ??
    // The first proof of an address drops a second factor that was planted, so the sign-in cannot wait for it.
    (mayBePlanted ? await begin({ ...proven, secondFactor: null }) : null)
  return begun && { ...begun, returnTo }
}
