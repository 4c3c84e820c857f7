import type { Context } from 'hono'
import * as v from 'valibot'
import { encodeBase64url, parseBase64url } from '../crypto/base64url'
import { REPEAT_SECONDS } from '../flows/repetition'
import { cookieValues } from '../guards/credential'
import { type AuthCookies, clearAuthCookie, setAuthCookie } from '../http/auth-cookies'
import { parseEmailAddress } from '../identity/email-address'

/** Describes what made Janus send mail. */
export type MailSentPage = 'register' | 'forgot' | 'link' | 'resend' | 'change'

/** Describes what the page that waits for a mail shows and sends again. Kept by the browser, because a URL is kept in logs and histories. */
export interface MailSent {
  /** As it was typed, whether there is an account or not; `null` where the person has not typed one. */
  readonly email: string | null
  /** Says where to go in the end. */
  readonly returnTo: string | null
}

const NOTHING: MailSent = { email: null, returnTo: null }

/** As long as somebody waits for a mail. */
const MAX_AGE_SECONDS = 60 * 60

/** Browsers keep no cookie of more than 4,096 bytes, its name and attributes included (RFC 6265 §6.1). */
const VALUE_MAX_LENGTH = 3000

const Stored = v.strictTuple([v.nullable(v.string()), v.nullable(v.string())])

/** Lets the browser keep what its page shows next. */
export function noteMailSent(c: Context, cookies: AuthCookies, { email, returnTo }: MailSent): void {
  const whole = encode([email, returnTo])
  const value = whole.length > VALUE_MAX_LENGTH ? encode([email, null]) : whole
  setAuthCookie(c, cookies.mailSent, value, MAX_AGE_SECONDS)
}

/** Returns what the browser keeps; nothing if that is malformed, or there are two. */
export function readMailSent(c: Context, cookies: AuthCookies): MailSent {
  const [text = '', ...others] = cookieValues(c.req.raw.headers, cookies.mailSent)
  const stored = others.length === 0 ? decode(text) : null
  if (!v.is(Stored, stored)) return NOTHING
  const [email, returnTo] = stored
  return { email: email === null ? null : (parseEmailAddress(email)?.address ?? null), returnTo }
}

/** Keeps of it where to go, as long as the browser may use its sign-in link again, and forgets the rest. */
export function keepGoal(c: Context, cookies: AuthCookies, returnTo: string | null): void {
  const [first, ...others] = cookieValues(c.req.raw.headers, cookies.signInLink)
  const value = encode([null, returnTo])
  const isKept = first !== undefined && others.length === 0 && returnTo !== null
  if (isKept && value.length <= VALUE_MAX_LENGTH) setAuthCookie(c, cookies.mailSent, value, REPEAT_SECONDS)
  else clearMailSent(c, cookies)
}

/** Forgets it once somebody is signed in. */
export function clearMailSent(c: Context, cookies: AuthCookies): void {
  if (cookieValues(c.req.raw.headers, cookies.mailSent).length > 0) clearAuthCookie(c, cookies.mailSent)
}

function encode(value: v.InferOutput<typeof Stored>): string {
  return encodeBase64url(new TextEncoder().encode(JSON.stringify(value)))
}

function decode(text: string): unknown {
  const bytes = text.length <= VALUE_MAX_LENGTH ? parseBase64url(text) : null
  try {
    return JSON.parse(new TextDecoder().decode(bytes ?? new Uint8Array()))
  } catch {
    return null
  }
}
