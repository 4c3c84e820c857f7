import type { Context } from 'hono'
import { invalidLink } from '../api/sign-in/answer-sign-in'
import { presentedBinding } from '../api/sign-in/binding'
import { optionalPrincipal } from '../guards/optional-principal'
import { presentedSessions } from '../guards/presented-sessions'
import type { BindingCookie } from '../http/auth-cookies'
import { sentFields } from '../http/body'
import { findLink } from '../links/find-link'
import type { FoundLink } from '../links/link-store'
import { matchesSecret, type TokenPurpose } from '../links/one-time-token'
import type { Services } from '../services'

/** Describes what a page has to know of the link that led to it. */
export interface MailedLink {
  /** Says whose it is, for password managers. */
  readonly email: string | null
  /** Says whether this browser is the one that registered, which keeps the password that was chosen there. */
  readonly keepsPassword: boolean
  /** Says whether the link leads to an account without a password, as an invitation makes it. */
  readonly invited: boolean
  /** Says whether the link works only in the browser that asked for it, and this is another. */
  readonly elsewhere: boolean
  /** Says whether using it here takes a password away that was set before anybody had proven the address. */
  readonly removesPassword: boolean
}

/**
 * Finds the link that led to a page; `null` on a page to which none leads. Uses nothing up: programs follow links, too.
 *
 * @throws {Problem} `invalid-link` before anybody has typed a password that would be of no use.
 */
export async function findMailedLink(
  services: Services,
  c: Context,
  purposes: readonly TokenPurpose[] | undefined,
): Promise<MailedLink | null> {
  // A code was typed on the page that waits for the mail: no link led there.
  if (!purposes || sentFields(c).code !== undefined) return null
  const token = sentFields(c).token ?? c.req.query('token') ?? ''
  const binding = presentedBinding(c, services.cookies.registration, undefined)
  const { mail, clock } = services
  const presented = mail && (await findLink({ links: mail.links, clock }, token, purposes, binding))
  if (!presented) throw invalidLink()
  const { link } = presented
  const matches = (cookie: BindingCookie) =>
    matchesSecret(presentedBinding(c, cookie, undefined), link.bindingHash)
  const { signInLink, emailChange } = services.cookies
  return {
    email: link.account?.user.email ?? link.newEmail?.address ?? null,
    keepsPassword: link.registration !== null,
    invited: link.purpose === 'verify-email' && link.account?.passwordHash === null,
    elsewhere:
      (link.purpose === 'sign-in' && !(await matches(signInLink))) ||
      (link.purpose === 'change-email' && !(await matches(emailChange))),
    removesPassword: link.purpose === 'sign-in' && (await removesPassword(services, c, link)),
  }
}

/** Returns `true` as {@link signInWithLink} decides when the link is used. */
async function removesPassword(services: Services, c: Context, { account }: FoundLink): Promise<boolean> {
  if (!account || account.passwordHash === null || account.user.emailVerified) return false
  const { headers } = c.req.raw
  if ((await optionalPrincipal(services, headers))?.userId === account.user.id) return false
  const refreshing = (await presentedSessions(services, headers)).filter(
    ({ secretHash }) => secretHash === null,
  )
  const refreshed = await Promise.all(
    refreshing.map(({ sessionId }) => services.users.findWithSession(sessionId, services.clock())),
  )
  return refreshed.every((each) => each?.user.id !== account.user.id)
}
