import type { Client } from '../client'
import { hashSecretText, mintSecret } from '../links/one-time-token'
import { checkPassword, type PasswordRefusal } from '../passwords/password-policy'
import { deleteCachedCopies } from '../sessions/delete-cached-copies'
import { type AskedForMail, askedForMail } from './asked-for-mail'
import type { EmailAddress } from './email-address'
import { passwordContext } from './password-context'
import type { LinkServices, VerifyServices } from './verify-email'

/** Mails a link to set a new password, if there is an account. @throws {StoreUnavailable} */
export async function requestPasswordReset(
  { links, accountKeys, clock }: LinkServices,
  { email, client }: { readonly email: EmailAddress; readonly client: Client },
): Promise<AskedForMail> {
  const accountKey = await accountKeys(email.canonical)
  const request = { purpose: 'reset-password', accountKey, now: clock() } as const
  const token = await mintSecret()
  const issued = { canonicalEmail: email.canonical, token, bindingHash: null, client }
  return askedForMail(await links.issue({ ...request, ...issued }))
}

export type PasswordReset =
  | { readonly outcome: 'reset' }
  | { readonly outcome: 'invalid-link' }
  | { readonly outcome: 'password-refused'; readonly refusal: PasswordRefusal }

/**
 * Sets a new password with a link. Every session ends, failed attempts are forgotten, and nobody is signed in. A password that is
 * refused does not use the link up.
 *
 * @throws {StoreUnavailable} Also when the password was set but the cached copy of a session could not be deleted; the
 * detail says so.
 */
export async function resetPassword(
  services: VerifyServices,
  input: { readonly token: string; readonly newPassword: string; readonly client: Client },
): Promise<PasswordReset> {
  const { links, passwords, accountKeys, clock } = services
  const { token, newPassword, client } = input
  const tokenHash = await hashSecretText(token)
  const now = clock()
  const found = tokenHash === null ? null : await links.find(tokenHash, ['reset-password'], now)
  if (tokenHash === null || !found?.account) return { outcome: 'invalid-link' }
  const { user, canonicalEmail } = found.account

  const context = passwordContext(user, services.serviceHost)
  const refusal = await checkPassword(newPassword, { minLength: services.passwordMinLength, context })
  if (refusal) return { outcome: 'password-refused', refusal }

  const passwordHash = await passwords.hash(newPassword)
  const accountKey = await accountKeys(canonicalEmail)
  const use = { tokenHash, client, now, userId: user.id, accountKey, passwordHash }
  const ended = await links.resetPassword(use)
  if (!ended) return { outcome: 'invalid-link' }
  await deleteCachedCopies(services.sessionCache, ended)
  return { outcome: 'reset' }
}
