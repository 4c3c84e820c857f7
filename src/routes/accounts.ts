import { type Context, Hono } from 'hono'
import * as v from 'valibot'
import type { RefusedAttempt } from '../accounts/attempt-password'
import { changePassword } from '../accounts/change-password'
import { deleteAccount } from '../accounts/delete-account'
import type { SignedIn } from '../accounts/prepared-session'
import { register } from '../accounts/register'
import { signIn } from '../accounts/sign-in'
import type { SignedInEnv } from '../authentication/auth-env'
import { limitClient } from '../authentication/limit-client'
import { presentedSessions } from '../authentication/presented-sessions'
import { requireLiveSession } from '../authentication/require-live-session'
import type { Config } from '../config'
import { isForm, jsonBody, jsonOrFormBody } from '../http/body'
import { Problem } from '../http/problem'
import type { Services } from '../services'
import {
  chooseMode,
  clearReplaced,
  forgetSession,
  type ModeInput,
  modeFields,
  passwordRefused,
  presentSignIn,
  redirectForm,
  refreshTokenPlace,
} from './answer-sign-in'
import { clientOf } from './client'
import { Email, Name, ReturnTo, Text } from './fields'

const SignInBody = v.object({ email: Email, password: Text, ...modeFields, return_to: ReturnTo })

const RegisterBody = v.object({ ...SignInBody.entries, name: v.optional(v.nullable(Name)) })

const ChangePasswordBody = v.object({ current_password: Text, new_password: Text })

const DeleteAccountBody = v.object({ password: Text })

/** Accounts and their passwords: register, sign in, change, delete. Each attempt at a password is counted. */
export function accountRoutes(services: Services) {
  const { config } = services
  const live = requireLiveSession(services)
  const limited = limitClient(services, clientOf)

  return new Hono<SignedInEnv>()
    .post('/register', limited, jsonOrFormBody(RegisterBody), async (c) => {
      if (config.registration === 'closed') throw new Problem('registration-closed')
      const { email, password, name = null, ...asked } = c.req.valid('json')
      const sign = { ...(await signingIn(c, services, asked)), email, password }
      const registration = await register(services, { ...sign, name })
      if (registration.outcome === 'account-exists') throw new Problem('account-exists')
      if (registration.outcome === 'password-refused') throw passwordRefused('password', registration.refusal)
      return answerSignIn(c, config, registration.signedIn, asked, 201)
    })

    .post('/login', limited, jsonOrFormBody(SignInBody), async (c) => {
      const { email, password, ...asked } = c.req.valid('json')
      const sign = { ...(await signingIn(c, services, asked)), email, password }
      const attempt = await signIn(services, sign)
      if (attempt.outcome !== 'signed-in') throw attemptRefused(attempt)
      return answerSignIn(c, config, attempt.signedIn, asked, 200)
    })

    .post('/password', live, limited, jsonBody(ChangePasswordBody), async (c) => {
      const { current_password, new_password } = c.req.valid('json')
      const input = { currentPassword: current_password, newPassword: new_password, client: clientOf(c) }
      const change = await changePassword(services, c.var.principal, input)
      if (change.outcome === 'password-refused') throw passwordRefused('new_password', change.refusal)
      if (change.outcome !== 'changed') throw attemptRefused(change)
      return c.json(presentSignIn(c, change.signedIn, refreshTokenPlace(c, c.var.principal.sessionId)))
    })

    .post('/me/delete', live, limited, jsonBody(DeleteAccountBody), async (c) => {
      const input = { password: c.req.valid('json').password, client: clientOf(c) }
      const deletion = await deleteAccount(services, c.var.principal, input)
      if (deletion.outcome !== 'deleted') throw attemptRefused(deletion)
      forgetSession(c, config.basePath)
      return c.body(null, 204)
    })
}

function answerSignIn(
  c: Context,
  config: Config,
  signedIn: SignedIn,
  { refresh_in = 'body', return_to }: ModeInput & { readonly return_to?: string | undefined },
  status: 200 | 201,
): Response {
  clearReplaced(c, signedIn, refresh_in)
  const body = presentSignIn(c, signedIn, refresh_in)
  return isForm(c) ? redirectForm(c, config, return_to) : c.json(body, status)
}

/** What every beginning of a session needs of its request. */
async function signingIn(c: Context, services: Services, asked: ModeInput) {
  return {
    mode: chooseMode(c, services.config.modes, asked),
    presented: await presentedSessions(services, c.req.raw.headers),
    client: clientOf(c),
  }
}

function attemptRefused(attempt: RefusedAttempt): Problem {
  if (attempt.outcome === 'refused') return new Problem('invalid-credentials')
  return new Problem('too-many-attempts', { headers: { 'Retry-After': String(attempt.retryAfterSeconds) } })
}
