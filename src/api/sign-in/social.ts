import * as v from 'valibot'
import { signInWithIdentity } from '../../flows/sign-in/social'
import type { SignedInEnv } from '../../guards/auth-env'
import { limitClient } from '../../guards/limit-client'
import { open, openToOtherSites } from '../../guards/open-route'
import { jsonBody, jsonOrFormBody } from '../../http/body'
import { Hono } from '../../http/hono'
import { Problem } from '../../http/problem'
import { matchesSecret } from '../../links/one-time-token'
import { requestSourceOf } from '../../request-source/read-request-source'
import type { Services, SocialPart } from '../../services'
import { linkAfterReturn } from '../account/identities'
import { deviceField } from '../device'
import { ReturnTo } from '../fields'
import type { Pages } from '../pages'
import { answerFields, postedFields } from '../social/answer-fields'
import { providerNamed } from '../social/ask-provider'
import { beginAtProvider } from '../social/begin'
import { continueOnOwnSite, forwardToApp, isFromOtherSite, postedAnswer } from '../social/callback'
import { openAttempt, verifiedIdentity } from '../social/verified-identity'
import { chooseMode, modeFields } from './answer-sign-in'
import { answerIdentity, redirectIdentity } from './answer-social'
import { presentedBinding } from './binding'
import { signingIn } from './signing-in'

const BeginBody = v.object({ mode: modeFields.mode, return_to: ReturnTo })

const ConfirmBody = v.object({
  ...answerFields,
  // As on every route that signs in; browsers get their cookie at the callback.
  mode: v.optional(v.literal('token', 'Send token.')),
  refresh_in: modeFields.refresh_in,
  ...deviceField,
})

const PostedBody = v.object(postedFields)

/** Creates the routes to sign in at another provider: begin, come back, and for apps in token mode hand on what came back. */
export function socialSignInRoutes(services: Services & SocialPart, pages: Pages | null) {
  const { config, providers } = services
  const limited = limitClient(services, requestSourceOf)

  return new Hono<SignedInEnv>()
    .get('/login/social', open, (c) =>
      c.json({ providers: providers.map(({ name, label }) => ({ name, label })) }),
    )

    .post('/login/social/confirm', open, limited, jsonBody(ConfirmBody), async (c) => {
      const { binding, device_token, refresh_in, mode: _, ...answer } = c.req.valid('json')
      const attempt = await openAttempt(services, answer.state)
      chooseMode(c, config.modes, { mode: 'token' })
      // guard: what an app hands on is taken from the client that began it
      const isOwn = await matchesSecret(binding, attempt.bindingHash)
      if (attempt.mode !== 'token' || attempt.linksFor || !isOwn) throw new Problem('social-refused')
      const identity = await verifiedIdentity(c, services, attempt, answer)
      const sign = await signingIn(c, services, { mode: 'token', refresh_in, device_token })
      const arrival = { ...sign, returnTo: attempt.returnTo }
      const registers = config.registration !== 'closed'
      const signIn = await signInWithIdentity(services, { ...arrival, identity, attempt, registers })
      return answerIdentity(c, services, signIn, { ...sign, refresh_in, identity })
    })

    .post('/login/social/:provider', open, limited, jsonOrFormBody(BeginBody), async (c) => {
      const { return_to, mode } = c.req.valid('json')
      const provider = providerNamed(services, c.req.param('provider'))
      const goal = { mode: chooseMode(c, config.modes, { mode }), returnTo: return_to, linksFor: null }
      return beginAtProvider(c, services, pages, provider, goal)
    })

    .get('/login/social/:provider/callback', open, limited, async (c) => {
      // A parameter comes once (RFC 6749 §3.1).
      // guard: a parameter of an answer comes once
      if (Object.values(c.req.queries()).some(({ length }) => length > 1)) throw new Problem('social-refused')
      const answer = c.req.query()
      const attempt = await openAttempt(services, answer.state)
      // guard: a provider answers at its own path
      if (attempt.provider !== c.req.param('provider')) throw new Problem('social-refused')
      if (attempt.mode === 'token') return forwardToApp(c, config, attempt)
      if (isFromOtherSite(c)) return continueOnOwnSite(c)
      const binding = presentedBinding(c, config.cookies.social, undefined)
      // guard: a sign-in at a provider ends in the browser that began it
      if (!(await matchesSecret(binding, attempt.bindingHash))) throw new Problem('social-refused')
      const identity = await verifiedIdentity(c, services, attempt, answer)
      if (attempt.linksFor) return linkAfterReturn(c, services, { attempt, identity })
      const sign = await signingIn(c, services, { mode: 'session' })
      const arrival = { ...sign, returnTo: attempt.returnTo }
      const registers = config.registration !== 'closed'
      const signIn = await signInWithIdentity(services, { ...arrival, identity, attempt, registers })
      return redirectIdentity(c, services, signIn, { ...sign, attempt, identity, hasPages: pages !== null })
    })

    .post(
      '/login/social/:provider/callback',
      openToOtherSites,
      limited,
      jsonOrFormBody(PostedBody),
      async (c) => {
        const provider = providerNamed(services, c.req.param('provider'))
        return postedAnswer(c, services, provider, c.req.valid('json'))
      },
    )
}
