import { Hono } from 'hono'
import { closedByDefault } from './authentication/closed-by-default'
import type { ConfigFault } from './config'
import { cors } from './http/cors'
import { handleFailure } from './http/failure'
import { Problem } from './http/problem'
import { securityHeaders } from './http/security-headers'
import { answerUnmatched } from './http/unmatched'
import type { Log } from './log'
import { accountRoutes } from './routes/accounts'
import { checkStorage, configChecks, healthRoutes } from './routes/health'
import { keySetRoutes } from './routes/key-set'
import { meRoutes, whoAmIRoute } from './routes/me'
import { problemRoutes } from './routes/problems'
import { refreshRoutes } from './routes/refresh'
import { sessionRoutes } from './routes/sessions'
import type { Services } from './services'

/** The routes that need no principal. Every other needs one. */
export const OPEN_ROUTES: ReadonlySet<string> = new Set([
  'GET /',
  'POST /register',
  'POST /login',
  'POST /refresh',
  'GET /.well-known/jwks.json',
  'GET /problems/:code',
  'GET /healthz',
  'GET /readyz',
])

/** Janus under the path of its issuer. */
export function createApp(services: Services) {
  const { config, log } = services
  const app = new Hono()
    .basePath(config.basePath)
    .use(securityHeaders)
    .use(cors(config.allowedOrigins))
    .use(closedByDefault(services, OPEN_ROUTES, config.basePath))
    .route('/', whoAmIRoute(services))
    .route('/', accountRoutes(services))
    .route('/', refreshRoutes(services))
    .route('/', meRoutes(services))
    .route('/', sessionRoutes(services))
    .route('/', keySetRoutes(services))
    .route('/', problemRoutes())
    .route(
      '/',
      healthRoutes(() => checkStorage(services)),
    )
  app.notFound((c) => answerUnmatched(c, app.routes))
  app.onError((error, c) => handleFailure(error, c, { issuer: config.issuer, log }))
  return app
}

/** What is served while the configuration is not valid: the reasons at `readyz`, under any path, and no login. */
export function createUnconfiguredApp(faults: readonly ConfigFault[], log: Log) {
  const health = healthRoutes(async () => configChecks(faults))
  const app = new Hono().use(securityHeaders).route('/', health).route('/:base{.+}', health)
  app.notFound(() => {
    throw new Problem('internal-error', {
      detail: 'Janus is not configured. GET readyz says what is missing.',
    })
  })
  app.onError((error, c) => handleFailure(error, c, { issuer: 'about:blank#', log }))
  return app
}
