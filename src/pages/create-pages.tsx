import { type Context, Hono } from 'hono'
import type { SignedInEnv } from '../authentication/auth-env'
import { requireLiveSession } from '../authentication/require-live-session'
import { isForm } from '../http/body'
import { prefersPage } from '../http/prefers-page'
import { PROBLEMS, Problem } from '../http/problem'
import { playgroundRoutes } from '../playground/playground-routes'
import { refuseWithoutMail } from '../routes/require-mail'
import type { Services } from '../services'
import { ACCOUNT_FORMS, accountPage } from './account-view'
import { assetRoutes } from './asset-routes'
import { CheckMailPage } from './check-mail-page'
import { DONE_PAGES } from './done-pages'
import { FRESH_FORM } from './form-state'
import { HomePage } from './home-page'
import { findMailedLink } from './mailed-link'
import { type PageContext, withReturnTo } from './page'
import { answerPage, pageContext } from './page-context'
import type { Pages } from './pages'
import { ProblemPage } from './problem-page'
import { REFERENCE_PATHS, referenceRoutes } from './reference-routes'
import { refusedForm } from './refused-form'
import { offered, SCREENS } from './screens'

/** Screens that are of use where no mail is sent, too. */
const NEED_NO_MAIL: ReadonlySet<string> = new Set(['/login', '/register'])

/** The pages of a service. */
export function createPages(services: Services): Pages {
  const { config } = services

  const routes = new Hono<SignedInEnv>()
  for (const [path, screen] of Object.entries(SCREENS)) {
    routes.get(path, async (c) => {
      if (!NEED_NO_MAIL.has(path)) refuseWithoutMail(services)
      if (path === '/register' && !offered(config).registration) throw new Problem('registration-closed')
      const context = pageContext(c, config)
      const done = DONE_PAGES[path]?.(context, c.req.query('done'))
      if (done) return answerPage(c, context, done)
      const link = await findMailedLink(services, c, path)
      return answerPage(c, context, screen({ c, context, config, link }, FRESH_FORM))
    })
  }
  routes
    .get('/mail-sent', (c) => {
      refuseWithoutMail(services)
      const context = pageContext(c, config)
      const kind = parseMailSent(context, c.req.query('for'))
      if (!kind) throw new Problem('not-found')
      const page = (
        <CheckMailPage context={context} kind={kind} email={null} state={FRESH_FORM} returnTo={null} />
      )
      return answerPage(c, context, page)
    })
    .get('/account', requireLiveSession(services), async (c) => {
      const context = pageContext(c, config)
      const page = await accountPage(services, { c, context, principal: c.var.principal })
      return answerPage(c, context, page)
    })
    .route('/', assetRoutes(services))
    .route('/', referenceRoutes(services))
  const open = [...Object.keys(SCREENS), '/mail-sent', '/assets/:file', ...REFERENCE_PATHS]
  if (services.playground) {
    routes.route('/', playgroundRoutes(services, services.playground))
    open.push('/playground')
  }

  return {
    routes,
    openRoutes: open.map((path) => `GET ${path}`),

    wanted: prefersPage,

    async home(c, user) {
      const context = pageContext(c, config)
      const page = <HomePage context={context} user={user} registration={offered(config).registration} />
      return answerPage(c, context, page)
    },

    async problemType(c, code) {
      const context = pageContext(c, config)
      const { status } = PROBLEMS[code]
      return answerPage(
        c,
        context,
        <ProblemPage context={context} code={code} status={status} reference={null} />,
      )
    },

    async refusal(c, problem, requestId) {
      const context = pageContext(c, config)
      const account = `${config.basePath}/account`
      if (c.req.method === 'GET' && c.req.path === account && SIGN_IN_FIRST.has(problem.code)) {
        return c.redirect(withReturnTo(`${config.basePath}/login`, account), 303)
      }
      const { status } = PROBLEMS[problem.code]
      return answerPage(c, context, await refusedPage(c, context, { problem, requestId }), status)
    },
  }

  /** The form that was sent, if it can be mended; a page about the problem otherwise. */
  async function refusedPage(
    c: Context<SignedInEnv>,
    context: PageContext,
    { problem, requestId }: { readonly problem: Problem; readonly requestId: string },
  ) {
    const path = c.req.path.slice(config.basePath.length)
    const state = refusedForm(c, problem)
    if (isForm(c) && MENDABLE.has(problem.code)) {
      const screen = SCREENS[path]
      if (screen) {
        const link = await findMailedLink(services, c, path)
        return screen({ c, context, config, link }, state)
      }
      const form = ACCOUNT_FORMS[path]
      const { principal } = c.var
      if (form && principal) return accountPage(services, { c, context, principal }, { [form]: state })
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
      />
    )
  }
}

/** What signing in mends. */
const SIGN_IN_FIRST: ReadonlySet<Problem['code']> = new Set(['authentication-required', 'session-ended'])

/** What can be put right on the page where it went wrong. */
const MENDABLE: ReadonlySet<Problem['code']> = new Set([
  'invalid-credentials',
  'invalid-input',
  'password-refused',
  'account-exists',
  'too-many-attempts',
])

function parseMailSent({ texts }: PageContext, text: string | undefined) {
  const kinds = [
    'register',
    'forgot',
    'link',
    'resend',
    'change',
  ] as const satisfies (keyof typeof texts.checkMail)[]
  return kinds.find((kind) => kind === text) ?? null
}
