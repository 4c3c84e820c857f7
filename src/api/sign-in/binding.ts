import type { Context } from 'hono'
import { REPEAT_SECONDS } from '../../flows/repetition'
import { cookieValues } from '../../guards/credential'
import {
  type BindingCookie,
  type BindingPurpose,
  clearAuthCookie,
  setAuthCookie,
} from '../../http/auth-cookies'
import {
  hashSecretText,
  type MintedSecret,
  mintSecret,
  TOKEN_LIFETIME_SECONDS,
} from '../../links/one-time-token'

/** How long the browser keeps what binds it to a link: as long as the longest of its kind is good. */
const MAX_AGE_SECONDS = {
  registration: TOKEN_LIFETIME_SECONDS.register,
  'sign-in-link': TOKEN_LIFETIME_SECONDS['sign-in'],
  'email-change': TOKEN_LIFETIME_SECONDS['change-email'],
} as const satisfies Record<BindingPurpose, number>

/**
 * What binds a link that is mailed to who asked for it: a secret, given in a cookie, and in the body for clients that keep none. The
 * link is good, or fully good, only together with it.
 */
export interface Binding {
  readonly cookie: BindingCookie
  readonly secret: MintedSecret
}

/**
 * Returns the binding that the client has already, or mints one. A browser that asks twice is one browser: its newer link takes the place
 * of its older one.
 */
export async function keepBinding(
  c: Context,
  cookie: BindingCookie,
  inBody: string | undefined,
): Promise<Binding> {
  const text = presentedBinding(c, cookie, inBody)
  const hash = text === null ? null : await hashSecretText(text)
  return text !== null && hash !== null
    ? { cookie, secret: { text, hash } }
    : { cookie, secret: await mintSecret() }
}

/** The secret that came with a request, in its body or its cookie; `null` if there is none, or there are two. */
export function presentedBinding(
  c: Context,
  cookie: BindingCookie,
  inBody: string | undefined,
): string | null {
  if (inBody !== undefined) return inBody
  const [text, ...others] = cookieValues(c.req.raw.headers, cookie)
  return others.length === 0 ? (text ?? null) : null
}

/** Lets the client have its part. */
export function giveBinding(c: Context, { cookie, secret }: Binding): void {
  setAuthCookie(c, cookie, secret.text, MAX_AGE_SECONDS[cookie.purpose])
}

/** Lets the client forget what it has used, once it is too late to repeat the use. */
export function clearBinding(c: Context, cookie: BindingCookie): void {
  const text = presentedBinding(c, cookie, undefined)
  if (text !== null) setAuthCookie(c, cookie, text, REPEAT_SECONDS)
  else if (cookieValues(c.req.raw.headers, cookie).length > 0) clearAuthCookie(c, cookie)
}
