import type { Context } from 'hono'
import { generateCookie } from 'hono/cookie'

/** Names the purpose of a cookie of Janus. */
export type CookiePurpose =
  | 'session'
  | 'seal'
  | 'refresh'
  | 'device'
  | 'mail-sent'
  | 'pending-sign-in'
  | 'social'
  | 'identity-offer'
  | 'authorization'
  | BindingPurpose

/** Names what binds a mailed link to the browser that requested it. */
export type BindingPurpose = 'registration' | 'sign-in-link' | 'email-change'

export interface AuthCookie<P extends CookiePurpose = CookiePurpose> {
  readonly purpose: P
  readonly name: string
}

export type BindingCookie = AuthCookie<BindingPurpose>

/** The cookies of one Janus. */
export interface AuthCookies {
  readonly session: AuthCookie<'session'>
  /** Carries what storage last said of the session, signed. It opens nothing without the session cookie. */
  readonly seal: AuthCookie<'seal'>
  readonly refresh: AuthCookie<'refresh'>
  /** Tells a browser from strangers. It opens nothing. */
  readonly device: AuthCookie<'device'>
  readonly registration: AuthCookie<'registration'>
  readonly signInLink: AuthCookie<'sign-in-link'>
  readonly emailChange: AuthCookie<'email-change'>
  /** The handle of a sign-in that waits for its second factor. It opens nothing. */
  readonly pendingSignIn: AuthCookie<'pending-sign-in'>
  /** Binds a sign-in at a provider to the browser that began it. */
  readonly social: AuthCookie<'social'>
  /** An identity, sealed, that its owner may link once they have signed in. */
  readonly identityOffer: AuthCookie<'identity-offer'>
  /** Binds a request of a client to the browser that it came from. */
  readonly authorization: AuthCookie<'authorization'>
  /** Holds what the page that waits for a mail shows: no secret, but nobody else's to read. */
  readonly mailSent: AuthCookie<'mail-sent'>
}

/**
 * Names the cookies of a Janus. Each name begins with `__Host-`: Secure, this host alone, path `/` (RFC 6265bis §4.1.3), so no
 * sibling domain can plant one.
 *
 * @param port That of an issuer on this machine, where several services share a host; `''` for none. Cookies ignore ports
 * (RFC 6265 §8.5), so it ends the names: `__Host-session-8787`.
 */
export function createAuthCookies(port: string): AuthCookies {
  function cookie<P extends CookiePurpose>(purpose: P): AuthCookie<P> {
    return { purpose, name: `__Host-${purpose}${port === '' ? '' : `-${port}`}` }
  }
  return {
    session: cookie('session'),
    seal: cookie('seal'),
    refresh: cookie('refresh'),
    device: cookie('device'),
    registration: cookie('registration'),
    signInLink: cookie('sign-in-link'),
    emailChange: cookie('email-change'),
    pendingSignIn: cookie('pending-sign-in'),
    social: cookie('social'),
    identityOffer: cookie('identity-offer'),
    authorization: cookie('authorization'),
    mailSent: cookie('mail-sent'),
  }
}

/** Gives the client a cookie for at most `maxAgeSeconds`; how long it is honoured the server decides. */
export function setAuthCookie(c: Context, cookie: AuthCookie, value: string, maxAgeSeconds: number): void {
  c.header('Set-Cookie', serializeAuthCookie(cookie, value, maxAgeSeconds), { append: true })
}

/** Returns the value of the `Set-Cookie` header that {@link setAuthCookie} sets. */
export function serializeAuthCookie(
  { purpose, name }: AuthCookie,
  value: string,
  maxAgeSeconds: number,
): string {
  return generateCookie(name.replace('__Host-', ''), value, {
    prefix: 'host',
    path: '/',
    secure: true,
    httpOnly: true,
    // Lax, so that a link from elsewhere finds one signed in, and so are those that wait for a link in a mail. The refresh and
    // device cookies count only where something is posted, which the site's own pages do.
    sameSite: purpose === 'refresh' || purpose === 'device' ? 'Strict' : 'Lax',
    maxAge: maxAgeSeconds,
  })
}

/** Tells the client to forget a cookie. */
export function clearAuthCookie(c: Context, cookie: AuthCookie): void {
  setAuthCookie(c, cookie, '', 0)
}
