import { env } from 'cloudflare:workers'
import { CLIENT_LIMIT } from './client-limit.ts'
import { countingD1, countingKv, type StorageCounts } from './counting.ts'

type Fetch = (request: Request, env: unknown, context: ExecutionContext) => Response | Promise<Response>

/**
 * Returns a Worker whose app is made of the bindings it is given, but for the limit of clients. Timed runs get the others as they are. With the setting
 * `COUNT_STORAGE` they count what is done to them, and `GET /counts` tells.
 */
export function worker(createApp: (bindings: Cloudflare.Env) => { readonly fetch: Fetch }): { fetch: Fetch } {
  const bindings = { ...env, LOGIN_LIMIT: CLIENT_LIMIT }
  if (!('COUNT_STORAGE' in env)) return createApp(bindings)
  const counts: StorageCounts = { d1Calls: 0, d1Statements: 0, kvReads: 0, kvWrites: 0, kvDeletes: 0 }
  const app = createApp({
    ...bindings,
    DB: countingD1(env.DB, counts),
    SESSIONS: countingKv(env.SESSIONS, counts),
  })
  return {
    fetch: (request, given, context) =>
      new URL(request.url).pathname === '/counts'
        ? Response.json(counts)
        : app.fetch(request, given, context),
  }
}
