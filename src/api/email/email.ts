import * as v from 'valibot'
import { confirmEmailChange, requestEmailChange } from '../../flows/change-email'
import { resendVerification, verifyEmail } from '../../flows/verify-email'
import type { SignedInEnv } from '../../guards/auth-env'
import { limitClient } from '../../guards/limit-client'
import { open } from '../../guards/open-route'
import { optionalPrincipal } from '../../guards/optional-principal'
import { presentedDevices } from '../../guards/presented-devices'
import { presentedSessions } from '../../guards/presented-sessions'
import { requireLiveSession } from '../../guards/require-live-session'
import { isForm, jsonOrFormBody } from '../../http/body'
import { Hono } from '../../http/hono'
import { requestSourceOf } from '../../request-source/read-request-source'
import type { MailingServices } from '../../services'
import { answer, presentGoal, withGoal } from '../answer'
import { attemptIdOf, formWithAttempt, repeatable } from '../attempt-id'
import { deviceField, giveDevice } from '../device'
import { Email, newPasswordFaults, ReturnTo, Text } from '../fields'
import { clearMailSent } from '../mail-sent'
import { ownAccount, refuseOtherAccount, sameAccount } from '../own-account'
import { ownerRefused, presentedProof } from '../presented-proof'
import { requireMail } from '../require-mail'
import { nextPage, presentPending } from '../sign-in/answer-pending'
import {
  answerMailRequest,
  chooseMode,
  clearReplaced,
  credentialPlace,
  invalidLink,
  modeFields,
  passwordRefused,
  presentSignIn,
} from '../sign-in/answer-sign-in'
import { clearBinding, keepBinding, presentedBinding } from '../sign-in/binding'

const VerifyBody = v.object({
  token: Text,
  binding: v.optional(Text),
  new_password: v.optional(Text),
  ...modeFields,
  ...deviceField,
  return_to: ReturnTo,
})
const ResendBody = v.object({
  email: Email,
  binding: v.optional(Text),
  ...ownAccount,
  ...deviceField,
  return_to: ReturnTo,
})
const ResendForm = formWithAttempt(ResendBody)

const ChangeBody = v.object({ email: Email, password: v.optional(Text), ...ownAccount, return_to: ReturnTo })

const ChangeForm = formWithAttempt(ChangeBody)
const ConfirmBody = v.object({ token: Text, binding: v.optional(Text), return_to: ReturnTo })

/** Creates the routes for addresses: prove one, change it. What is mailed is used by POST only, for programs follow links, too. */
export function emailRoutes(services: MailingServices) {
  const { config } = services
  const mail = requireMail(services)
  const limited = limitClient(services, requestSourceOf)
  const live = requireLiveSession(services)
  const furtherFaults = newPasswordFaults('new_password', services)

  return new Hono<SignedInEnv>()
    .post('/email/verify', open, mail, limited, jsonOrFormBody(VerifyBody, { furtherFaults }), async (c) => {
      const { token, binding, new_password, device_token, return_to, ...choice } = c.req.valid('json')
      const { refresh_in = 'body' } = choice
      const deviceIds = await presentedDevices(services, c.req.raw.headers, device_token)
      // A page that would get a session where there are only tokens proves the address, and no more.
      const mode = isForm(c) && !config.modes.includes('session') ? null : chooseMode(c, config.modes, choice)
      const verification = await verifyEmail(services, {
        token,
        binding: presentedBinding(c, config.cookies.registration, binding),
        newPassword: new_password ?? null,
        source: requestSourceOf(c),
        mode,
        presented: await presentedSessions(services, c.req.raw.headers),
        deviceIds,
      })
      if (verification.outcome === 'password-refused') {
        throw passwordRefused('new_password', verification.refusal)
      }
      if (verification.outcome !== 'verified') throw invalidLink()
      clearBinding(c, config.cookies.registration)
      clearMailSent(c, config.cookies)
      const { hasPassword, deviceId, returnTo, signedIn, pending, elsewhere } = verification
      if (signedIn) clearReplaced(c, config.cookies, signedIn, refresh_in)
      const session = signedIn && presentSignIn(c, config.cookies, signedIn, refresh_in)
      const place = device_token === undefined ? 'cookie' : 'body'
      const device = { deviceId, presentedIds: deviceIds }
      const deviceToken = await giveDevice(
        c,
        services,
        device,
        signedIn ? credentialPlace(signedIn, refresh_in) : place,
      )
      const ready = elsewhere ? 'elsewhere' : 'ready'
      const page = withGoal(`/email/verify?done=${hasPassword ? ready : 'no-password'}`, returnTo, config)
      const goal = presentGoal(returnTo, config)
      const waits = pending && presentPending(c, services, pending, mode ?? 'session')
      const body = {
        email_verified: true,
        has_password: hasPassword,
        ...session,
        ...waits,
        ...deviceToken,
        ...goal,
      }
      if (waits) return answer(c, config, { returnTo: null, page: nextPage(waits.next) }, body)
      return answer(c, config, { returnTo: return_to ?? (signedIn && returnTo), page }, body)
    })

    .post(
      '/email/verify/resend',
      open,
      mail,
      limited,
      jsonOrFormBody(ResendBody, { form: ResendForm }),
      repeatable,
      async (c) => {
        const {
          email,
          binding: bindingText,
          account_id,
          device_token,
          return_to: returnTo,
        } = c.req.valid('json')
        const signedIn = await optionalPrincipal(services, c.req.raw.headers)
        // Nobody need be signed in to ask.
        // guard: a link is asked for again for no other account than the one that is signed in
        if (signedIn) refuseOtherAccount(signedIn.userId, account_id)
        const binding = await keepBinding(c, services, {
          cookie: config.cookies.registration,
          inBody: bindingText,
          email,
        })
        const outcome = await resendVerification(services, {
          signedIn,
          deviceIds: await presentedDevices(services, c.req.raw.headers, device_token),
          email,
          binding: binding.secret,
          source: requestSourceOf(c),
          attemptId: attemptIdOf(c),
        })
        return answerMailRequest(c, config, {
          outcome,
          binding,
          page: 'resend',
          sent: { email: email.address, returnTo: null },
          returnTo,
        })
      },
    )

    .post(
      '/email/change',
      mail,
      live,
      limited,
      jsonOrFormBody(ChangeBody, { form: ChangeForm }),
      repeatable,
      sameAccount,
      async (c) => {
        const { email, password, return_to: returnTo } = c.req.valid('json')
        const binding = await keepBinding(c, services, { cookie: config.cookies.emailChange, email })
        const by = { binding: binding.secret, source: requestSourceOf(c), attemptId: attemptIdOf(c) }
        const input = { email, ...presentedProof(c, services, password), ...by }
        const outcome = await requestEmailChange(services, c.var.principal, input)
        if (outcome.outcome !== 'accepted' && outcome.outcome !== 'throttled') throw ownerRefused(outcome)
        return answerMailRequest(c, config, {
          outcome,
          binding,
          page: 'change',
          sent: { email: email.address, returnTo: null },
          returnTo,
        })
      },
    )

    .post('/email/change/confirm', open, mail, limited, jsonOrFormBody(ConfirmBody), async (c) => {
      const { token, binding: bindingText, return_to } = c.req.valid('json')
      const binding = presentedBinding(c, config.cookies.emailChange, bindingText)
      const change = await confirmEmailChange(services, { token, binding, source: requestSourceOf(c) })
      if (change.outcome !== 'changed') throw invalidLink()
      clearBinding(c, config.cookies.emailChange)
      return answer(c, config, { returnTo: return_to, page: '/email/change/confirm?done' }, null)
    })
}
