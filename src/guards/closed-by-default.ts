import type { Context, MiddlewareHandler } from 'hono'
import { matchedRoutes } from 'hono/route'
import type { GuardServices, SignedInEnv } from './auth-env'
import { refuseCrossSite } from './cross-site'
import { requirePrincipal } from './require-principal'

/**
 * Guards every route but those on the list. A route that nobody thought about is closed.
 *
 * The open routes that change something are the ones that sign people in. They borrow no credential, and are guarded
 * against foreign pages all the same: to be signed in as someone else unawares is an attack too (login CSRF).
 *
 * @param open Routes as `METHOD path`, the path as it was registered.
 * @param bearing Those of them for which an `Authorization` header is a credential. No page can make a browser add one unasked, so
 * that lifts the cross-site rule, as it does on routes that are closed.
 */
export function closedByDefault(
  services: GuardServices,
  { open, bearing }: { readonly open: ReadonlySet<string>; readonly bearing: ReadonlySet<string> },
  basePath: string,
): MiddlewareHandler<SignedInEnv> {
  const guard = requirePrincipal(services)
  return async (c, next) => {
    const route = matchedRoute(c)
    // Nothing is there to guard: the answer is 404 or 405.
    if (!route || route.path.endsWith('/*')) return next()
    const name = `${route.method} ${route.path.slice(basePath.length) || '/'}`
    if (!open.has(name)) return guard(c, next)
    const bears = bearing.has(name) && c.req.raw.headers.has('Authorization')
    if (!bears) refuseCrossSite(services.crossSiteRule, c.req.raw)
    return next()
  }
}

/** The route that comes after the guard, which is the last of the middleware. One for all methods is a route, too. */
function matchedRoute(c: Context) {
  return matchedRoutes(c)[c.req.routeIndex + 1]
}
