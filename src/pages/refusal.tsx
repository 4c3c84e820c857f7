import type { Context } from 'hono'
import { SIGN_IN_EXPIRED_PAGE } from '../api/sign-in/second-factor'
import type { SignedInEnv } from '../guards/auth-env'
import { isForm, sentFields } from '../http/body'
import { PROBLEMS, Problem, type ProblemCode } from '../http/problem'
import { accountPath } from './account-section'
import { accountPage } from './account-view'
import { confirmedOffer } from './confirmed-offer'
import { placeOfForm } from './form-paths'
import { FRESH_FORM } from './form-state'
import { findMailedLink } from './mailed-link'
import { ownPageOfForm } from './own-page'
import { type PageContext, withReturnTo } from './page'
import { answerPage, pageContext } from './page-context'
import { ProblemPage } from './problem-page'
import { REAUTHENTICATE, reauthenticatePage } from './reauthenticate-view'
import { refusedForm } from './refused-form'
import type { Screen } from './screen'
import { pathOf, renderScreen, type Site, screenAt } from './site'
import { TotpPage } from './totp-page'

/** Answers a browser that was refused: with the form that it sent and what is wrong with it, or with a page about the problem. */
export async function answerRefusal(
  site: Site,
  c: Context<SignedInEnv>,
  { problem, requestId }: { readonly problem: Problem; readonly requestId: string },
): Promise<Response> {
  const { services, frame } = site
  const { basePath } = services.config
  const context = pageContext(c, frame)
  const way = c.req.method === 'GET' ? wayOn(site, c, problem.code) : null
  if (way !== null) return c.redirect(`${basePath}${way}`, 303)
  const own = isForm(c) ? ownPageOfForm(site, c, problem.code) : null
  if (own !== null) return c.redirect(own, 303)
  // guard: a form about another account does not come back as one of the account that is signed in
  const shown = aboutAnotherAccount(c) ? new Problem('account-mismatch') : problem
  const { status } = PROBLEMS[shown.code]
  if (isForm(c) && MENDABLE.has(shown.code)) {
    const offer = await confirmedOffer(services, c, pathOf(site, c))
    if (offer?.shown) {
      const page = <TotpPage context={context} offer={offer.shown} state={refusedForm(c, shown)} />
      return answerPage(c, context, page, status)
    }
    if (offer && shown.code === 'invalid-second-factor') {
      return c.redirect(
        offer.ofAccount ? accountPath(context, 'set-up-expired') : `${basePath}${SIGN_IN_EXPIRED_PAGE}`,
        303,
      )
    }
  }
  const page = await refusedPage(site, { c, context }, { problem: shown, requestId })
  return answerPage(c, context, page, status)
}

/** Returns where to lead a browser that wanted a page of its account before it signed in, or the path of a form; `null`: nowhere. */
function wayOn(site: Site, c: Context, code: ProblemCode): string | null {
  const { basePath } = site.services.config
  const path = pathOf(site, c)
  const page = placeOfForm(path)?.page ?? null
  if (code === 'method-not-allowed') return page
  const { withoutToken = null } = screenAt(site, path) ?? {}
  if (withoutToken !== null && c.req.query('token') === undefined) return withoutToken
  // Whoever signs in has just proven who they are.
  if (SIGN_IN_FIRST.has(code) && (page ?? path) === REAUTHENTICATE)
    return withReturnTo('/login', c.req.query('return_to') ?? `${basePath}/account`)
  if (!SIGN_IN_FIRST.has(code) || !OF_AN_ACCOUNT.has(page ?? path)) return null
  const { search } = new URL(c.req.url)
  return withReturnTo('/login', `${basePath}${page ?? `${path}${search}`}`)
}

/** Renders the form that was sent, if it can be corrected; a page about the problem otherwise. */
async function refusedPage(
  site: Site,
  { c, context }: { readonly c: Context<SignedInEnv>; readonly context: PageContext },
  { problem, requestId }: { readonly problem: Problem; readonly requestId: string },
) {
  const { services, providers } = site
  const { config } = services
  const path = pathOf(site, c)
  const screen = screenAt(site, path)
  const state = refusedForm(c, problem)
  if (isForm(c) && MENDABLE.has(problem.code)) {
    if (screen) return renderScreen(site, { c, context, screen }, state)
    const { page, form = null } = placeOfForm(path) ?? {}
    const { principal } = c.var
    if (principal && (page ?? path) === REAUTHENTICATE)
      return reauthenticatePage(services, { c, context, principal }, state)
    if (form !== null && principal) return accountPage(services, { c, context, principal }, { [form]: state })
  }
  if (isForm(c) && screen && problem.code === 'invalid-link') {
    const link = await findLinkElsewhere(site, c, screen)
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
      detail={code === 'authorization-refused' ? problem.options.detail : undefined}
      askAgain={code === 'invalid-link' ? screen?.askAgainAt?.(config) : undefined}
    />
  )
}

/** Returns the link that a form presented, if it works in another browser. */
async function findLinkElsewhere({ services }: Site, c: Context, { linkPurposes }: Screen) {
  try {
    const link = await findMailedLink(services, c, linkPurposes)
    return link?.elsewhere ? link : null
  } catch (error) {
    if (error instanceof Problem) return null
    throw error
  }
}

/** Returns whether a form of the account page was sent by someone who is signed in to another account than it says. */
function aboutAnotherAccount(c: Context<SignedInEnv>): boolean {
  const { principal } = c.var
  const { account_id } = sentFields(c)
  return principal !== undefined && account_id !== undefined && account_id !== principal.userId
}

/** Lists the pages that take a session. */
const OF_AN_ACCOUNT: ReadonlySet<string> = new Set(['/account', '/account/api-keys'])

/** Lists the problems that signing in fixes. */
const SIGN_IN_FIRST: ReadonlySet<ProblemCode> = new Set(['authentication-required', 'session-ended'])

/** Lists the problems that can be corrected on the page where they occurred. */
const MENDABLE: ReadonlySet<ProblemCode> = new Set([
  'invalid-credentials',
  'invalid-code',
  'invalid-second-factor',
  'invalid-input',
  'password-refused',
  'account-exists',
  'human-check-failed',
  'too-many-attempts',
])
