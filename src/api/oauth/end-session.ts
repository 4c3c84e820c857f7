import type { Context } from 'hono'
import * as v from 'valibot'
import { decideLogout } from '../../flows/oauth/end-session'
import { signOut } from '../../flows/sign-out'
import type { SignedInEnv } from '../../guards/auth-env'
import { limitClient } from '../../guards/limit-client'
import { open, openToOtherSites } from '../../guards/open-route'
import { optionalPrincipal } from '../../guards/optional-principal'
import { presentedSessions } from '../../guards/presented-sessions'
import { jsonOrFormBody } from '../../http/body'
import { Hono } from '../../http/hono'
import { Problem } from '../../http/problem'
import { readBody } from '../../http/read-body'
import { withVariables } from '../../http/request-variables'
import { REQUEST_SECONDS, SEALED_MAX_LENGTH } from '../../oauth/request-seals'
import { requestSourceOf } from '../../request-source/read-request-source'
import type { ProviderPart, Services } from '../../services'
import { forgetSession } from '../sign-in/answer-sign-in'

/** Describes what a person is asked before an app signs them out. */
export interface SignOutQuestion {
  readonly person: { readonly userId: string; readonly email: string }
  /** Says where to lead on, sealed for the form. */
  readonly sealed: string
}

/** The pages of a sign-out that an app asks for. */
export interface SignOutPages {
  ask(c: Context, question: SignOutQuestion): Response | Promise<Response>
  /** Says that nobody is signed in any more. */
  signedOut(c: Context): Response | Promise<Response>
  /** Leads on by a navigation of its own. */
  onward(c: Context, url: string): Response | Promise<Response>
}

const SignOutBody = v.object({
  request: v.pipe(v.string(), v.maxLength(SEALED_MAX_LENGTH, 'Send what the page has.')),
  account_id: v.optional(v.string()),
})

/** Creates the sign-out that a client requests (OpenID Connect RP-Initiated Logout 1.0). */
export function endSessionRoutes(services: Services & ProviderPart, pages: SignOutPages) {
  const { config, seals, clock } = services
  const limited = limitClient(services, requestSourceOf)

  return (
    new Hono<SignedInEnv>()
      .get('/oauth/logout', open, limited, async (c) => {
        const parameters = new URL(c.req.url).searchParams
        // guard: a parameter of a sign-out comes once
        if (new Set(parameters.keys()).size !== [...parameters.keys()].length)
          throw refused('The app sent a parameter twice.')
        const request = {
          idTokenHint: parameters.get('id_token_hint'),
          clientId: parameters.get('client_id'),
          redirectUri: parameters.get('post_logout_redirect_uri'),
          state: parameters.get('state'),
        }
        const principal = await optionalPrincipal(services, c.req.raw.headers)
        const sessionId = principal?.mode === 'session' ? principal.sessionId : null
        const decision = await decideLogout(services, request, sessionId)
        switch (decision.outcome) {
          case 'refused':
            throw refused(decision.why)
          case 'over':
            return leadOn(c, decision.target)
          case 'end':
            await end(c)
            return leadOn(c, decision.target)
          case 'ask': {
            const { person, target } = decision
            const expiresAt = clock() + REQUEST_SECONDS
            const sealed = await seals.signOut.seal({ target, userId: person.userId, expiresAt })
            return pages.ask(c, { person, sealed })
          }
        }
      })

      // A client may post (§2), from another site: the browser goes on by GET, which brings the cookie along.
      .post('/oauth/logout', openToOtherSites, limited, async (c) => {
        const form = await readBody(c.req.raw, SEALED_MAX_LENGTH)
        // guard: a sign-out by form is as short as one by URL
        if (form === null) throw refused('The request is too long.')
        const parameters = new URLSearchParams(new TextDecoder().decode(form))
        return c.redirect(`${config.basePath}/oauth/logout?${parameters}`, 303)
      })

      .post('/oauth/logout/confirm', jsonOrFormBody(SignOutBody), async (c) => {
        const { userId, mode } = c.var.principal
        const asked = await seals.signOut.open(c.req.valid('json').request, clock())
        if (!asked || mode !== 'session') throw refused('The request has expired.')
        // guard: who is signed out is who was asked
        if (asked.userId !== userId) throw new Problem('account-mismatch')
        await end(c)
        withVariables(c).set('leadsElsewhere', true)
        return asked.target === null ? pages.signedOut(c) : pages.onward(c, asked.target)
      })
  )

  async function end(c: Context): Promise<void> {
    const presented = await presentedSessions(services, c.req.raw.headers)
    // First, so that the browser forgets even if storage fails.
    forgetSession(c, config)
    await signOut(services, presented, requestSourceOf(c))
    services.defer(services.tellClients())
  }

  function leadOn(c: Context, target: string | null) {
    return target === null ? pages.signedOut(c) : c.redirect(target, 303)
  }
}

function refused(why: string): Problem {
  return new Problem('authorization-refused', { detail: why })
}
