import type { MiddlewareHandler } from 'hono'
import { isLocal } from './trustworthy-url'

/** On every response. A route may set `Cache-Control` itself, if what it says is the same for everyone. */
const SECURITY_HEADERS = {
  // guard: nothing is cached
  'Cache-Control': 'no-store',
  'Content-Security-Policy':
    "default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'Strict-Transport-Security': 'max-age=31536000; includeSubDomains',
  'X-Content-Type-Options': 'nosniff',
} as const

/** Headers that hold whatever a handler does, refusals and failures included (OWASP ASVS 5.0 §3.4). */
export const securityHeaders: MiddlewareHandler = async (c, next) => {
  await next()
  const { headers } = c.res
  // It would hold for every service on this machine, and browsers remember it for a year.
  const isOmitted = (name: string) => name === 'Strict-Transport-Security' && isLocal(new URL(c.req.url))
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) {
    if (!headers.has(name) && !isOmitted(name)) headers.set(name, value)
  }
  // What is answered depends on who asks; a cache that ignores no-store must at least know that (CVE-2023-30861).
  headers.append('Vary', 'Cookie, Authorization')
  if (headers.get('Content-Type') === 'application/json') {
    headers.set('Content-Type', 'application/json; charset=utf-8')
  }
}
