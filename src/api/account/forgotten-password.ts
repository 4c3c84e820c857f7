import * as v from 'valibot'
import { requestPasswordReset, resetPassword } from '../../flows/reset-password'
import type { SignedInEnv } from '../../guards/auth-env'
import { limitClient } from '../../guards/limit-client'
import { open } from '../../guards/open-route'
import { presentedDevices } from '../../guards/presented-devices'
import { jsonOrFormBody } from '../../http/body'
import { Hono } from '../../http/hono'
import { parseReturnTo } from '../../http/return-to'
import { requestSourceOf } from '../../request-source/read-request-source'
import type { MailingServices } from '../../services'
import { answer, presentGoal, withGoal } from '../answer'
import { attemptIdOf, formWithAttempt, repeatable } from '../attempt-id'
import { deviceField, giveDevice } from '../device'
import { Email, newPasswordFaults, ReturnTo, Text, TurnstileToken } from '../fields'
import { humanOnly } from '../human-check'
import { requireMail } from '../require-mail'
import { answerMailRequest, invalidLink, passwordRefused } from '../sign-in/answer-sign-in'

const ForgotBody = v.object({
  email: Email,
  ...deviceField,
  turnstile_token: TurnstileToken,
  return_to: ReturnTo,
})

const ForgotForm = formWithAttempt(ForgotBody)
const ResetBody = v.object({ token: Text, new_password: Text, ...deviceField, return_to: ReturnTo })

/** Replaces a password that is forgotten, by a link in a mail. */
export function forgottenPasswordRoutes(services: MailingServices) {
  const { config } = services
  const mail = requireMail(services)
  const limited = limitClient(services, requestSourceOf)
  const furtherFaults = newPasswordFaults('new_password', services)

  return new Hono<SignedInEnv>()
    .post(
      '/password/forgot',
      open,
      mail,
      limited,
      jsonOrFormBody(ForgotBody, { form: ForgotForm }),
      repeatable,
      humanOnly(services, 'forgot'),
      async (c) => {
        const { email, device_token, return_to } = c.req.valid('json')
        const deviceIds = await presentedDevices(services, c.req.raw.headers, device_token)
        const returnTo = parseReturnTo(return_to, config)
        const outcome = await requestPasswordReset(services, {
          email,
          returnTo,
          deviceIds,
          source: requestSourceOf(c),
          attemptId: attemptIdOf(c),
        })
        const sent = { email: email.address, returnTo }
        return answerMailRequest(c, config, { outcome, binding: null, page: 'forgot', sent })
      },
    )

    .post('/password/reset', open, mail, limited, jsonOrFormBody(ResetBody, { furtherFaults }), async (c) => {
      const { token, new_password, device_token, return_to } = c.req.valid('json')
      const presentedIds = await presentedDevices(services, c.req.raw.headers, device_token)
      const reset = await resetPassword(services, {
        token,
        newPassword: new_password,
        source: requestSourceOf(c),
        deviceIds: presentedIds,
      })
      if (reset.outcome === 'password-refused') throw passwordRefused('new_password', reset.refusal)
      if (reset.outcome !== 'reset') throw invalidLink()
      const device = { deviceId: reset.deviceId, presentedIds }
      const deviceToken = await giveDevice(
        c,
        services,
        device,
        device_token === undefined ? 'cookie' : 'body',
      )
      const { returnTo } = reset
      const form = { returnTo: return_to, page: withGoal('/password/reset?done', returnTo, config) }
      const body = { ...deviceToken, ...presentGoal(returnTo, config) }
      return answer(c, config, form, Object.keys(body).length === 0 ? null : body)
    })
}
