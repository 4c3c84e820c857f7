import type { MiddlewareHandler } from 'hono'
import { factsOf, withFacts } from '../http/route-facts'

/** Says of a route that it needs no principal. Stands first on the route; every route that does not say so is closed. */
export const open: MiddlewareHandler = withFacts((_, next) => next(), { open: true })

/**
 * As {@link open}, for a route that takes an `Authorization` header as a credential all the same. No page can make a browser add one
 * unasked, so that lifts the cross-site rule, as it does on routes that are closed.
 */
export const openToBearers: MiddlewareHandler = withFacts((_, next) => next(), { open: true, bearing: true })

/**
 * As {@link open}, for a route to which a page of another site posts. It must read no cookie and change nothing: whoever uses it lets the
 * browser go on by GET.
 */
export const openToOtherSites: MiddlewareHandler = withFacts((_, next) => next(), {
  open: true,
  foreign: true,
})

/** A route as Hono has it. `ALL` marks middleware. */
interface Route {
  readonly method: string
  readonly path: string
  readonly handler: object
}

/** Returns the routes that say they are open, as `METHOD path`. The first handler of a route decides. */
export function openRoutesOf(routes: readonly Route[]): ReadonlySet<string> {
  const first = new Map<string, object>()
  for (const { method, path, handler } of routes) {
    const name = `${method} ${path}`
    if (method !== 'ALL' && !first.has(name)) first.set(name, handler)
  }
  return new Set([...first].filter(([, handler]) => factsOf(handler).open).map(([name]) => name))
}
