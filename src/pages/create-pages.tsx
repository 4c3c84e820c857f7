import type { Context } from 'hono'
import * as v from 'valibot'
import { presentedOffer } from '../api/account/identities'
import { ReturnTo, Text, TurnstileToken } from '../api/fields'
import { readMailSent } from '../api/mail-sent'
import type { Pages } from '../api/pages'
import { refuseWithoutMail } from '../api/require-mail'
import { SIGN_IN_EXPIRED_PAGE } from '../api/sign-in/second-factor'
import type { SignedInEnv } from '../guards/auth-env'
import { open } from '../guards/open-route'
import { requireLiveSession } from '../guards/require-live-session'
import { isForm, jsonOrFormBody, sentFields } from '../http/body'
import { Hono } from '../http/hono'
import { ownPageUrl } from '../http/own-page-url'
import { prefersPage } from '../http/prefers-page'
import { PROBLEMS, Problem } from '../http/problem'
import { appHome, parseReturnTo, safeReturnTo } from '../http/return-to'
import type { Services } from '../services'
import { accountPath } from './account-section'
import { accountPage } from './account-view'
import { continueAfterForms } from './after-form'
import { ASSET_FILES } from './asset-files'
import { assetRoutes } from './asset-routes'
import { CheckMailPage, parseMailSent } from './check-mail-page'
import { confirmedOffer } from './confirmed-offer'
import { ConnectPage } from './connect-page'
import { ContinuePage } from './continue-page'
import { continueRoute } from './continue-route'
import { placeOfForm } from './form-paths'
import { type FormState, FRESH_FORM } from './form-state'
import { createFrame, type OwnLook } from './frame'
import { HomePage } from './home-page'
import { logoRoute } from './logo-route'
import { findMailedLink } from './mailed-link'
import { type PageContext, withReturnTo } from './page'
import { answerPage, pageContext } from './page-context'
import { ProblemPage } from './problem-page'
import { REAUTHENTICATE, reauthenticatePage } from './reauthenticate-view'
import { RecoveryCodesPage } from './recovery-codes-page'
import { referenceRoutes } from './reference-routes'
import { keptValues, refusedForm, saysSignInExpired } from './refused-form'
import { offered, type Screen } from './screen'
import { SCREENS } from './screens'
import { SignedInPage } from './signed-in-page'
import { signedInUser } from './signed-in-user'
import { TotpPage } from './totp-page'

/** Lists what the pages may be made with besides a service. */
export interface PageOptions extends OwnLook {
  /** Those that Janus has, unless it is given. */
  readonly screens?: readonly Screen[]
}

/** The pages of a service. */
export function createPages(
  services: Services,
  { screens: all = SCREENS, ...look }: PageOptions = {},
): Pages {
  const { config } = services
  const frame = createFrame(config, look)
  const { ownPages } = config
  const screens = all.filter(({ part }) => part === undefined || services[part] !== null)
  // A form begins a session there.
  const providers = config.modes.includes('session') ? (services.socialPart?.providers ?? []) : []
  const screenAt = (path: string) => screens.find((screen) => screen.path === path)

  const routes = new Hono<SignedInEnv>()
  for (const screen of screens) {
    routes.get(screen.path, open, async (c) => {
      const own = ownPageFor(c, screen.path)
      if (own !== null) return c.redirect(own, 303)
      const context = pageContext(c, frame)
      const goal = parseReturnTo(c.req.query('return_to'), config)
      const done = c.req.query('done')
      if (screen.done && done !== undefined) {
        return answerPage(c, context, screen.done({ context, done, returnTo: goal }))
      }
      const asksWho = screen.signsIn && c.req.query('account') !== 'other'
      const user = asksWho ? await signedInUser(services, c) : null
      if (!user) return answerScreen(c, screen, FRESH_FORM)
      const returnTo = c.req.query('return_to')
      const continueHref = safeReturnTo(returnTo, config, appHome(config))
      const page = { context, email: user.email, continueHref, returnTo: returnTo ?? null }
      return answerPage(c, context, <SignedInPage {...page} />)
    })
  }
  routes
    .post('/login/other', open, jsonOrFormBody(otherScreenBody(screens)), async (c) => {
      const { to, return_to } = c.req.valid('json')
      const own = ownPages.get(to)
      if (own !== undefined) return c.redirect(ownPageUrl(own, { return_to }), 303)
      return answerScreen(c, screenAt(to), { ...FRESH_FORM, values: keptValues(c) })
    })
    .get('/login/connect', open, async (c) => {
      const { socialPart } = services
      const offer = socialPart && (await presentedOffer(c, { ...services, ...socialPart }))
      const provider = providers.find(({ name }) => name === offer?.provider)
      if (!offer || !provider) return c.redirect(`${config.basePath}/login`, 303)
      const context = pageContext(c, frame)
      const { mail } = offered(config)
      const page = { context, label: provider.label, email: offer.email, mail }
      return answerPage(c, context, <ConnectPage {...page} />)
    })
    .get('/mail-sent', open, (c) => {
      refuseWithoutMail({ delivery: services.mail?.delivery ?? null })
      const own = ownPageFor(c, '/mail-sent')
      if (own !== null) return c.redirect(own, 303)
      const context = pageContext(c, frame)
      const kind = parseMailSent(c.req.query('for'))
      if (!kind) throw new Problem('not-found')
      const sent = readMailSent(c, services.cookies)
      return answerPage(
        c,
        context,
        <CheckMailPage context={context} kind={kind} {...sent} state={FRESH_FORM} />,
      )
    })
    // A form posts there, so a browser may ask for its page. Programs go on to the account as JSON.
    .get('/me', (c, next) => (prefersPage(c) ? c.redirect(`${config.basePath}/account`, 303) : next()))
    .get('/.well-known/change-password', open, (c) =>
      c.redirect(`${config.basePath}/account?show=password#password-section`, 303),
    )
    .get('/account', requireLiveSession(services), async (c) => {
      const own = ownPageFor(c, '/account')
      if (own !== null) return c.redirect(own, 303)
      const context = pageContext(c, frame)
      const page = await accountPage(services, { c, context, principal: c.var.principal })
      return answerPage(c, context, page)
    })
    .get(REAUTHENTICATE, requireLiveSession(services), async (c, next) => {
      // Programs are told as JSON what can be presented.
      if (!prefersPage(c)) return next()
      const own = ownPageFor(c, REAUTHENTICATE)
      if (own !== null) return c.redirect(own, 303)
      const context = pageContext(c, frame)
      return answerPage(
        c,
        context,
        await reauthenticatePage(services, { c, context, principal: c.var.principal }),
      )
    })
    // First, because the logo may stand among the assets.
    .route('/', logoRoute(services))
    .route('/', continueRoute(frame))
    .route('/', assetRoutes(ASSET_FILES, frame.styles))
    .route('/', referenceRoutes(frame))
  return {
    routes,
    wanted: prefersPage,
    afterForms: continueAfterForms(config),

    async home(c, user) {
      const context = pageContext(c, frame)
      const page = <HomePage context={context} user={user} registration={offered(config).registration} />
      return answerPage(c, context, page)
    },

    async onward(c, { href, host }) {
      const context = pageContext(c, frame)
      c.header('Refresh', `0;url=${href}`)
      return answerPage(c, context, <ContinuePage context={context} href={href} host={host} />)
    },

    async totpOffer(c, offer) {
      const context = pageContext(c, frame)
      return answerPage(c, context, <TotpPage context={context} offer={offer} state={FRESH_FORM} />)
    },

    async recoveryCodes(c, codes, next) {
      const context = pageContext(c, frame)
      return answerPage(c, context, <RecoveryCodesPage context={context} codes={codes} next={next ?? null} />)
    },

    async show(c, page, { status, ...options } = {}) {
      const context = pageContext(c, frame)
      const render = page as (context: PageContext) => Parameters<typeof answerPage>[2]
      return answerPage(c, context, render(context), status, options)
    },

    async problemType(c, code) {
      const context = pageContext(c, frame)
      const { status } = PROBLEMS[code]
      return answerPage(
        c,
        context,
        <ProblemPage context={context} code={code} status={status} reference={null} />,
      )
    },

    async refusal(c: Context<SignedInEnv>, problem, requestId) {
      const context = pageContext(c, frame)
      const way = c.req.method === 'GET' ? wayOn(c, problem.code) : null
      if (way !== null) return c.redirect(`${config.basePath}${way}`, 303)
      const own = isForm(c) ? ownPageOfForm(c, problem.code) : null
      if (own !== null) return c.redirect(own, 303)
      // guard: a form about another account does not come back as one of the account that is signed in
      const shown = aboutAnotherAccount(c) ? new Problem('account-mismatch') : problem
      const { status } = PROBLEMS[shown.code]
      if (isForm(c) && MENDABLE.has(shown.code)) {
        const offer = await confirmedOffer(services, c, pathOf(c))
        if (offer?.shown) {
          const page = <TotpPage context={context} offer={offer.shown} state={refusedForm(c, shown)} />
          return answerPage(c, context, page, status)
        }
        if (offer && shown.code === 'invalid-second-factor') {
          return c.redirect(
            offer.ofAccount
              ? accountPath(context, 'set-up-expired')
              : `${config.basePath}${SIGN_IN_EXPIRED_PAGE}`,
            303,
          )
        }
      }
      const page = await refusedPage(c, context, { problem: shown, requestId })
      return answerPage(c, context, page, status)
    },
  }

  /** The page of the app in place of one of Janus, with what the link said; `null`: there is none. */
  function ownPageFor(c: Context, path: string): string | null {
    const page = ownPages.get(path)
    if (page === undefined) return null
    const { token, return_to, done, for: kind } = c.req.query()
    const problem = saysSignInExpired(c) ? 'sign-in-expired' : undefined
    return ownPageUrl(page, { token, return_to, done, for: kind, problem })
  }

  /** The page of the app to which a refused form goes back, with the reason; `null`: the form is on a page of Janus. */
  function ownPageOfForm(c: Context, problem: Problem['code']): string | null {
    const path = pathOf(c)
    const page = ownPages.get(screenAt(path) ? path : (placeOfForm(path)?.page ?? path))
    // guard: a failure of Janus is no page of the app
    if (page === undefined || PROBLEMS[problem].status >= 500) return null
    const { token, return_to } = sentFields(c)
    // A page that is told behind the # has a script. It can send the form by itself, and see the answer.
    return ownPageUrl(page, { problem, token: page.endsWith('#') ? undefined : token, return_to })
  }

  function pathOf(c: Context): string {
    return c.req.path.slice(config.basePath.length)
  }

  /** Returns where to lead a browser that wanted the account page before it signed in, or the path of a form; `null`: nowhere. */
  function wayOn(c: Context, code: Problem['code']): string | null {
    const path = pathOf(c)
    const page = placeOfForm(path)?.page ?? null
    if (code === 'method-not-allowed') return page
    const { withoutToken = null } = screenAt(path) ?? {}
    if (withoutToken !== null && c.req.query('token') === undefined) return withoutToken
    // Whoever signs in has just proven who they are.
    if (SIGN_IN_FIRST.has(code) && (page ?? path) === REAUTHENTICATE)
      return withReturnTo('/login', c.req.query('return_to') ?? `${config.basePath}/account`)
    if (!SIGN_IN_FIRST.has(code) || (page ?? path) !== '/account') return null
    const { search } = new URL(c.req.url)
    return withReturnTo('/login', `${config.basePath}/account${page === null ? search : ''}`)
  }

  /** A screen that has just been asked for, by its link or from another one. */
  async function answerScreen(c: Context<SignedInEnv>, screen: Screen | undefined, state: FormState) {
    if (!screen) throw new Problem('not-found')
    if (screen.needsMail) refuseWithoutMail({ delivery: services.mail?.delivery ?? null })
    const refusal = screen.refusal?.(config) ?? null
    if (refusal !== null) throw new Problem(refusal)
    const context = pageContext(c, frame)
    const link = await findMailedLink(services, c, screen.linkPurposes)
    return answerPage(c, context, screen.form({ c, context, config, link, providers }, state))
  }

  /** The form that was sent, if it can be mended; a page about the problem otherwise. */
  async function refusedPage(
    c: Context<SignedInEnv>,
    context: PageContext,
    { problem, requestId }: { readonly problem: Problem; readonly requestId: string },
  ) {
    const path = pathOf(c)
    const screen = screenAt(path)
    const state = refusedForm(c, problem)
    if (isForm(c) && MENDABLE.has(problem.code)) {
      if (screen) {
        const link = await findMailedLink(services, c, screen.linkPurposes)
        return screen.form({ c, context, config, link, providers }, state)
      }
      const { page, form = null } = placeOfForm(path) ?? {}
      const { principal } = c.var
      if (principal && (page ?? path) === REAUTHENTICATE)
        return reauthenticatePage(services, { c, context, principal }, state)
      if (form !== null && principal)
        return accountPage(services, { c, context, principal }, { [form]: state })
    }
    if (isForm(c) && screen && problem.code === 'invalid-link') {
      const link = await findLinkElsewhere(c, screen)
      if (link) return screen.form({ c, context, config, link, providers }, FRESH_FORM)
    }
    const { code } = problem
    const { retryAfterSeconds } = state.problem ?? {}
    return (
      <ProblemPage
        context={context}
        code={code}
        status={PROBLEMS[code].status}
        {...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds })}
        reference={requestId}
        askAgain={code === 'invalid-link' ? screen?.askAgainAt?.(config) : undefined}
      />
    )
  }

  /** The link that a form presented, if it works in another browser. */
  async function findLinkElsewhere(c: Context, { linkPurposes }: Screen) {
    try {
      const link = await findMailedLink(services, c, linkPurposes)
      return link?.elsewhere ? link : null
    } catch (error) {
      if (error instanceof Problem) return null
      throw error
    }
  }
}

/** Returns whether a form of the account page was sent by someone who is signed in to another account than it says. */
function aboutAnotherAccount(c: Context<SignedInEnv>): boolean {
  const { principal } = c.var
  const { account_id } = sentFields(c)
  return principal !== undefined && account_id !== undefined && account_id !== principal.userId
}

/** Screens that ask for an address. What was typed into one goes along to the next, in the body, because a URL is kept in logs. */
function otherScreenBody(screens: readonly Screen[]) {
  const paths = screens.filter(({ asksForAddress }) => asksForAddress).map(({ path }) => path)
  return v.object({
    // guard: what is typed on one form goes along to a form, and to nothing else
    to: v.picklist(paths, 'Send the path of a page.'),
    name: v.optional(Text),
    email: v.optional(Text),
    /** Sent with the rest of the form, and passed over. */
    password: v.optional(Text),
    turnstile_token: TurnstileToken,
    return_to: ReturnTo,
    attempt: v.optional(Text),
  })
}

/** Lists the problems that signing in fixes. */
const SIGN_IN_FIRST: ReadonlySet<Problem['code']> = new Set(['authentication-required', 'session-ended'])

/** Lists the problems that can be corrected on the page where they occurred. */
const MENDABLE: ReadonlySet<Problem['code']> = new Set([
  'invalid-credentials',
  'invalid-code',
  'invalid-second-factor',
  'invalid-input',
  'password-refused',
  'account-exists',
  'human-check-failed',
  'too-many-attempts',
])
