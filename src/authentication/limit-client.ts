import type { Context, MiddlewareHandler } from 'hono'
import type { Client } from '../client'
import { Problem } from '../http/problem'
import { withFacts } from '../http/route-facts'
import type { Log } from '../log'
import type { ClientLimit } from '../throttling/client-limit'

/** The period of the LOGIN_LIMIT binding in wrangler.toml. */
const LIMIT_PERIOD_SECONDS = 60

/**
 * Lets a client make only so many attempts at credentials a minute, before any body is parsed or hash computed.
 *
 * Logged, not recorded in the audit trail: a flood that writes a row for each request it is refused would be a worse flood.
 */
export function limitClient(
  { clientLimit, log }: { readonly clientLimit: ClientLimit; readonly log: Log },
  clientOf: (c: Context) => Client,
): MiddlewareHandler {
  const limit: MiddlewareHandler = async (c, next) => {
    const { address, requestId } = clientOf(c)
    if (!(await clientLimit(address))) {
      log('client-throttled', { request_id: requestId })
      throw new Problem('too-many-attempts', { headers: { 'Retry-After': String(LIMIT_PERIOD_SECONDS) } })
    }
    await next()
  }
  return withFacts(limit, { limited: true })
}
