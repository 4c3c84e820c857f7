import type { Context } from 'hono'
import type { OfferToOwner } from '../api/pages'
import { presentedHandle } from '../api/sign-in/second-factor'
import { findTotpOffer } from '../flows/second-factor'
import { findOfferInSignIn } from '../flows/sign-in/enrolment'
import type { SignedInEnv } from '../guards/auth-env'
import { sentFields } from '../http/body'
import type { Services } from '../services'

/** An authenticator app whose first code was wrong. */
interface ConfirmedOffer {
  /** `null`: it is too old, or the sign-in is over. */
  readonly shown: OfferToOwner | null
  /** Says whether it was to be set up on the account page. */
  readonly ofAccount: boolean
}

/** Returns the offer that a form confirms, or `null` if its path confirms none. @throws {StoreUnavailable} */
export async function confirmedOffer(
  services: Services,
  c: Context<SignedInEnv>,
  path: string,
): Promise<ConfirmedOffer | null> {
  const { secondFactorPart, config } = services
  if (!secondFactorPart) return null
  const having = { ...services, ...secondFactorPart }
  const { enrolment = '' } = sentFields(c)
  const { principal } = c.var
  if (path === '/me/totp/confirm' && principal) {
    const offer = await findTotpOffer(having, principal, enrolment)
    return { shown: offer && { ...offer, accountId: principal.userId }, ofAccount: true }
  }
  if (path !== '/login/second-factor/set-up/totp/confirm') return null
  const offer = await findOfferInSignIn(having, presentedHandle(c, config.cookies, undefined), enrolment)
  return { shown: offer && { ...offer, accountId: null }, ofAccount: false }
}
