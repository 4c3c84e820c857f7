import type { EmailAddress } from '../identity/email-address'
import type { LinkStore } from '../links/link-store'
import { mintSecret } from '../links/one-time-token'
import type { PasswordRefusal } from '../passwords/password-policy'
import { type MailAsker, type MailRequestOutcome, mailAttempt, newMailRequest } from './mail-request'
import type { RegisterServices } from './register'

export type RegistrationAnswer =
  | MailRequestOutcome
  | { readonly outcome: 'password-refused'; readonly refusal: PasswordRefusal }

/**
 * Registers where addresses are to be proven first: keeps what was chosen apart from every account, and mails a link. The owner of an
 * account with the address gets a mail instead. Work and answer are the same for both. The same attempt, seconds later or at once, mails
 * nothing more.
 *
 * @throws {StoreUnavailable}
 */
export async function registerVerified(
  services: Pick<RegisterServices, 'accountKeys' | 'passwords' | 'passwordPolicy' | 'sendMail' | 'clock'> & {
    readonly links: LinkStore
  },
  input: MailAsker & {
    readonly email: EmailAddress
    readonly password: string
    readonly name: string | null
    readonly returnTo: string | null
  },
): Promise<RegistrationAnswer> {
  const { links, passwords } = services
  const { email, password, name, returnTo, binding, source, deviceIds, attemptId } = input
  const refusal = await services.passwordPolicy.check(password, { email: email.address, name })
  if (refusal) return { outcome: 'password-refused', refusal }

  // Before the hash, so that a flood costs neither it nor mail.
  const request = await newMailRequest(services, { email, source, deviceIds })
  const details = ['register', email.canonical, name, password, returnTo] as const
  const attempt = await mailAttempt(services, attemptId, details)
  const reserved = await links.reserve({ ...request, attempt, purpose: 'register' })
  if (reserved.outcome === 'throttled') return reserved
  if (reserved.outcome === 'repeated') return { outcome: 'accepted' }
  const passwordHash = await passwords.hash(password)
  const token = await mintSecret()
  const { now } = request
  const registration = { email, name, passwordHash, token, bindingHash: binding.hash, returnTo, source, now }
  services.sendMail((await links.holdRegistration({ ...registration, attempt })).mailIds)
  return { outcome: 'accepted' }
}
