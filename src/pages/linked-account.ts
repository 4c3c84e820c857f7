import type { Context } from 'hono'
import { sentFields } from '../http/body'
import { hashSecretText, type TokenPurpose } from '../links/one-time-token'
import { invalidLink } from '../routes/answer-sign-in'
import type { Services } from '../services'

/** What the links in mails lead to, and what they have to be good for. */
const LINKED: Readonly<Record<string, readonly TokenPurpose[]>> = {
  '/login/link/confirm': ['sign-in'],
  '/password/reset': ['reset-password'],
  '/email/verify': ['register', 'verify-email'],
  '/email/change/confirm': ['change-email'],
}

/**
 * Whose address the link is for that led to a page, for password managers; `null` on a page to which no link leads. Uses nothing up:
 * programs follow links, too.
 *
 * @throws {Problem} `invalid-link` before anybody has typed a password that would be of no use.
 */
export async function linkedEmail(
  { links, clock }: Pick<Services, 'links' | 'clock'>,
  c: Context,
  path: string,
): Promise<string | null> {
  const purposes = LINKED[path]
  if (!purposes) return null
  const tokenHash = await hashSecretText(sentFields(c).token ?? c.req.query('token') ?? '')
  const found = tokenHash === null ? null : await links.find(tokenHash, purposes, clock())
  if (!found) throw invalidLink()
  return found.account?.user.email ?? found.newEmail?.address ?? null
}
