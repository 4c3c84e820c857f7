import type { EmailAddress } from '../identity/email-address'
import { findLink } from '../links/find-link'
import { matchesSecret, mintSecret } from '../links/one-time-token'
import type { RequestSource } from '../request-source/request-source'
import { type LinkServices, type MailAsker, type MailRequestOutcome, mailAttempt } from './mail-request'
import {
  completeProof,
  type NotRecent,
  type PasswordMissing,
  type PresentedProof,
  type ProofServices,
  proveOwner,
} from './own-proof'
import { findRepeatedUse } from './repeat-link'
import type { AttemptServices, NoPassword, RefusedAttempt } from './sign-in/attempt-password'
import type { OwnSession } from './sign-out'

/**
 * Mails a link to the address that an account is to have, and tells the one it has. Until the link is used nothing changes. If the
 * address belongs to another account, its owner is told instead, and the answer is the same. The same attempt, seconds later or at once,
 * mails nothing more.
 *
 * @throws {StoreUnavailable}
 */
export async function requestEmailChange(
  services: AttemptServices & ProofServices & Pick<LinkServices, 'links' | 'sendMail'>,
  session: OwnSession,
  input: Omit<MailAsker, 'deviceIds'> & PresentedProof & { readonly email: EmailAddress },
): Promise<MailRequestOutcome | RefusedAttempt | NoPassword | PasswordMissing | NotRecent> {
  const { users, links, attempts, accountKeys, clock } = services
  const { email, password, recent, binding, source, attemptId } = input
  const account = await users.findById(session.userId)
  if (!account) return { outcome: 'refused' }
  // Before anything is counted: the same, whatever was asked for.
  const complete = completeProof(services, account, { password, recent })
  if (complete.outcome !== 'complete') return complete
  const accountKey = await accountKeys(email.canonical)
  // Before the password is looked at: what is one request too many costs no hash, and is no failed attempt.
  const asker = { of: 'account', key: await accountKeys(`account ${session.userId}`) } as const
  const request = { canonicalEmail: email.canonical, accountKey, asker, now: clock() }
  const details = ['change-email', session.userId, email.canonical, password ?? ''] as const
  const mail = await mailAttempt(services, attemptId, details)
  const reserved = await links.reserve({ ...request, attempt: mail, purpose: 'change-email' })
  if (reserved.outcome === 'throttled') return reserved
  if (reserved.outcome === 'repeated') return { outcome: 'accepted' }
  const by = { event: 'email-change-requested', source, session } as const
  const proven = await proveOwner(services, complete, by)
  if (proven.outcome !== 'proven') return proven

  const token = await mintSecret()
  const { proof } = proven
  const issued = await links.issueAddressChange({
    userId: session.userId,
    ...proof,
    email,
    token,
    bindingHash: binding.hash,
    attempt: mail,
    now: clock(),
  })
  if (issued) services.sendMail(issued.mailIds)
  else if (proof.reserved) await attempts.takeBack(proof.reserved, session)
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
  const changed = await services.links.changeEmail({ ...use, ...emails })
  if (!changed) return repeat()
  services.sendMail(changed.mailIds)
  return { outcome: 'changed' }
}
