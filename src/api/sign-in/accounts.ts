import type { Context } from 'hono'
import * as v from 'valibot'
import { register } from '../../flows/register'
import { signInWithPassword } from '../../flows/sign-in/password'
import type { SignedInEnv } from '../../guards/auth-env'
import { limitClient } from '../../guards/limit-client'
import { open } from '../../guards/open-route'
import { jsonOrFormBody } from '../../http/body'
import { Hono } from '../../http/hono'
import { Problem } from '../../http/problem'
import { parseReturnTo } from '../../http/return-to'
import { clientBucket } from '../../request-source/address-bucket'
import { requestSourceOf } from '../../request-source/read-request-source'
import type { Services } from '../../services'
import { attemptIdOf, formWithAttempt, repeatable } from '../attempt-id'
import { deviceField } from '../device'
import { Email, Name, newPasswordFaults, ReturnTo, Text, TurnstileToken } from '../fields'
import { humanOnly } from '../human-check'
import { answerPending } from './answer-pending'
import { answerSignIn, attemptRefused, modeFields, passwordRefused } from './answer-sign-in'
import { signingIn } from './signing-in'
import type { AnswerVerifiedRegistration } from './verified-registration'

const SignInBody = v.object({
  email: Email,
  password: Text,
  ...modeFields,
  ...deviceField,
  turnstile_token: TurnstileToken,
  return_to: ReturnTo,
})

const SignInForm = formWithAttempt(SignInBody)

const RegisterBody = v.object({ ...SignInBody.entries, name: v.optional(v.nullable(Name)) })

const RegisterForm = formWithAttempt(RegisterBody)

/** Creates the routes to register and to sign in. Each attempt at a password is counted. */
export function accountRoutes(services: Services, answerVerified: AnswerVerifiedRegistration) {
  const { config } = services
  const limited = limitClient(services, requestSourceOf)
  const furtherFaults = newPasswordFaults('password', services)

  return new Hono<SignedInEnv>()
    .post(
      '/register',
      open,
      limited,
      jsonOrFormBody(RegisterBody, { form: RegisterForm, furtherFaults }),
      repeatable,
      humanOnly(services, 'register'),
      async (c) => {
        if (config.registration === 'closed') throw new Problem('registration-closed')
        const { email, password, name = null, ...asked } = c.req.valid('json')
        if (config.registration === 'verified') {
          return answerVerified(c, { email, password, name, ...asked })
        }
        const returnTo = parseReturnTo(asked.return_to, config)
        const sign = { ...(await signingIn(c, services, asked)), email, password, returnTo }
        const registration = await register(services, { ...sign, name })
        if (registration.outcome === 'throttled') throw attemptRefused(registration)
        if (registration.outcome === 'account-exists') throw new Problem('account-exists')
        if (registration.outcome === 'password-refused')
          throw passwordRefused('password', registration.refusal)
        if (registration.outcome === 'second-factor-due')
          return answerPending(c, services, registration.pending, sign.mode)
        return answerSignIn(c, services, registration, { ...asked, ...sign, status: 201 })
      },
    )

    .post(
      '/login',
      open,
      limited,
      jsonOrFormBody(SignInBody, { form: SignInForm }),
      repeatable,
      humanOnly(services, 'login', (c) => services.humanCheck?.isDue(failureKeysOf(c)) === true),
      async (c) => {
        const { email, password, ...asked } = c.req.valid('json')
        const returnTo = parseReturnTo(asked.return_to, config)
        const sign = { ...(await signingIn(c, services, asked)), email, password, returnTo }
        const attempt = await signInWithPassword(services, { ...sign, attemptId: attemptIdOf(c) })
        if (attempt.outcome === 'second-factor-due')
          return answerPending(c, services, attempt.pending, sign.mode)
        if (attempt.outcome !== 'signed-in') {
          services.humanCheck?.noteFailure(failureKeysOf(c))
          throw attemptRefused(attempt)
        }
        return answerSignIn(c, services, attempt, { ...asked, ...sign, status: 200 })
      },
    )
}

/** Returns whose failures at passwords count towards a challenge: those at an address, and those of a client. */
function failureKeysOf(c: Context): readonly string[] {
  const { email } = c.req.valid('json' as never) as v.InferOutput<typeof SignInBody>
  const { address } = requestSourceOf(c)
  return [`email ${email.canonical}`, ...(address === null ? [] : [`address ${clientBucket(address)}`])]
}
