import type { MiddlewareHandler } from 'hono'
import type { StorageCosts } from './storage-meter'

/**
 * Says on every response what it cost: `Janus-Storage: d1=1, kv-read=1, kv-write=0, kv-delete=0`.
 *
 * Exact while nothing else is asked at the same time, for there is one meter for all requests. What is done behind the
 * response is not in it.
 */
export function reportStorage(spent: () => StorageCosts): MiddlewareHandler {
  return async (c, next) => {
    const before = spent()
    await next()
    const after = spent()
    const parts = {
      d1: after.d1 - before.d1,
      'kv-read': after.kvReads - before.kvReads,
      'kv-write': after.kvWrites - before.kvWrites,
      'kv-delete': after.kvDeletes - before.kvDeletes,
    }
    const text = Object.entries(parts).map(([name, count]) => `${name}=${count}`)
    c.res.headers.set('Janus-Storage', text.join(', '))
  }
}
