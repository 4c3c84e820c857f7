import type { AuthCookie, AuthCookies } from '../http/auth-cookies'

export interface CookieCredential {
  readonly carrier: 'cookie'
  readonly text: string
  /** Holds what came in the cookie of the seal; `null`: nothing, or several. */
  readonly seal: string | null
}

/** Describes what a request presented, unverified. */
export type Credential =
  | { readonly carrier: 'none' }
  | { readonly carrier: 'bearer'; readonly text: string }
  /** An `Authorization` header that is not `Bearer` and one token: present, and bad. */
  | { readonly carrier: 'unusable-authorization' }
  | CookieCredential
  /** Two cookies of the name: one of them was planted, and there is no telling which. */
  | { readonly carrier: 'ambiguous-cookie' }

/** `token68` of RFC 9110 §11.2, which is what RFC 6750 §2.1 calls `b64token`. */
const BEARER = /^Bearer +([A-Za-z0-9._~+/-]+=*)$/i

/**
 * Reads the credential of a request. An `Authorization` header decides, whatever it holds: a bad one is never a reason
 * to try the cookie beside it.
 */
export function readCredential(headers: Headers, cookies: AuthCookies): Credential {
  const authorization = readAuthorization(headers)
  if (authorization) return authorization
  const sent = headers.get('Cookie')
  if (sent === null) return { carrier: 'none' }
  const values = valuesIn(sent, cookies.session)
  // guard: two session cookies are refused
  if (values.length > 1) return { carrier: 'ambiguous-cookie' }
  if (values[0] === undefined) return { carrier: 'none' }
  const seals = valuesIn(sent, cookies.seal)
  return { carrier: 'cookie', text: values[0], seal: seals.length === 1 ? (seals[0] ?? null) : null }
}

/** Reads what an `Authorization` header presents; `null`: there is none. */
export function readAuthorization(
  headers: Headers,
): Extract<Credential, { carrier: 'bearer' | 'unusable-authorization' }> | null {
  const authorization = headers.get('Authorization')
  if (authorization === null) return null
  const [, text] = BEARER.exec(authorization) ?? []
  // guard: an Authorization header decides
  return text === undefined ? { carrier: 'unusable-authorization' } : { carrier: 'bearer', text }
}

/**
 * Returns every value that the request has for a cookie (RFC 6265 §4.2.1).
 *
 * Only what a browser strips is stripped: space and tab (§5.2). `String.prototype.trim` strips 23 characters more, and a browser
 * applies no prefix rule to `U+2000__Host-session`, so any sibling host could plant it. Such a look-alike is no cookie of ours.
 */
export function cookieValues(headers: Pick<Headers, 'get'>, cookie: AuthCookie): readonly string[] {
  return valuesIn(headers.get('Cookie') ?? '', cookie)
}

function valuesIn(sent: string, { name }: AuthCookie): readonly string[] {
  return sent.split(';').flatMap((pair) => {
    const equals = pair.indexOf('=')
    // guard: only spaces and tabs are stripped from the name of a cookie
    if (equals === -1 || stripBlanks(pair.slice(0, equals)) !== name) return []
    // guard: only spaces and tabs are stripped from the value of a cookie
    return stripBlanks(pair.slice(equals + 1))
  })
}

/** Removes spaces and tabs at both ends. No regular expression: they take quadratic time for blanks that are not at the end. */
function stripBlanks(text: string): string {
  let from = 0
  let to = text.length
  while (from < to && isBlank(text[from])) from++
  while (to > from && isBlank(text[to - 1])) to--
  return text.slice(from, to)
}

function isBlank(character: string | undefined): boolean {
  return character === ' ' || character === '\t'
}
