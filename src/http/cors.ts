import type { MiddlewareHandler } from 'hono'

/** How long a browser may remember a preflight. */
const PREFLIGHT_MAX_AGE_SECONDS = 600

/**
 * Lets the listed origins, and no other, call with credentials (Fetch standard, "CORS protocol"). An origin matches
 * byte for byte or not at all; what does not match is answered as if this were not here.
 */
export function cors(allowedOrigins: readonly string[]): MiddlewareHandler {
  return async (c, next) => {
    const origin = c.req.header('Origin')
    const allowed = origin !== undefined && allowedOrigins.includes(origin)
    const preflight =
      c.req.method === 'OPTIONS' && c.req.header('Access-Control-Request-Method') !== undefined
    if (allowed && preflight) {
      c.header('Access-Control-Allow-Methods', 'GET, POST, PATCH, DELETE')
      c.header('Access-Control-Allow-Headers', 'Authorization, Content-Type')
      c.header('Access-Control-Max-Age', String(PREFLIGHT_MAX_AGE_SECONDS))
      c.res = c.body(null, 204)
    } else {
      await next()
    }
    c.res.headers.append('Vary', 'Origin')
    if (allowed && !c.res.headers.has('Access-Control-Allow-Origin')) {
      c.res.headers.set('Access-Control-Allow-Origin', origin)
      c.res.headers.set('Access-Control-Allow-Credentials', 'true')
      c.res.headers.set('Access-Control-Expose-Headers', 'Retry-After, WWW-Authenticate')
    }
  }
}
