import type { Context } from 'hono'
import { setCookie } from 'hono/cookie'
import { type BindingCookie, REFRESH_COOKIE, type SESSION_COOKIE } from './credential'

/**
 * `__Host-`: Secure, this host alone, path `/` (RFC 6265bis §4.1.3), so no sibling domain can plant one. The session
 * cookie is Lax, so that a link from elsewhere finds one signed in, and so are those that wait for a link in a mail; the refresh
 * cookie has no such need.
 */
type AuthCookie = typeof SESSION_COOKIE | typeof REFRESH_COOKIE | BindingCookie

/** Gives the client a cookie for at most `maxAgeSeconds`; how long it is honoured the server decides. */
export function setAuthCookie(c: Context, name: AuthCookie, value: string, maxAgeSeconds: number): void {
  setCookie(c, name.replace('__Host-', ''), value, {
    prefix: 'host',
    path: '/',
    secure: true,
    httpOnly: true,
    sameSite: name === REFRESH_COOKIE ? 'Strict' : 'Lax',
    maxAge: maxAgeSeconds,
  })
}

/** Tells the client to forget a cookie. */
export function clearAuthCookie(c: Context, name: AuthCookie): void {
  setAuthCookie(c, name, '', 0)
}
