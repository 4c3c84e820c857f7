import { env } from 'cloudflare:workers'
import { countingD1, countingKv, type StorageCounts } from './counting.ts'

type Fetch = (request: Request, env: unknown, context: ExecutionContext) => Response | Promise<Response>

/**
 * A Worker whose app is made of the bindings it is given. Timed runs get the bindings as they are. With the setting
 * `COUNT_STORAGE` they count what is done to them, and `GET /counts` tells.
 */
export function worker(createApp: (bindings: Cloudflare.Env) => { readonly fetch: Fetch }): { fetch: Fetch } {
  if (!('COUNT_STORAGE' in env)) return createApp(env)
  const counts: StorageCounts = { d1Calls: 0, d1Statements: 0, kvReads: 0, kvWrites: 0, kvDeletes: 0 }
  const app = createApp({
    ...env,
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
