import type { Context } from 'hono'
import * as v from 'valibot'
import { type Authorization, answerDecision, authorize } from '../../flows/oauth/authorize'
import type { Step } from '../../flows/oauth/examine-request'
import type { SignedInEnv } from '../../guards/auth-env'
import { limitClient } from '../../guards/limit-client'
import { open, openToOtherSites } from '../../guards/open-route'
import { optionalPrincipal } from '../../guards/optional-principal'
import { setAuthCookie } from '../../http/auth-cookies'
import { jsonOrFormBody } from '../../http/body'
import { Hono } from '../../http/hono'
import { prefersPage } from '../../http/prefers-page'
import { Problem } from '../../http/problem'
import { readBody } from '../../http/read-body'
import { withVariables } from '../../http/request-variables'
import { hashSecretText, type MintedSecret, matchesSecret, mintSecret } from '../../links/one-time-token'
import { type AuthorizationRequest, answerUrl, requestParameters } from '../../oauth/authorization-request'
import type { Client } from '../../oauth/client'
import type { OAuthError } from '../../oauth/oauth-error'
import { isWebPage } from '../../oauth/redirect-uri'
import { REQUEST_SECONDS, SEALED_MAX_LENGTH, stepUntil } from '../../oauth/request-seals'
import { requestSourceOf } from '../../request-source/read-request-source'
import type { ProviderPart, Services } from '../../services'
import { presentedBinding } from '../sign-in/binding'

/** Describes what a person is asked on the consent page. */
export interface ConsentQuestion {
  readonly client: Client
  readonly request: AuthorizationRequest
  readonly person: { readonly userId: string; readonly email: string }
  /** The request, sealed for the form. */
  readonly sealed: string
  /** Says how long the client may act, in seconds. */
  readonly lastsSeconds: number
}

/** The pages of the authorization endpoint. They are made elsewhere, so that the API knows no page. */
export interface OAuthPages {
  consent(c: Context, question: ConsentQuestion): Response | Promise<Response>
  /**
   * Leads on to the client by a navigation of its own: Chromium applies `form-action` to every redirect of a form, those of the client
   * included, and no source names `[::1]`.
   */
  onward(c: Context, url: string): Response | Promise<Response>
  /** Says that the request was refused, and lets the person decide whether to go to an app that nobody here registered. */
  refused(c: Context, url: string, error: OAuthError): Response | Promise<Response>
}

const ConsentBody = v.object({
  request: v.pipe(v.string(), v.maxLength(SEALED_MAX_LENGTH, 'Send what the page has.')),
  account_id: v.optional(v.string()),
  decision: v.picklist(['allow', 'deny'], 'Send allow or deny.'),
})

/** Says where a person does what a request takes. */
const PLACE_OF_STEP: Readonly<
  Record<Step, { readonly path: string; readonly query?: Readonly<Record<string, string>> }>
> = {
  'sign-in': { path: '/login' },
  choice: { path: '/login' },
  'other-account': { path: '/login', query: { account: 'other' } },
  proof: { path: '/reauthenticate' },
  'second-factor': { path: '/reauthenticate', query: { acr: 'urn:janus:2fa' } },
}

/** Creates the authorization endpoint (RFC 6749 §3.1) and the routes of its forms. */
export function authorizeRoutes(services: Services & ProviderPart, pages: OAuthPages) {
  const { config, seals, clock } = services
  const limited = limitClient(services, requestSourceOf)

  return (
    new Hono<SignedInEnv>()
      .get('/oauth/authorize', open, limited, async (c) => {
        const { searchParams } = new URL(c.req.url)
        const now = clock()
        const facts = { parameters: searchParams, startedAt: null, now }
        const authorization = await authorize(services, { ...facts, sessionId: await cookieSession(c) })
        return answer(c, authorization, { startedAt: now })
      })

      // Its parameters may come as a form from any site (OpenID Connect Core §3.1.2.1). It reads no cookie: the browser goes on by GET.
      .post('/oauth/authorize', openToOtherSites, limited, async (c) => {
        const form = await readBody(c.req.raw, SEALED_MAX_LENGTH)
        // guard: a request by form is as short as one by URL
        if (form === null) throw unanswerable('The request is too long.')
        const parameters = new URLSearchParams(new TextDecoder().decode(form))
        return c.redirect(`${config.basePath}/oauth/authorize?${parameters}`, 303)
      })

      .get('/oauth/resume', open, limited, async (c) => {
        const now = clock()
        // guard: a request that waits expires
        const pending = await seals.pending.open(c.req.query('request') ?? '', now)
        const binding = presentedBinding(c, config.cookies.authorization, undefined)
        // guard: a request that waits goes on in the browser that it came from
        if (!pending || !(await matchesSecret(binding, pending.bindingHash)))
          throw unanswerable('The request has expired, or came from another browser.')
        const { request, startedAt, secondFactorAsked, hintedSubject } = pending
        const waited = { startedAt, secondFactorAsked, hintedSubject, now }
        const facts = { parameters: requestParameters(request), ...waited }
        const authorization = await authorize(services, { ...facts, sessionId: await cookieSession(c) })
        return answer(c, authorization, { startedAt, afterForm: true })
      })

      .post('/oauth/consent', jsonOrFormBody(ConsentBody), async (c) => {
        const { request: sealed, decision } = c.req.valid('json')
        const { userId, sessionId, mode } = c.var.principal
        const now = clock()
        // guard: a question that was shown expires
        const shown = await seals.shown.open(sealed, now)
        if (!shown || mode !== 'session') throw unanswerable('The request has expired.')
        // guard: who decides is who was asked
        if (shown.userId !== userId) throw new Problem('account-mismatch')
        const { request, startedAt = now } = shown
        const allowed = decision === 'allow'
        const authorization = await answerDecision(services, { shown, sessionId, allowed, now })
        withVariables(c).set('leadsElsewhere', true)
        // An app of its own scheme is opened because the person clicked, which a redirect of the form keeps.
        const afterForm = prefersPage(c) && isWebPage(request.redirectUri)
        return answer(c, authorization, { startedAt, afterForm })
      })
  )

  /** Returns the id of the cookie's session. No other credential identifies a person here. */
  async function cookieSession(c: Context): Promise<string | null> {
    const principal = await optionalPrincipal(services, c.req.raw.headers)
    // guard: only a cookie speaks for a person who is asked
    return principal?.mode === 'session' ? principal.sessionId : null
  }

  async function answer(
    c: Context,
    authorization: Authorization,
    { startedAt, afterForm = false }: { startedAt: number; afterForm?: boolean },
  ) {
    switch (authorization.outcome) {
      case 'unanswerable':
        throw unanswerable(authorization.why)
      case 'answered':
      case 'refused': {
        const isAnswer = authorization.outcome === 'answered'
        const said = isAnswer ? authorization.answer : authorization.error
        const url = answerUrl(authorization.place, config.issuer, said)
        if (!isAnswer && !authorization.ledOn) return pages.refused(c, url, authorization.error)
        return afterForm ? pages.onward(c, url) : c.redirect(url, 303)
      }
      case 'steps-needed':
        return wait(c, authorization, startedAt)
      case 'consent-needed': {
        const { client, request, hintedSubject, person } = authorization
        const expiresAt = stepUntil(startedAt, clock())
        const shown = { request, startedAt, hintedSubject, userId: person.userId, expiresAt }
        const sealed = withinLimit(await seals.shown.seal(shown))
        const lastsSeconds = config.sessionLifetimeSeconds
        return pages.consent(c, { client, request, person, sealed, lastsSeconds })
      }
    }
  }

  /** Lets a request wait in the browser until its person has signed in. Nothing is stored. */
  async function wait(
    c: Context,
    { request: asked, step, hintedSubject }: Extract<Authorization, { outcome: 'steps-needed' }>,
    startedAt: number,
  ) {
    // Whoever goes on has chosen.
    const request = { ...asked, prompt: asked.prompt.filter((each) => each !== 'select_account') }
    const { text, hash } = await keptBinding(c)
    const expiresAt = stepUntil(startedAt, clock())
    const sealed = withinLimit(
      await seals.pending.seal({
        request,
        startedAt,
        secondFactorAsked: step === 'second-factor',
        hintedSubject,
        bindingHash: hash,
        expiresAt,
      }),
    )
    setAuthCookie(c, config.cookies.authorization, text, REQUEST_SECONDS)
    const resume = `${config.basePath}/oauth/resume?${new URLSearchParams({ request: sealed })}`
    const { path, query = {} } = PLACE_OF_STEP[step]
    return c.redirect(
      `${config.basePath}${path}?${new URLSearchParams({ ...query, return_to: resume })}`,
      303,
    )
  }

  /** Returns the secret that the browser already has, so that two tabs do not end each other's request, or a new one. */
  async function keptBinding(c: Context): Promise<MintedSecret> {
    const text = presentedBinding(c, config.cookies.authorization, undefined)
    const hash = text === null ? null : await hashSecretText(text)
    return text !== null && hash !== null ? { text, hash } : mintSecret()
  }
}

/**
 * Returns a sealed request if it is short enough to come back. Only a long list of scopes makes one that is not, and then nobody is led on: the client
 * may be one that nobody here registered.
 */
function withinLimit(sealed: string): string {
  if (sealed.length > SEALED_MAX_LENGTH) throw unanswerable('The request is too long.')
  return sealed
}

function unanswerable(why: string): Problem {
  return new Problem('authorization-refused', { detail: why })
}
