import type { Context } from 'hono'
import * as v from 'valibot'
import { type Enrolled, enrolTotp, offerTotpInSignIn } from '../../flows/sign-in/enrolment'
import { limitClient } from '../../guards/limit-client'
import { open } from '../../guards/open-route'
import { isForm, jsonOrFormBody } from '../../http/body'
import { Hono } from '../../http/hono'
import { Problem } from '../../http/problem'
import { appHome, safeReturnTo } from '../../http/return-to'
import { requestSourceOf } from '../../request-source/read-request-source'
import type { SecondFactorPart, Services } from '../../services'
import type { Mode } from '../../sessions/mode'
import { presentGoal } from '../answer'
import { Code } from '../code-field'
import { deviceField, giveDevice } from '../device'
import { Text } from '../fields'
import type { Pages } from '../pages'
import { clearReplaced, credentialPlace, modeFields, presentSignIn } from './answer-sign-in'
import { clearPending, signInExpired, stepArrival } from './second-factor'

const OfferBody = v.object({ pending: v.optional(Text) })
const ConfirmBody = v.object({
  enrolment: Text,
  code: Code,
  pending: v.optional(Text),
  ...modeFields,
  ...deviceField,
})

/**
 * Creates the routes to set up an authenticator app in a sign-in whose account must have a second factor and has none. What is shown once is a page to a
 * browser that sent a form.
 */
export function enrolmentRoutes(services: Services & SecondFactorPart, pages: Pages | null) {
  const { config } = services
  const limited = limitClient(services, requestSourceOf)
  const pagesFor = (c: Context) => (isForm(c) && pages?.wanted(c) ? pages : null)

  return new Hono()
    .post('/login/second-factor/set-up/totp', open, limited, jsonOrFormBody(OfferBody), async (c) => {
      const arrival = await stepArrival(c, services, c.req.valid('json'))
      const offer = await offerTotpInSignIn(services, arrival)
      if (!offer) throw signInExpired()
      const shown = pagesFor(c)
      if (shown) return shown.totpOffer(c, { ...offer, accountId: null })
      return c.json({ enrolment: offer.enrolment, seed: offer.seed, otpauth_uri: offer.otpauthUri })
    })

    .post(
      '/login/second-factor/set-up/totp/confirm',
      open,
      limited,
      jsonOrFormBody(ConfirmBody),
      async (c) => {
        const { enrolment, code, refresh_in, ...sent } = c.req.valid('json')
        const arrival = await stepArrival(c, services, sent)
        const enrolled = await enrolTotp(services, { ...arrival, enrolment, code })
        const { body, goal } = await answerEnrolled(c, services, enrolled, { ...arrival, refresh_in })
        const { recoveryCodes } = whole(enrolled)
        const shown = pagesFor(c)
        if (shown) return shown.recoveryCodes(c, recoveryCodes, safeReturnTo(goal, config, appHome(config)))
        return c.json({ ...body, recovery_codes: recoveryCodes })
      },
    )
}

/** Returns an enrolment that began a session. @throws {Problem} For every other. */
function whole(enrolled: Enrolled) {
  if (enrolled.outcome === 'invalid-code') throw new Problem('invalid-second-factor')
  if (enrolled.outcome === 'refused') throw new Problem('passkey-refused')
  if (enrolled.outcome === 'sign-in-expired') throw signInExpired()
  return enrolled
}

/** Answers a sign-in that has set up a second factor: with the credentials of its mode. @throws {Problem} If it has not. */
export async function answerEnrolled(
  c: Context,
  services: Services,
  enrolled: Enrolled,
  {
    refresh_in = 'body',
    deviceIds,
  }: {
    readonly refresh_in?: 'body' | 'cookie' | undefined
    readonly deviceIds: readonly string[]
    readonly mode: Mode
  },
) {
  const { cookies } = services.config
  if (enrolled.outcome === 'sign-in-expired') clearPending(c, cookies)
  const { signedIn, returnTo } = whole(enrolled)
  clearPending(c, cookies)
  clearReplaced(c, cookies, signedIn, refresh_in)
  const device = { deviceId: signedIn.deviceId, presentedIds: deviceIds }
  const body = {
    ...presentSignIn(c, cookies, signedIn, refresh_in),
    ...(await giveDevice(c, services, device, credentialPlace(signedIn, refresh_in))),
    ...presentGoal(returnTo, services.config),
  }
  return { body, goal: returnTo ?? undefined }
}
