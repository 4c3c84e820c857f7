import type { Context, MiddlewareHandler } from 'hono'
import { matchedRoutes } from 'hono/route'
import { requestIdOf } from '../request-source/request-id'
import type { Log } from '../runtime/log'
import { problemOf } from './failure'

/**
 * Writes one line for each request. Successes are sampled, for a line costs as much as the request; refusals and failures never are.
 *
 * @param identify Ids of who is behind the request, if that is known.
 */
export function requestLog(
  log: Log,
  successPercent: number,
  identify: (c: Context) => Readonly<Record<string, string>>,
): MiddlewareHandler {
  return async (c, next) => {
    await next()
    const { status } = c.res
    if (status < 400 && Math.random() * 100 >= successPercent) return
    // The route as it was registered: a path may hold anything that a client put there.
    const route = matchedRoutes(c).find(({ method }) => method !== 'ALL')
    const problem = problemOf(c)
    log('request', {
      request_id: requestIdOf(c),
      method: route?.method ?? 'unmatched',
      route: route?.path ?? 'unmatched',
      status,
      ...(problem === null ? {} : { problem }),
      ...identify(c),
    })
  }
}
