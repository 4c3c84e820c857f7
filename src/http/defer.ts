import type { Context } from 'hono'

/** Keeps work running behind the response of this request. */
export function deferTo(c: Context): (work: Promise<unknown>) => void {
  return (work) => c.executionCtx.waitUntil(work)
}
