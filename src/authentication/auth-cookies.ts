import type { Context } from 'hono'
import { setCookie } from 'hono/cookie'
import { REFRESH_COOKIE, SESSION_COOKIE } from './credential'

/**
 * `__Host-`: Secure, this host alone, path `/` (RFC 6265bis §4.1.3), so no sibling domain can plant one. The session
 * cookie is Lax, so that a link from elsewhere finds one signed in; the refresh cookie has no such need.
 */
const SAME_SITE = { [SESSION_COOKIE]: 'Lax', [REFRESH_COOKIE]: 'Strict' } as const

type AuthCookie = keyof typeof SAME_SITE

/** Gives the client a cookie for at most `maxAgeSeconds`; how long it is honoured the server decides. */
export function setAuthCookie(c: Context, name: AuthCookie, value: string, maxAgeSeconds: number): void {
  setCookie(c, name.replace('__Host-', ''), value, {
    prefix: 'host',
    path: '/',
    secure: true,
    httpOnly: true,
    sameSite: SAME_SITE[name],
    maxAge: maxAgeSeconds,
  })
}

/** Tells the client to forget a cookie. */
export function clearAuthCookie(c: Context, name: AuthCookie): void {
  setAuthCookie(c, name, '', 0)
}
