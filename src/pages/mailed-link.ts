import type { Context } from 'hono'
import { sentFields } from '../http/body'
import type { TokenPurpose } from '../links/one-time-token'
import { presentLink } from '../links/present-link'
import { invalidLink } from '../routes/answer-sign-in'
import { presentedBinding } from '../routes/binding'
import type { Services } from '../services'

/** What the links in mails lead to, and what they have to be good for. */
const LINKED: Readonly<Record<string, readonly TokenPurpose[]>> = {
  '/login/link/confirm': ['sign-in'],
  '/password/reset': ['reset-password'],
  '/email/verify': ['register', 'verify-email'],
  '/email/change/confirm': ['change-email'],
}

/** What a page has to know of the link that led to it. */
export interface MailedLink {
  /** Whose it is, for password managers. */
  readonly email: string | null
  /** Whether this browser is the one that registered, which keeps the password that was chosen there. */
  readonly keepsPassword: boolean
}

/**
 * The link that led to a page; `null` on a page to which none leads. Uses nothing up: programs follow links, too.
 *
 * @throws {Problem} `invalid-link` before anybody has typed a password that would be of no use.
 */
export async function findMailedLink(
  services: Pick<Services, 'links' | 'clock' | 'cookies'>,
  c: Context,
  path: string,
): Promise<MailedLink | null> {
  const purposes = LINKED[path]
  if (!purposes) return null
  const token = sentFields(c).token ?? c.req.query('token') ?? ''
  const binding = presentedBinding(c, services.cookies.registration, undefined)
  const presented = await presentLink(services, token, purposes, binding)
  if (!presented) throw invalidLink()
  const { found } = presented
  return {
    email: found.account?.user.email ?? found.newEmail?.address ?? null,
    keepsPassword: found.own !== null,
  }
}
