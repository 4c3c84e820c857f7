import type { Context } from 'hono'
import { getPathNoStrict } from 'hono/utils/url'
import { Hono } from '../http/hono'
import { allowedMethods, isUnder } from '../http/unmatched'
import { unreadRequest } from '../http/unread-request'

interface Mounted {
  readonly app: Hono
  /** Answers where the mount is not where the issuer says. */
  readonly misplaced: Hono
  readonly basePath: string
}

/**
 * Makes what another Hono app mounts by `app.route('/auth', …)`.
 *
 * It is one route that hands the request, with its whole path, to Janus's own app. So the guards see the same paths and the same
 * router in every app, whatever its settings, its context and its copy of Hono. Of the app around it only `c.req`, `c.res` and
 * `c.newResponse` are used.
 *
 * Mounted at `/`, it leaves alone what is not Janus's.
 */
export function createMountable({ app, misplaced, basePath }: Mounted): Hono {
  return new Hono().all('*', async (c, next) => {
    const path = getPathNoStrict(c.req.raw)
    const at = mountPath(c)
    // guard: mounted elsewhere than the issuer says, it lets nobody in
    if (!isUnder(at, basePath)) return answer(c, misplaced)
    const isOurs =
      at === '' && basePath === '' ? allowedMethods(app.routes, path).length > 0 : isUnder(basePath, path)
    return isOurs ? answer(c, app) : next()
  })
}

/** Creates what {@link createMountable} does for a Janus that is not configured: mounted at `/`, it answers only the requests for readiness. */
export function createUnconfiguredMountable(app: Hono): Hono {
  return new Hono().all('*', (c, next) => {
    const asks = /\/(healthz|readyz)$/.test(getPathNoStrict(c.req.raw))
    return mountPath(c) !== '' || asks ? answer(c, app) : next()
  })
}

/** Returns the path where the app around Janus has mounted it: `''` or `/auth`. */
function mountPath(c: Context): string {
  return c.req.routePath.replace(/\/?\*$/, '')
}

async function answer(c: Context, app: Hono): Promise<void> {
  const response = await app.fetch(await unreadRequest(c.req))
  // What the app around Janus has set before is kept.
  c.res = c.newResponse(response.body, response)
  const vary = response.headers.get('Vary')
  if (vary !== null && c.res.headers.get('Vary') !== vary) c.res.headers.append('Vary', vary)
}
