import { type EmailAddress, parseEmailAddress } from '../identity/email-address'
import { mintSecret } from '../links/one-time-token'
import type { Clock } from '../runtime/clock'
import type { SendMail } from '../runtime/queued-mail'
import type { IdentityOffer, SocialAttempt } from '../social/attempt'
import type { IdentityChange, IdentityStore, Linked } from '../social/identity-store'
import type { Identity } from '../social/provider'
import { type LinkServices, type MailAsker, type MailRequestOutcome, newMailRequest } from './mail-request'
import { newIdentity } from './sign-in/social'

interface IdentityServices {
  readonly identities: IdentityStore
  readonly sendMail: SendMail
  readonly clock: Clock
}

/** Connects an identity that its provider has just vouched for to the account of the session that requested it. @throws {StoreUnavailable} */
export async function linkIdentity(
  services: IdentityServices,
  {
    identity,
    attempt,
    by,
  }: {
    readonly identity: Identity
    readonly attempt: SocialAttempt
    readonly by: Omit<IdentityChange, 'now'>
  },
): Promise<Linked> {
  const now = services.clock()
  const stored = newIdentity(identity, { provider: attempt.provider, userId: by.userId, now })
  return link(services, stored, { ...by, now, used: attempt })
}

/** Connects an identity that waited for its owner to sign in. @throws {StoreUnavailable} */
export async function linkOffered(
  services: IdentityServices,
  { offer, by }: { readonly offer: IdentityOffer; readonly by: Omit<IdentityChange, 'now'> },
): Promise<Linked> {
  const now = services.clock()
  const { issuer, subject, provider } = offer
  const email = parseEmailAddress(offer.email)
  const stored = newIdentity({ issuer, subject, email }, { provider, userId: by.userId, now })
  return link(services, stored, { ...by, now, used: offer })
}

async function link(
  { identities, sendMail }: IdentityServices,
  ...[identity, by]: Parameters<IdentityStore['link']>
): Promise<Linked> {
  const linked = await identities.link(identity, by)
  if (linked.outcome === 'linked') sendMail(linked.mailIds)
  return linked
}

/**
 * Mails a link to the address that a provider has not proven: it makes the account, without a password. Who has an account with the address
 * gets a notice instead. Work and answer are the same for both. @throws {StoreUnavailable}
 */
export async function mailForIdentity(
  services: LinkServices,
  asker: Omit<MailAsker, 'attemptId'> & {
    readonly email: EmailAddress
    readonly name: string | null
    readonly returnTo: string | null
  },
): Promise<MailRequestOutcome> {
  const { email, name, returnTo, binding, source } = asker
  const request = await newMailRequest(services, asker)
  const reserved = await services.links.reserve({ ...request, attempt: null, purpose: 'register' })
  if (reserved.outcome === 'throttled') return reserved
  const token = await mintSecret()
  const registration = { email, name, passwordHash: null, token, bindingHash: binding.hash, returnTo }
  const details = { ...registration, attempt: null, source, now: request.now }
  services.sendMail((await services.links.holdRegistration(details)).mailIds)
  return { outcome: 'accepted' }
}
