import type { Context } from 'hono'
import { accepts } from 'hono/accepts'

/** Whether who asks would rather read a page than JSON: browsers say so, programs have to (RFC 9110 §12.5.1). */
export function wantsPage(c: Context): boolean {
  const supports = ['application/json', 'text/html']
  return accepts(c, { header: 'Accept', supports, default: 'application/json' }) === 'text/html'
}
