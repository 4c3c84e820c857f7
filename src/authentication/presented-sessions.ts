import { hashSecret, parseSessionToken } from '../sessions/session-token'
import type { RefreshTokens } from '../tokens/refresh-token'
import type { AuthCookies } from './auth-cookies'
import { cookieValues } from './credential'

/**
 * The sessions whose cookies came with a request, each with the proof of its credential. Unlike a credential that
 * authenticates, any number of them is read: they are only ever ended.
 */
export async function presentedSessions(
  { refreshTokens, cookies }: { readonly refreshTokens: RefreshTokens; readonly cookies: AuthCookies },
  headers: Headers,
): Promise<readonly { sessionId: string; secretHash: string | null }[]> {
  const presented = []
  for (const text of cookieValues(headers, cookies.session).slice(0, MOST_COOKIES)) {
    const token = parseSessionToken(text)
    if (token) presented.push({ sessionId: token.sessionId, secretHash: await hashSecret(token.secret) })
  }
  for (const text of cookieValues(headers, cookies.refresh).slice(0, MOST_COOKIES)) {
    const token = await refreshTokens.verify(text)
    if (token) presented.push({ sessionId: token.sessionId, secretHash: null })
  }
  return presented
}

/** A browser sends one of each name; a few more may have been planted. */
const MOST_COOKIES = 4
