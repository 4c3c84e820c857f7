import { type Context, Hono } from 'hono'
import * as v from 'valibot'
import { deleteAccount } from '../../flows/delete-account'
import { register } from '../../flows/register'
import { registerVerified } from '../../flows/register-verified'
import { signInWithCode } from '../../flows/sign-in/mailed-code'
import {
  findLinkRecipient,
  type LinkArrival,
  requestSignInLink,
  signInWithLink,
} from '../../flows/sign-in/mailed-link'
import { signInWithPassword } from '../../flows/sign-in/password'
import type { SignedInEnv } from '../../guards/auth-env'
import { limitClient } from '../../guards/limit-client'
import { open } from '../../guards/open-route'
import { presentedDevices } from '../../guards/presented-devices'
import { presentedSessions } from '../../guards/presented-sessions'
import { requireLiveSession } from '../../guards/require-live-session'
import { jsonOrFormBody, missingField } from '../../http/body'
import { Problem } from '../../http/problem'
import { parseReturnTo } from '../../http/return-to'
import type { EmailAddress } from '../../identity/email-address'
import { requestSourceOf } from '../../request-source/read-request-source'
import type { Services } from '../../services'
import { answer } from '../answer'
import { attemptIdOf, formWithAttempt, repeatable } from '../attempt-id'
import { deviceField } from '../device'
import { Code, Email, Name, newPasswordFaults, ReturnTo, Text } from '../fields'
import { clearMailSent, keepGoal, readMailSent } from '../mail-sent'
import { ownAccount, sameAccount } from '../own-account'
import { requireMail } from '../require-mail'
import {
  answerMailRequest,
  answerSignIn,
  attemptRefused,
  chooseMode,
  forgetSession,
  invalidCode,
  invalidLink,
  type ModeInput,
  modeFields,
  passwordRefused,
} from './answer-sign-in'
import { clearBinding, keepBinding, presentedBinding } from './binding'
import { answerPending } from './second-factor'

const SignInBody = v.object({
  email: Email,
  password: Text,
  ...modeFields,
  ...deviceField,
  return_to: ReturnTo,
})

const SignInForm = formWithAttempt(SignInBody)

const RegisterBody = v.object({ ...SignInBody.entries, name: v.optional(v.nullable(Name)) })

const RegisterForm = formWithAttempt(RegisterBody)

const LinkBody = v.object({ email: Email, ...deviceField, return_to: ReturnTo })

/** A page that does not know the address, or must not show it, names it by a link that went there. */
const LinkForm = formWithAttempt(
  v.object({ email: v.optional(Email), token: v.optional(Text), return_to: ReturnTo }),
)

const ConfirmLinkBody = v.object({
  token: v.optional(Text),
  code: v.optional(Code),
  binding: v.optional(Text),
  ...modeFields,
  ...deviceField,
  return_to: ReturnTo,
})

const DeleteAccountBody = v.object({ password: Text, ...ownAccount, return_to: ReturnTo })

/** Accounts: register, sign in, delete. Each attempt at a password is counted. */
export function accountRoutes(services: Services) {
  const { config } = services
  const live = requireLiveSession(services)
  const limited = limitClient(services, requestSourceOf)
  const mail = requireMail(services)
  const furtherFaults = newPasswordFaults('password', services)

  return new Hono<SignedInEnv>()
    .post(
      '/register',
      open,
      limited,
      jsonOrFormBody(RegisterBody, { form: RegisterForm, furtherFaults }),
      repeatable,
      async (c) => {
        if (config.registration === 'closed') throw new Problem('registration-closed')
        const { email, password, name = null, ...asked } = c.req.valid('json')
        if (config.registration === 'verified') {
          chooseMode(c, config.modes, asked)
          const binding = await keepBinding(c, services, { cookie: config.cookies.registration, email })
          const deviceIds = await presentedDevices(services, c.req.raw.headers, asked.device_token)
          const returnTo = parseReturnTo(asked.return_to, config)
          const by = {
            binding: binding.secret,
            source: requestSourceOf(c),
            deviceIds,
            attemptId: attemptIdOf(c),
          }
          const input = { email, password, name, returnTo, ...by }
          const outcome = await registerVerified(services, input)
          if (outcome.outcome === 'password-refused') throw passwordRefused('password', outcome.refusal)
          const sent = { email: email.address, returnTo }
          return answerMailRequest(c, config, { outcome, binding, page: 'register', sent })
        }
        const sign = { ...(await signingIn(c, services, asked)), email, password }
        const registration = await register(services, { ...sign, name })
        if (registration.outcome === 'throttled') throw attemptRefused(registration)
        if (registration.outcome === 'account-exists') throw new Problem('account-exists')
        if (registration.outcome === 'password-refused')
          throw passwordRefused('password', registration.refusal)
        return answerSignIn(c, services, registration, { ...asked, ...sign, status: 201 })
      },
    )

    .post(
      '/login',
      open,
      limited,
      jsonOrFormBody(SignInBody, { form: SignInForm }),
      repeatable,
      async (c) => {
        const { email, password, ...asked } = c.req.valid('json')
        const returnTo = parseReturnTo(asked.return_to, config)
        const sign = { ...(await signingIn(c, services, asked)), email, password, returnTo }
        const attempt = await signInWithPassword(services, { ...sign, attemptId: attemptIdOf(c) })
        if (attempt.outcome === 'second-factor-due')
          return answerPending(c, services, attempt.pending, sign.mode)
        if (attempt.outcome !== 'signed-in') throw attemptRefused(attempt)
        return answerSignIn(c, services, attempt, { ...asked, ...sign, status: 200 })
      },
    )

    .post(
      '/login/link',
      open,
      mail,
      limited,
      jsonOrFormBody(LinkBody, { form: LinkForm }),
      repeatable,
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

    .post('/me/delete', live, limited, jsonOrFormBody(DeleteAccountBody), sameAccount, async (c) => {
      const { password, return_to } = c.req.valid('json')
      const input = { password, source: requestSourceOf(c) }
      const deletion = await deleteAccount(services, c.var.principal, input)
      if (deletion.outcome !== 'deleted') throw attemptRefused(deletion)
      forgetSession(c, config)
      return answer(c, config, { returnTo: return_to }, null)
    })
}

/** Who gets a link: the address that was typed, or that of another link, which the page does not show. */
async function linkRecipient(
  services: Services,
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
  services: Services,
  { rememberedGoal, ...input }: LinkArrival & { readonly rememberedGoal: string | null },
  { token, code }: { readonly token?: string | undefined; readonly code?: string | undefined },
) {
  if (token !== undefined && code === undefined)
    return signInWithLink(services, { ...input, rememberedGoal, token })
  if (token === undefined && code !== undefined) return signInWithCode(services, { ...input, code })
  throw missingField(token === undefined ? 'token' : 'code', 'Send token or code, one of them.')
}

/** What every beginning of a session needs of its request. */
export async function signingIn(
  c: Context,
  services: Services,
  asked: ModeInput & { readonly device_token?: string | null | undefined },
) {
  return {
    mode: chooseMode(c, services.config.modes, asked),
    presented: await presentedSessions(services, c.req.raw.headers),
    deviceIds: await presentedDevices(services, c.req.raw.headers, asked.device_token),
    source: requestSourceOf(c),
  }
}
