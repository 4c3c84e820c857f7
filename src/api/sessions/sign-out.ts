import * as v from 'valibot'
import { signOut, signOutEverywhere } from '../../flows/sign-out'
import type { SignedInEnv } from '../../guards/auth-env'
import { openToBearers } from '../../guards/open-route'
import { sessionsToEnd } from '../../guards/presented-sessions'
import { requireLiveSession } from '../../guards/require-live-session'
import { isForm, jsonOrFormBody } from '../../http/body'
import { Hono } from '../../http/hono'
import { Problem } from '../../http/problem'
import { requestSourceOf } from '../../request-source/read-request-source'
import type { Services } from '../../services'
import { answer } from '../answer'
import { ReturnTo, Text } from '../fields'
import { ownAccount, sameAccount } from '../own-account'
import { forgetSession } from '../sign-in/answer-sign-in'

const SignOutBody = v.object({ refresh_token: v.optional(Text), return_to: ReturnTo })

const SignOutEverywhereBody = v.object({
  keep_current: v.optional(v.boolean('Send true or false.'), false),
  ...ownAccount,
})

/** Forms have no flags, only text. */
const SignOutEverywhereForm = v.object({
  keep_current: v.pipe(
    v.optional(v.picklist(['true', 'false'], 'Send true or false.'), 'false'),
    v.transform((text) => text === 'true'),
  ),
  ...ownAccount,
  return_to: ReturnTo,
})

/** Creates the routes to sign out: here, or everywhere. */
export function signOutRoutes(services: Services) {
  const { config } = services
  const live = requireLiveSession(services)

  return new Hono<SignedInEnv>()
    .post('/logout', openToBearers, jsonOrFormBody(SignOutBody), async (c) => {
      const { refresh_token } = c.req.valid('json')
      const presented = await sessionsToEnd(services, c.req.raw.headers, refresh_token)
      // A program that sent nothing forgot to. A browser that has no cookie any more is where its person wants it.
      if (!presented && !isForm(c)) throw new Problem('authentication-required')
      // First, so that the client forgets even if storage fails.
      forgetSession(c, config)
      await signOut(services, presented ?? [], requestSourceOf(c))
      return answer(c, config, { returnTo: c.req.valid('json').return_to }, null)
    })

    .post(
      '/logout/all',
      live,
      jsonOrFormBody(SignOutEverywhereBody, { form: SignOutEverywhereForm }),
      sameAccount,
      async (c) => {
        const body = c.req.valid('json')
        const keepCurrent = body.keep_current
        if (!keepCurrent) forgetSession(c, config)
        await signOutEverywhere(services, c.var.principal, { keepCurrent, source: requestSourceOf(c) })
        const returnTo = 'return_to' in body ? body.return_to : undefined
        return answer(c, config, { returnTo }, null)
      },
    )
}
