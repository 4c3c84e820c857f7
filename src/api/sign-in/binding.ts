import type { Context } from 'hono'
import { REPEAT_SECONDS } from '../../flows/repetition'
import { cookieValues } from '../../guards/credential'
import {
  type AuthCookie,
  type BindingCookie,
  type BindingPurpose,
  clearAuthCookie,
  setAuthCookie,
} from '../../http/auth-cookies'
import type { EmailAddress } from '../../identity/email-address'
import {
  hashSecretText,
  type MintedSecret,
  mintSecret,
  TOKEN_LIFETIME_SECONDS,
  toSecret,
} from '../../links/one-time-token'
import type { Services } from '../../services'
import { attemptIdOf } from '../attempt-id'

/** Sets how long the browser keeps what binds it to a link: as long as the longest of its kind is good. */
const MAX_AGE_SECONDS = {
  registration: TOKEN_LIFETIME_SECONDS.register,
  'sign-in-link': TOKEN_LIFETIME_SECONDS['sign-in'],
  'email-change': TOKEN_LIFETIME_SECONDS['change-email'],
} as const satisfies Record<BindingPurpose, number>

/**
 * Describes what binds a link that is mailed to who asked for it: a secret, given in a cookie, and in the body for clients that keep none. The
 * link is good, or fully good, only together with it.
 */
export interface Binding {
  readonly cookie: BindingCookie
  readonly secret: MintedSecret
}

/**
 * Returns the binding that the client has already, or makes one. A browser that asks twice is one browser: its newer link takes the place
 * of its older one.
 *
 * The binding of a request that its client has named is derived from that name, so that two clicks on the same form, of which neither has a
 * cookie yet, get the same one. Otherwise the browser would keep one, and the mail might belong to the other.
 */
export async function keepBinding(
  c: Context,
  { derivedSecrets }: Pick<Services, 'derivedSecrets'>,
  {
    cookie,
    inBody,
    email,
  }: {
    readonly cookie: BindingCookie
    readonly inBody?: string | undefined
    /** Says where the link goes. */
    readonly email: EmailAddress
  },
): Promise<Binding> {
  const text = presentedBinding(c, cookie, inBody)
  const hash = text === null ? null : await hashSecretText(text)
  if (text !== null && hash !== null) return { cookie, secret: { text, hash } }
  const attemptId = attemptIdOf(c)
  // guard: two first clicks get one secret
  if (attemptId === null) return { cookie, secret: await mintSecret() }
  const bytes = await derivedSecrets('binding', cookie.purpose, attemptId, email.canonical)
  return { cookie, secret: await toSecret(bytes) }
}

/** Returns the secret that came with a request, in its body or its cookie; `null` if there is none, or there are two. */
export function presentedBinding(c: Context, cookie: AuthCookie, inBody: string | undefined): string | null {
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
