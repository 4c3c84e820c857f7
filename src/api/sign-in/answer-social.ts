import type { Context } from 'hono'
import { mailForIdentity } from '../../flows/identities'
import type { SocialSignIn } from '../../flows/sign-in/social'
import { setAuthCookie } from '../../http/auth-cookies'
import { Problem } from '../../http/problem'
import { appHome, safeReturnTo } from '../../http/return-to'
import { requestSourceOf } from '../../request-source/read-request-source'
import type { Services, SocialPart } from '../../services'
import type { IdentityOffer, SocialAttempt } from '../../social/attempt'
import { OFFER_SECONDS } from '../../social/attempt'
import type { Identity } from '../../social/provider'
import { giveDevice } from '../device'
import { noteMailSent } from '../mail-sent'
import { answerPending, nextPage, presentPending } from './answer-pending'
import { answerSignIn, attemptRefused, clearReplaced, type ModeInput, presentSignIn } from './answer-sign-in'
import { type Binding, giveBinding, keepBinding } from './binding'

interface SocialAnswer {
  readonly deviceIds: readonly string[]
  readonly identity: Identity
}

/** Answers an app in token mode. */
export async function answerIdentity(
  c: Context,
  services: Services & SocialPart,
  signIn: SocialSignIn,
  { deviceIds, identity, refresh_in }: SocialAnswer & Pick<ModeInput, 'refresh_in'>,
) {
  if (signIn.outcome === 'second-factor-due') return answerPending(c, services, signIn.pending, 'token')
  if (signIn.outcome === 'signed-in') {
    const status = signIn.isNew ? 201 : 200
    return answerSignIn(c, services, signIn, { refresh_in, deviceIds, status })
  }
  if (signIn.outcome === 'account-exists')
    return c.json({ next: ['sign-in'], ...(await presentOffer(services, signIn.offer)) })
  if (signIn.outcome === 'address-unproven') {
    const binding = await mailLink(c, services, signIn, { deviceIds, identity })
    return c.json({
      next: ['mail'],
      ...(await presentOffer(services, signIn.offer)),
      binding: binding.secret.text,
    })
  }
  throw refusal(signIn)
}

async function presentOffer({ seals }: SocialPart, offer: IdentityOffer) {
  return { offer: await seals.offers.seal(offer), expires_in: OFFER_SECONDS }
}

/** Leads a browser on that came back from a provider. */
export async function redirectIdentity(
  c: Context,
  services: Services & SocialPart,
  signIn: SocialSignIn,
  {
    deviceIds,
    identity,
    attempt,
    hasPages,
  }: SocialAnswer & { readonly attempt: SocialAttempt; readonly hasPages: boolean },
) {
  const { config } = services
  const { basePath, cookies } = config
  if (signIn.outcome === 'signed-in') {
    const { signedIn } = signIn
    clearReplaced(c, cookies, signedIn, 'body')
    presentSignIn(c, cookies, signedIn, 'body')
    await giveDevice(c, services, { deviceId: signedIn.deviceId, presentedIds: deviceIds }, 'cookie')
    return c.redirect(safeReturnTo(attempt.returnTo ?? undefined, config, appHome(config)), 303)
  }
  if (signIn.outcome === 'second-factor-due') {
    const { next } = presentPending(c, services, signIn.pending, 'session')
    return c.redirect(`${basePath}${nextPage(next)}`, 303)
  }
  if (signIn.outcome === 'account-exists' && hasPages) {
    await keepOffer(c, services, signIn.offer)
    return c.redirect(`${basePath}/login/connect`, 303)
  }
  if (signIn.outcome === 'address-unproven' && hasPages) {
    const { address } = signIn.email
    giveBinding(c, await mailLink(c, services, signIn, { deviceIds, identity }))
    await keepOffer(c, services, signIn.offer)
    noteMailSent(c, cookies, { email: address, returnTo: attempt.returnTo })
    return c.redirect(`${basePath}/mail-sent?for=register`, 303)
  }
  throw refusal(signIn)
}

async function keepOffer(c: Context, { seals, config }: Services & SocialPart, offer: IdentityOffer) {
  setAuthCookie(c, config.cookies.identityOffer, await seals.offers.seal(offer), OFFER_SECONDS)
}

/** Mails the link that proves the address, and returns what binds it to this browser or client. */
async function mailLink(
  c: Context,
  services: Services,
  { email, offer }: Extract<SocialSignIn, { outcome: 'address-unproven' }>,
  { deviceIds, identity: { name } }: SocialAnswer,
): Promise<Binding> {
  const { mail, config } = services
  if (!mail?.delivery) throw new Problem('social-no-address')
  const binding = await keepBinding(c, services, { cookie: config.cookies.registration, email })
  // The account page offers the identity to the account that the link makes.
  const asker = { returnTo: `${config.basePath}/account`, source: requestSourceOf(c), deviceIds }
  const outcome = await mailForIdentity(
    { ...services, ...mail },
    { ...asker, email, name, binding: binding.secret },
  )
  if (outcome.outcome === 'throttled') throw attemptRefused(outcome)
  services.log('identity-offered', { provider: offer.provider })
  return binding
}

function refusal({ outcome }: SocialSignIn): Problem {
  if (outcome === 'registration-closed') return new Problem('registration-closed')
  if (outcome === 'account-exists' || outcome === 'address-unproven') {
    const detail = 'Sign in to the account, and connect the provider there.'
    return new Problem('account-exists', { detail })
  }
  return new Problem(outcome === 'no-address' ? 'social-no-address' : 'social-refused')
}
