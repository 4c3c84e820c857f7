import type { Context } from 'hono'
import { setAuthCookie } from '../authentication/auth-cookies'
import { type BindingCookie, cookieValues } from '../authentication/credential'
import {
  hashSecretText,
  type MintedSecret,
  mintSecret,
  TOKEN_LIFETIME_SECONDS,
} from '../links/one-time-token'

/** How long the browser keeps what binds it to a link: as long as the longest of its kind is good. */
const MAX_AGE_SECONDS = {
  '__Host-registration': TOKEN_LIFETIME_SECONDS.register,
  '__Host-sign-in-link': TOKEN_LIFETIME_SECONDS['sign-in'],
  '__Host-email-change': TOKEN_LIFETIME_SECONDS['change-email'],
} as const satisfies Record<BindingCookie, number>

/**
 * Binds a link that is about to be mailed to who asks for it. The secret is given in a cookie, and in the body for clients that keep
 * none; the link is good, or fully good, only together with it.
 */
export async function bindClient(c: Context, cookie: BindingCookie): Promise<MintedSecret> {
  return remember(c, cookie, await mintSecret())
}

/** As {@link bindClient}, but a client that was bound before stays bound by the same secret. */
export async function bindClientAgain(
  c: Context,
  cookie: BindingCookie,
  inBody: string | undefined,
): Promise<MintedSecret> {
  const text = presentedBinding(c, cookie, inBody)
  const hash = text === null ? null : await hashSecretText(text)
  return remember(c, cookie, text !== null && hash !== null ? { text, hash } : await mintSecret())
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

function remember(c: Context, cookie: BindingCookie, binding: MintedSecret): MintedSecret {
  setAuthCookie(c, cookie, binding.text, MAX_AGE_SECONDS[cookie])
  return binding
}
