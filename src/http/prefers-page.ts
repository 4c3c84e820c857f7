import type { Context } from 'hono'
import { accepts } from 'hono/accepts'

/** Returns whether the client names pages among what it accepts, before JSON. Browsers do. A client that names nothing gets JSON. */
export function prefersPage(c: Context): boolean {
  const supports = ['application/json', 'text/html']
  return accepts(c, { header: 'Accept', supports, default: 'application/json' }) === 'text/html'
}
