import type { Context } from 'hono'

/** Ids by request. Weak, so that they go when the request does. */
const requestIds = new WeakMap<Request, string>()

/** The id of a request: random, the same wherever it is asked for. Never the client's, who could make two alike. */
export function requestIdOf(c: Context): string {
  const existing = requestIds.get(c.req.raw)
  if (existing !== undefined) return existing
  const id = crypto.randomUUID()
  requestIds.set(c.req.raw, id)
  return id
}
