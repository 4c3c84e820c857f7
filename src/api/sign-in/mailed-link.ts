import * as v from 'valibot'
import { signInWithCode } from '../../flows/sign-in/mailed-code'
import {
  findLinkRecipient,
  type LinkArrival,
  requestSignInLink,
  signInWithLink,
} from '../../flows/sign-in/mailed-link'
import type { SignedInEnv } from '../../guards/auth-env'
import { limitClient } from '../../guards/limit-client'
import { open } from '../../guards/open-route'
import { presentedDevices } from '../../guards/presented-devices'
import { jsonOrFormBody, missingField } from '../../http/body'
import { Hono } from '../../http/hono'
import { parseReturnTo } from '../../http/return-to'
import type { EmailAddress } from '../../identity/email-address'
import { requestSourceOf } from '../../request-source/read-request-source'
import type { MailingServices } from '../../services'
import { attemptIdOf, formWithAttempt, repeatable } from '../attempt-id'
import { Code } from '../code-field'
import { deviceField } from '../device'
import { Email, ReturnTo, Text, TurnstileToken } from '../fields'
import { humanOnly } from '../human-check'
import { clearMailSent, keepGoal, readMailSent } from '../mail-sent'
import { requireMail } from '../require-mail'
import { answerPending } from './answer-pending'
import {
  answerMailRequest,
  answerSignIn,
  attemptRefused,
  invalidCode,
  invalidLink,
  modeFields,
} from './answer-sign-in'
import { clearBinding, keepBinding, presentedBinding } from './binding'
import { signingIn } from './signing-in'

const LinkBody = v.object({
  email: Email,
  ...deviceField,
  turnstile_token: TurnstileToken,
  return_to: ReturnTo,
})

/** A page that does not know the address, or must not show it, names it by a link that went there. */
const LinkForm = formWithAttempt(
  v.object({
    email: v.optional(Email),
    token: v.optional(Text),
    turnstile_token: TurnstileToken,
    return_to: ReturnTo,
  }),
)

const ConfirmLinkBody = v.object({
  token: v.optional(Text),
  code: v.optional(Code),
  binding: v.optional(Text),
  ...modeFields,
  ...deviceField,
  return_to: ReturnTo,
})

/** Signs in by mail: sends a link with a code, and takes either. */
export function mailedLinkRoutes(services: MailingServices) {
  const { config } = services
  const limited = limitClient(services, requestSourceOf)
  const mail = requireMail(services)

  return new Hono<SignedInEnv>()
    .post(
      '/login/link',
      open,
      mail,
      limited,
      jsonOrFormBody(LinkBody, { form: LinkForm }),
      repeatable,
      humanOnly(services, 'link'),
      async (c) => {
        const { return_to, ...named } = c.req.valid('json')
        const { email, typed, goal } = await linkRecipient(services, named)
        const returnTo = parseReturnTo(return_to, config) ?? goal
        const inBody = 'device_token' in named ? named.device_token : undefined
        const deviceIds = await presentedDevices(services, c.req.raw.headers, inBody)
        const binding = await keepBinding(c, services, { cookie: config.cookies.signInLink, email })
        const outcome = await requestSignInLink(services, {
          email,
          returnTo,
          binding: binding.secret,
          source: requestSourceOf(c),
          deviceIds,
          attemptId: attemptIdOf(c),
        })
        const sent = { email: typed, returnTo }
        return answerMailRequest(c, config, { outcome, binding, page: 'link', sent })
      },
    )

    .post('/login/link/confirm', open, mail, limited, jsonOrFormBody(ConfirmLinkBody), async (c) => {
      const { token, code, binding: known, ...asked } = c.req.valid('json')
      const binding = presentedBinding(c, config.cookies.signInLink, known)
      const sign = await signingIn(c, services, asked)
      const { returnTo: rememberedGoal } = readMailSent(c, config.cookies)
      const attempt = await signInWithEither(services, { ...sign, binding, rememberedGoal }, { token, code })
      if (attempt.outcome === 'invalid-code') throw invalidCode()
      if (attempt.outcome === 'throttled') throw attemptRefused(attempt)
      if (attempt.outcome === 'invalid-link') throw invalidLink()
      clearBinding(c, config.cookies.signInLink)
      // guard: the goal of a used link is remembered while it may be repeated
      if (token === undefined) clearMailSent(c, config.cookies)
      else keepGoal(c, config.cookies, attempt.returnTo)
      if (attempt.outcome === 'second-factor-due')
        return answerPending(c, services, attempt.pending, sign.mode)
      return answerSignIn(c, services, attempt, { ...asked, ...sign, status: 200 })
    })
}

/** Returns who gets a link: the address that was typed, or that of another link, which the page does not show. */
async function linkRecipient(
  services: MailingServices,
  { email, token }: { readonly email?: EmailAddress | undefined; readonly token?: string | undefined },
): Promise<{ readonly email: EmailAddress; readonly typed: string | null; readonly goal: string | null }> {
  if (email) return { email, typed: email.address, goal: null }
  if (token === undefined) throw missingField('email')
  const recipient = await findLinkRecipient(services, token)
  if (!recipient) throw invalidLink()
  return { email: recipient.email, typed: null, goal: recipient.returnTo }
}

/** Signs in with what was mailed: the token of the link, or the code. @throws {Problem} `invalid-input` unless it is one of them. */
function signInWithEither(
  services: MailingServices,
  { rememberedGoal, ...input }: LinkArrival & { readonly rememberedGoal: string | null },
  { token, code }: { readonly token?: string | undefined; readonly code?: string | undefined },
) {
  if (token !== undefined && code === undefined)
    return signInWithLink(services, { ...input, rememberedGoal, token })
  if (token === undefined && code !== undefined) return signInWithCode(services, { ...input, code })
  throw missingField(token === undefined ? 'token' : 'code', 'Send token or code, one of them.')
}
