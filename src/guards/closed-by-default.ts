import type { Context, MiddlewareHandler } from 'hono'
import { matchedRoutes } from 'hono/route'
import { factsOf } from '../http/route-facts'
import type { GuardServices, SignedInEnv } from './auth-env'
import { refuseCrossSite } from './cross-site'
import { requirePrincipal } from './require-principal'

/**
 * Guards every route but those that say that they are open. A route that nobody thought about is closed.
 *
 * The open routes that change something are the ones that sign people in. They borrow no credential, and are guarded
 * against foreign pages all the same: to be signed in as someone else unawares is an attack too (login CSRF).
 */
export function closedByDefault(services: GuardServices): MiddlewareHandler<SignedInEnv> {
  const guard = requirePrincipal(services)
  return async (c, next) => {
    const route = matchedRoute(c)
    // Nothing is there to guard: the answer is 404 or 405.
    if (!route || route.path.endsWith('/*')) return next()
    const { open, bearing, foreign } = factsOf(route.handler)
    // guard: routes are closed by default
    if (!open) return guard(c, next)
    // guard: a page of another site signs nobody out, with whatever cookie
    const bears = bearing && c.req.raw.headers.has('Authorization')
    // guard: the cross-site rule covers signing in
    if (!bears && !foreign) refuseCrossSite(services.crossSiteRule, c.req.raw)
    return next()
  }
}

/** Returns the route that comes after the guard, which is the last of the middleware. A route for all methods counts, too. */
function matchedRoute(c: Context) {
  return matchedRoutes(c)[c.req.routeIndex + 1]
}
