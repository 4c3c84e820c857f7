import type { EmailAddress } from '../identity/email-address'
import { findLink } from '../links/find-link'
import type { LinkStore } from '../links/link-store'
import { matchesSecret, mintSecret } from '../links/one-time-token'
import type { RequestSource } from '../request-source/request-source'
import { type LinkServices, type MailAsker, type MailRequestOutcome, mailAttempt } from './mail-request'
import { findRepeatedUse } from './repeat-link'
import {
  type AttemptServices,
  attemptPassword,
  type NoPassword,
  type RefusedAttempt,
} from './sign-in/attempt-password'
import type { OwnSession } from './sign-out'

/**
 * Mails a link to the address that an account is to have, and tells the one it has. Until the link is used nothing changes. If the
 * address belongs to another account, its owner is told instead, and the answer is the same. The same attempt, seconds later or at once,
 * mails nothing more.
 *
 * @throws {StoreUnavailable}
 */
export async function requestEmailChange(
  services: AttemptServices & { readonly links: LinkStore },
  session: OwnSession,
  input: Omit<MailAsker, 'deviceIds'> & { readonly email: EmailAddress; readonly password: string },
): Promise<MailRequestOutcome | RefusedAttempt | NoPassword> {
  const { users, links, attempts, accountKeys, clock } = services
  const { email, password, binding, source, attemptId } = input
  const account = await users.findById(session.userId)
  if (!account) return { outcome: 'refused' }
  if (account.passwordHash === null) return { outcome: 'no-password' }
  const { canonicalEmail } = account
  const accountKey = await accountKeys(email.canonical)
  // Before the password is looked at: what is one request too many costs no hash, and is no failed attempt.
  const asker = { of: 'account', key: await accountKeys(`account ${session.userId}`) } as const
  const request = { canonicalEmail: email.canonical, accountKey, asker, now: clock() }
  const details = ['change-email', session.userId, email.canonical, password] as const
  const mail = await mailAttempt(services, attemptId, details)
  const reserved = await links.reserve({ ...request, attempt: mail, purpose: 'change-email' })
  if (reserved.outcome === 'throttled') return reserved
  if (reserved.outcome === 'repeated') return { outcome: 'accepted' }
  const attempt = {
    canonicalEmail,
    password,
    event: 'email-change-requested',
    source,
    deviceIds: [],
    session,
  } as const
  const attempted = await attemptPassword(services, attempt)
  if (attempted.outcome !== 'proven') return attempted

  const token = await mintSecret()
  const { proof } = attempted
  const issued = await links.issueAddressChange({
    userId: session.userId,
    ...proof,
    email,
    token,
    bindingHash: binding.hash,
    attempt: mail,
    now: clock(),
  })
  if (!issued) await attempts.takeBack(proof.reserved, session)
  return { outcome: 'accepted' }
}

export type EmailChange = { readonly outcome: 'changed' } | { readonly outcome: 'invalid-link' }

/**
 * Gives an account the address that its link proves, where the change was asked for: a person who opens a link that somebody else
 * had mailed to them would lend that one's account their address. The same link used again there within seconds gets the same outcome.
 *
 * @throws {StoreUnavailable}
 */
export async function confirmEmailChange(
  services: AttemptServices & LinkServices,
  input: { readonly token: string; readonly binding: string | null; readonly source: RequestSource },
): Promise<EmailChange> {
  const { token, binding, source } = input
  const repeat = async (): Promise<EmailChange> => {
    const proof = { newPassword: null, deviceIds: [] } as const
    const repetition = { purposes: ['change-email'], event: 'email-changed' } as const
    const spent = await findRepeatedUse(services, { ...input, ...proof, ...repetition })
    return { outcome: spent ? 'changed' : 'invalid-link' }
  }
  const presented = await findLink(services, token, ['change-email'], binding)
  if (!presented) return repeat()
  const { link, tokenHash, bindingHash, now } = presented
  if (!link.account || !link.newEmail) return { outcome: 'invalid-link' }
  // guard: an address change is confirmed where it was asked for
  if (!(await matchesSecret(binding, link.bindingHash))) return { outcome: 'invalid-link' }
  const { user } = link.account
  const use = { tokenHash, bindingHash, returnTo: null, source, now, userId: user.id }
  const emails = { oldEmail: user.email, email: link.newEmail }
  return (await services.links.changeEmail({ ...use, ...emails })) ? { outcome: 'changed' } : repeat()
}
