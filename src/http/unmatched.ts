import type { Context } from 'hono'
import { Problem } from './problem'

/** Describes what Hono knows of a route. `ALL` marks middleware. */
interface Route {
  readonly method: string
  readonly path: string
}

/**
 * Answers what no route answered: `not-found`, or `method-not-allowed` with the methods there are (RFC 9110 §15.5.6).
 *
 * @param routes Under `basePath`.
 * @throws {Problem}
 */
export function answerUnmatched(c: Context, routes: readonly Route[], basePath: string): Response {
  const { path } = c.req
  if (!isUnder(basePath, path)) {
    const detail = `Every route is under ${basePath}, the path of ISSUER. Request the whole path.`
    throw new Problem('not-found', { detail })
  }
  const methods = allowedMethods(routes, path.slice(basePath.length) || '/')
  if (methods.length === 0) {
    const detail = 'There is no route at this path. Check the path, and the parts that createJanus was given.'
    throw new Problem('not-found', { detail })
  }
  const allow = methods.join(', ')
  const headers = { Allow: allow }
  if (c.req.method === 'OPTIONS') return c.body(null, 204, headers)
  throw new Problem('method-not-allowed', { detail: `This path takes ${allow}.`, headers })
}

/** Returns whether a path is a base path or below it. */
export function isUnder(basePath: string, path: string): boolean {
  return path === basePath || path.startsWith(`${basePath}/`)
}

/** Returns what a path answers to, `OPTIONS` included; nothing if there is no route of it. */
export function allowedMethods(routes: readonly Route[], path: string): readonly string[] {
  const methods = routes
    .filter((route) => route.method !== 'ALL' && pathPattern(route.path).test(path))
    .flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
  return methods.length === 0 ? [] : [...new Set([...methods, 'OPTIONS'])]
}

/** Returns an expression for the path of a route, which has fixed segments and `:name`. */
function pathPattern(path: string): RegExp {
  return new RegExp(`^${path.replace(/[.]/g, '\\.').replace(/:\w+/g, '[^/]+')}$`)
}
