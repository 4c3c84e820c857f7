import { deviceProof } from '../devices/device'
import type { EmailAddress } from '../identity/email-address'
import { findLink } from '../links/find-link'
import type { PasswordRefusal } from '../passwords/password-policy'
import type { RequestSource } from '../request-source/request-source'
import { deleteCachedCopies } from '../sessions/delete-cached-copies'
import {
  type LinkServices,
  type MailAsker,
  type MailRequestOutcome,
  newLinkRequest,
  sendLink,
} from './mail-request'
import { findRepeatedUse } from './repeat-link'
import type { VerifyServices } from './verify-email'

/** Mails a link to set a new password, if there is an account. @throws {StoreUnavailable} */
export async function requestPasswordReset(
  services: LinkServices,
  asker: Pick<MailAsker, 'source' | 'deviceIds' | 'attemptId'> & {
    readonly email: EmailAddress
    readonly returnTo: string | null
  },
): Promise<MailRequestOutcome> {
  const { returnTo } = asker
  const link = await newLinkRequest(services, 'reset-password', asker)
  return sendLink(services, await services.links.issue({ ...link, bindingHash: null, returnTo }))
}

export type PasswordReset =
  | {
      readonly outcome: 'reset'
      /** The device of the account that the client is from now on. */
      readonly deviceId: string | null
      /** Says where the person wanted to go, as it was asked for. */
      readonly returnTo: string | null
    }
  | { readonly outcome: 'invalid-link' }
  | { readonly outcome: 'password-refused'; readonly refusal: PasswordRefusal }

/**
 * Sets a new password with a link. Every session ends, every device is forgotten but the one where it is done, and nobody is signed
 * in. A password that is refused does not use the link up. The same link and password, seconds later or at once, get the same outcome.
 *
 * @throws {StoreUnavailable} Also when the password was set but the cached copy of a session could not be deleted; the
 * detail says so.
 */
export async function resetPassword(
  services: VerifyServices,
  input: {
    readonly token: string
    readonly newPassword: string
    readonly source: RequestSource
    /** Ids of the genuine device credentials that came along. */
    readonly deviceIds: readonly string[]
  },
): Promise<PasswordReset> {
  const { links, passwords } = services
  const { token, newPassword, source } = input
  const presented = await findLink(services, token, ['reset-password'])
  if (!presented) return repeatReset(services, input)
  const { link, tokenHash, now } = presented
  if (!link.account) return { outcome: 'invalid-link' }
  const { user } = link.account

  const refusal = await services.passwordPolicy.check(newPassword, user)
  if (refusal) return { outcome: 'password-refused', refusal }

  const passwordHash = await passwords.hash(newPassword)
  const device = deviceProof([])
  const { returnTo } = link
  const use = { tokenHash, bindingHash: null, returnTo, source, now, userId: user.id }
  const reset = await links.resetPassword({ ...use, passwordHash, device })
  if (!reset) return repeatReset(services, input)
  services.sendMail(reset.mailIds)
  await deleteCachedCopies(services.sessionCache, reset.ended)
  return { outcome: 'reset', deviceId: reset.deviceId, returnTo }
}

/** Answers for a link that is not valid: to whoever has set this password with it seconds ago, as then. */
async function repeatReset(
  services: VerifyServices,
  input: Parameters<typeof resetPassword>[1],
): Promise<PasswordReset> {
  const repetition = { purposes: ['reset-password'], binding: null, event: 'password-reset' } as const
  const spent = await findRepeatedUse(services, { ...input, ...repetition })
  return spent
    ? { outcome: 'reset', deviceId: spent.deviceId, returnTo: spent.returnTo }
    : { outcome: 'invalid-link' }
}
