import type { LinkStore } from '../links/link-store'
import { mintSecret } from '../links/one-time-token'
import { checkPassword, type PasswordRefusal } from '../passwords/password-policy'
import type { AskedForMail, MailAsker } from './asked-for-mail'
import type { EmailAddress } from './email-address'
import { passwordContext } from './password-context'
import type { RegisterServices } from './register'

export type HeldRegistration =
  | AskedForMail
  | { readonly outcome: 'password-refused'; readonly refusal: PasswordRefusal }

/**
 * Registers where addresses are to be proven first: keeps what was chosen apart from every account, and mails a link. The owner of an
 * account with the address gets a mail instead. Work and answer are the same for both.
 *
 * @throws {StoreUnavailable}
 */
export async function registerVerified(
  services: Pick<
    RegisterServices,
    'accountKeys' | 'passwords' | 'passwordMinLength' | 'serviceHost' | 'clock'
  > & { readonly links: LinkStore },
  input: MailAsker & {
    readonly email: EmailAddress
    readonly password: string
    readonly name: string | null
  },
): Promise<HeldRegistration> {
  const { links, accountKeys, passwords, clock } = services
  const { email, password, name, binding, client } = input
  const context = passwordContext({ email: email.address, name }, services.serviceHost)
  const refusal = await checkPassword(password, { minLength: services.passwordMinLength, context })
  if (refusal) return { outcome: 'password-refused', refusal }

  const now = clock()
  const accountKey = await accountKeys(email.canonical)
  // Before the hash, so that a flood costs neither it nor mail.
  const retryAfterSeconds = await links.reserve({ purpose: 'register', accountKey, now })
  if (retryAfterSeconds !== null) return { outcome: 'throttled', retryAfterSeconds }
  const passwordHash = await passwords.hash(password)
  const token = await mintSecret()
  await links.holdRegistration({ email, name, passwordHash, token, bindingHash: binding.hash, client, now })
  return { outcome: 'accepted' }
}
