import type { Context, MiddlewareHandler } from 'hono'
import { meRoutes, whoAmIRoute } from '../api/account/me'
import type { Pages } from '../api/pages'
import { configChecks, createStorageCheck, healthRoutes } from '../api/service/health'
import { keySetRoutes } from '../api/service/key-set'
import { problemRoutes } from '../api/service/problems'
import { signOutRoutes } from '../api/sessions/sign-out'
import { accountRoutes } from '../api/sign-in/accounts'
import { refreshRoutes } from '../api/sign-in/refresh'
import type { AnswerVerifiedRegistration } from '../api/sign-in/verified-registration'
import type { ConfigFault } from '../config/fault'
import type { SignedInEnv } from '../guards/auth-env'
import { closedByDefault } from '../guards/closed-by-default'
import { cors } from '../http/cors'
import { errorsOnly, handleFailure, problemTerms } from '../http/failure'
import { Hono } from '../http/hono'
import { prefersPage } from '../http/prefers-page'
import { NO_TYPE_BASE, Problem } from '../http/problem'
import { requestLog } from '../http/request-log'
import { securityHeaders } from '../http/security-headers'
import { isLocal } from '../http/trustworthy-url'
import { answerUnmatched } from '../http/unmatched'
import { BUILT_IN_LANGUAGES, type Language, offerLanguages } from '../request-source/language'
import type { Log } from '../runtime/log'
import type { Services } from '../services'
import type { PagesPart } from './part'
import type { Playground } from './playground'
import { unconfiguredPage } from './unconfigured-page'
import { partsOf, type WiredServices } from './wired-services'

/** Lists what a service has beside its API. */
interface Additions {
  readonly createPages?: ((services: WiredServices) => PagesPart) | undefined
  readonly playground?: Playground | null
  /** Those that Janus has, unless they are given. */
  readonly languages?: readonly Language[]
}

/**
 * Creates the app with the routes of Janus under the path of the issuer, and with pages if there are any. A slash at the end of a path is ignored.
 */
export function createApp(
  services: WiredServices,
  { createPages, playground = null, languages = BUILT_IN_LANGUAGES }: Additions = {},
) {
  const { config, events, log } = services
  const pages = createPages ? createPages(services) : null
  const routes = createRoutes(services, pages)
  const parts = [...partsOf(services), ...(services.selfService || !pages ? [] : [pages.selfService])]
  for (const part of parts) routes.route('/', part.createRoutes(services, pages))
  if (playground) routes.route('/', playground.createRoutes(services))
  const app = new Hono({ strict: false })
  if (playground) app.use(playground.reportStorage)
  app.use((c, next) => {
    offerLanguages(c, languages)
    return next()
  })
  app
    .use(requestLog(log, config.logSuccessPercent, identify))
    .use(securityHeaders)
    .use(pages?.afterForms ?? passOn)
    .use(
      cors({ ...config, publicPaths: partsOf(services).flatMap(({ publicPaths = [] }) => publicPaths) }, log),
    )
    .use(errorsOnly)
    .use(events?.deliver(services.defer) ?? passOn)
    .use(closedByDefault(services))
    .route(config.basePath || '/', routes)
  // Whoever asks at the root of the host does not know the path of the issuer.
  if (config.basePath !== '')
    for (const { createRootRoutes } of partsOf(services))
      if (createRootRoutes) app.route('/', createRootRoutes(services, pages))
  app.all('*', (c) => answerUnmatched(c, routes.routes, config.basePath))
  app.onError((error, c) =>
    handleFailure(error, c, {
      ...problemTerms(config.issuer),
      log,
      ...(pages?.wanted(c) ? { page: (problem, requestId) => pages.refusal(c, problem, requestId) } : {}),
    }),
  )
  return app
}

const passOn: MiddlewareHandler = (_, next) => next()

/** Creates every route except those of parts that can be left out, without the guards before them. */
export function createRoutes(services: WiredServices, pages: Pages | null) {
  return new Hono()
    .route('/', pages?.routes ?? new Hono<SignedInEnv>())
    .route('/', whoAmIRoute(services, pages))
    .route('/', accountRoutes(services, services.mail?.answerVerified(services) ?? refuseVerified))
    .route('/', refreshRoutes(services))
    .route('/', meRoutes(services))
    .route('/', signOutRoutes(services))
    .route('/', keySetRoutes(services))
    .route('/', problemRoutes(pages))
    .route('/', healthRoutes(createStorageCheck(services)))
}

/** Refuses: without mail no address can be proven. The configuration refuses it, too. */
const refuseVerified: AnswerVerifiedRegistration = async () => {
  throw new Problem('registration-closed')
}

/** Answers where an app has mounted Janus elsewhere than its issuer says: every link, cookie and guard would be wrong there. */
export function createMisplacedApp({ config, log }: Services) {
  const app = new Hono().use(requestLog(log, config.logSuccessPercent, () => ({}))).use(securityHeaders)
  const detail = `Janus is not mounted at the path of ISSUER. Mount it at ${config.basePath || '/'}.`
  app.all('*', () => {
    throw new Problem('internal-error', { detail })
  })
  app.onError((error, c) => handleFailure(error, c, { ...problemTerms(config.issuer), log, local: false }))
  return app
}

/** Serves while the configuration is not valid: the reasons at `readyz`, under any path, and no login. */
export function createUnconfiguredApp(faults: readonly ConfigFault[], log: Log) {
  const health = healthRoutes(async () => configChecks(faults))
  const app = new Hono().use(securityHeaders).route('/', health).route('/:base{.+}', health)
  app.all('*', () => {
    throw new Problem('internal-error', {
      detail: 'Janus is not configured. GET /readyz, below its path, lists what is missing.',
    })
  })
  app.onError((error, c) =>
    handleFailure(error, c, {
      typeBase: NO_TYPE_BASE,
      log,
      local: false,
      // guard: what is missing is shown on this machine alone
      ...(isLocal(new URL(c.req.url)) && prefersPage(c)
        ? { page: async () => c.html(unconfiguredPage(faults), 500) }
        : {}),
    }),
  )
  return app
}

/** Returns the ids of the caller, for the line of a request in the log. */
function identify(c: Context<SignedInEnv>): Readonly<Record<string, string>> {
  const { principal } = c.var
  return principal ? { user_id: principal.userId, session_id: principal.sessionId, mode: principal.mode } : {}
}
