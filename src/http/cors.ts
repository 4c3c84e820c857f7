import type { Context, MiddlewareHandler } from 'hono'
import { requestIdOf } from '../request-source/request-id'
import type { Log } from '../runtime/log'
import { originForLog } from './origin'

/** Sets how long a browser may remember a preflight. */
const PREFLIGHT_MAX_AGE_SECONDS = 600

/** Holds what every client of Janus may have to send. */
const OWN_HEADERS = 'Authorization, Content-Type'

/** Names of header fields (RFC 9110 §5.1), in a list. Beside credentials `*` would be the name of one (Fetch standard). */
const HEADER_NAMES = /^(?=.{1,1024}$)[\w!#$%&'+.^`|~-]+(?:[ \t]*,[ \t]*[\w!#$%&'+.^`|~-]+)*$/

/**
 * Lets the listed origins, and no other, call with credentials (Fetch standard, "CORS protocol"). An origin matches
 * byte for byte or not at all. What does not match is answered as if this were not here, and leaves a line in the log: the browser tells the
 * page nothing, and its author only that a header is missing.
 *
 * A listed origin may send headers of every name. Tracing adds some that nobody here has heard of, and Janus reads none of them.
 *
 * @param options `origin`: that of Janus itself. `publicPaths`: those that every origin may call, without cookies.
 */
export function cors(
  {
    origin: issuerOrigin,
    allowedOrigins,
    publicPaths = [],
  }: {
    readonly origin: string
    readonly allowedOrigins: readonly string[]
    readonly publicPaths?: readonly string[]
  },
  log: Log,
): MiddlewareHandler {
  return async (c, next) => {
    const origin = c.req.header('Origin')
    if (origin !== undefined && publicPaths.includes(c.req.path)) return answerPublic(c, next)
    const allowed = origin !== undefined && allowedOrigins.includes(origin)
    if (allowed && isPreflight(c)) answerPreflight(c)
    else await next()
    const { headers } = c.res
    headers.append('Vary', 'Origin')
    if (origin === undefined || headers.has('Access-Control-Allow-Origin')) return
    if (allowed) {
      headers.set('Access-Control-Allow-Origin', origin)
      headers.set('Access-Control-Allow-Credentials', 'true')
      headers.set('Access-Control-Expose-Headers', 'Retry-After, WWW-Authenticate')
    } else if (origin !== issuerOrigin && origin !== 'null') {
      const seen = originForLog(origin)
      log('origin-refused', { request_id: requestIdOf(c), origin: seen, setting: 'ALLOWED_ORIGINS' })
    }
  }
}

/** Lets every origin call, without cookies. Its credential, if any, is a header that a page has to send itself. */
async function answerPublic(c: Context, next: () => Promise<void>): Promise<void> {
  if (isPreflight(c)) answerPreflight(c)
  else await next()
  // guard: what every origin may call takes no cookie
  c.res.headers.set('Access-Control-Allow-Origin', '*')
  c.res.headers.set('Access-Control-Expose-Headers', 'Retry-After, WWW-Authenticate')
}

function isPreflight(c: Context): boolean {
  return c.req.method === 'OPTIONS' && c.req.header('Access-Control-Request-Method') !== undefined
}

function answerPreflight(c: Context): void {
  const names = c.req.header('Access-Control-Request-Headers') ?? ''
  c.header('Access-Control-Allow-Methods', 'GET, POST, PATCH, DELETE')
  // guard: no wildcard is told beside credentials
  c.header('Access-Control-Allow-Headers', HEADER_NAMES.test(names) ? names : OWN_HEADERS)
  c.header('Access-Control-Max-Age', String(PREFLIGHT_MAX_AGE_SECONDS))
  c.header('Vary', 'Access-Control-Request-Headers', { append: true })
  c.res = c.body(null, 204)
}
