/** What a request presented, unverified. */
export type Credential =
  | { readonly carrier: 'none' }
  | { readonly carrier: 'bearer'; readonly text: string }
  /** An `Authorization` header that is not `Bearer` and one token: present, and bad. */
  | { readonly carrier: 'unusable-authorization' }
  | { readonly carrier: 'cookie'; readonly text: string }
  /** Two cookies of the name: one of them was planted, and there is no telling which. */
  | { readonly carrier: 'ambiguous-cookie' }

/** `token68` of RFC 9110 §11.2, which is what RFC 6750 §2.1 calls `b64token`. */
const BEARER = /^Bearer +([A-Za-z0-9._~+/-]+=*)$/i

export const SESSION_COOKIE = '__Host-session'
export const REFRESH_COOKIE = '__Host-refresh'

/** What binds a link that was mailed to the browser that asked for it. */
export type BindingCookie = '__Host-registration' | '__Host-sign-in-link' | '__Host-email-change'

/**
 * Reads the credential of a request. An `Authorization` header decides, whatever it holds: a bad one is never a reason
 * to try the cookie beside it.
 */
export function readCredential(headers: Headers): Credential {
  const authorization = headers.get('Authorization')
  if (authorization !== null) {
    const [, text] = BEARER.exec(authorization) ?? []
    return text === undefined ? { carrier: 'unusable-authorization' } : { carrier: 'bearer', text }
  }
  const values = cookieValues(headers, SESSION_COOKIE)
  if (values.length > 1) return { carrier: 'ambiguous-cookie' }
  return values[0] === undefined ? { carrier: 'none' } : { carrier: 'cookie', text: values[0] }
}

/** Every value that the request has for a cookie name (RFC 6265 §4.2.1). */
export function cookieValues(headers: Headers, name: string): readonly string[] {
  return (headers.get('Cookie') ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1))
}
