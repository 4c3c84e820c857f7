import { Hono } from 'hono'
import * as v from 'valibot'
import { changePassword } from '../accounts/change-password'
import { deleteAccount } from '../accounts/delete-account'
import { register } from '../accounts/register'
import { signIn } from '../accounts/sign-in'
import type { SignedInEnv } from '../authentication/auth-env'
import { presentedSessions } from '../authentication/presented-sessions'
import { requireLiveSession } from '../authentication/require-live-session'
import { isForm, jsonBody, jsonOrFormBody } from '../http/body'
import { Problem } from '../http/problem'
import type { Services } from '../services'
import {
  chooseMode,
  forgetSession,
  modeFields,
  passwordRefused,
  presentSignIn,
  redirectForm,
  refreshTokenPlace,
} from './answer-sign-in'
import { clientOf } from './client'
import { Email, Name, ReturnTo, Text } from './fields'

const SignInBody = v.object({ email: Email, password: Text, ...modeFields, return_to: ReturnTo })

const RegisterBody = v.object({ ...SignInBody.entries, name: v.optional(Name) })

const ChangePasswordBody = v.object({ current_password: Text, new_password: Text })

const DeleteAccountBody = v.object({ password: Text })

/** Accounts and their passwords: register, sign in, change, delete. */
export function accountRoutes(services: Services) {
  const { config } = services
  const live = requireLiveSession(services)

  return new Hono<SignedInEnv>()
    .post('/register', jsonOrFormBody(RegisterBody), async (c) => {
      if (config.registration === 'closed') throw new Problem('registration-closed')
      const { email, password, name, refresh_in, return_to, mode: asked } = c.req.valid('json')
      const mode = chooseMode(c, config.modes, { mode: asked, refresh_in })
      const presented = await presentedSessions(services, c.req.raw.headers)
      const client = clientOf(c)
      const registration = await register(services, {
        email,
        password,
        name: name ?? null,
        mode,
        client,
        presented,
      })
      if (registration.outcome === 'account-exists') throw new Problem('account-exists')
      if (registration.outcome === 'password-refused') throw passwordRefused('password', registration.refusal)
      const body = presentSignIn(c, registration.signedIn, refresh_in ?? 'body')
      return isForm(c) ? redirectForm(c, config.issuer, return_to) : c.json(body, 201)
    })

    .post('/login', jsonOrFormBody(SignInBody), async (c) => {
      const { email, password, refresh_in, return_to, mode: asked } = c.req.valid('json')
      const mode = chooseMode(c, config.modes, { mode: asked, refresh_in })
      const presented = await presentedSessions(services, c.req.raw.headers)
      const signedIn = await signIn(services, { email, password, mode, client: clientOf(c), presented })
      if (!signedIn) throw new Problem('invalid-credentials')
      const body = presentSignIn(c, signedIn, refresh_in ?? 'body')
      return isForm(c) ? redirectForm(c, config.issuer, return_to) : c.json(body)
    })

    .post('/password', live, jsonBody(ChangePasswordBody), async (c) => {
      const { current_password, new_password } = c.req.valid('json')
      const input = { currentPassword: current_password, newPassword: new_password, client: clientOf(c) }
      const change = await changePassword(services, c.var.principal, input)
      if (change.outcome === 'invalid-credentials') throw new Problem('invalid-credentials')
      if (change.outcome === 'password-refused') throw passwordRefused('new_password', change.refusal)
      return c.json(presentSignIn(c, change.signedIn, refreshTokenPlace(c)))
    })

    .post('/me/delete', live, jsonBody(DeleteAccountBody), async (c) => {
      const deleted = await deleteAccount(services, c.var.principal, c.req.valid('json').password)
      if (!deleted) throw new Problem('invalid-credentials')
      forgetSession(c)
      return c.body(null, 204)
    })
}
