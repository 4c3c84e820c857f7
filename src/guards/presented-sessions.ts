import type { AuthCookies } from '../http/auth-cookies'
import { INVALID_TOKEN_CHALLENGE, Problem } from '../http/problem'
import type { Mode } from '../sessions/mode'
import type { PresentedSession } from '../sessions/session-store'
import { hashSecret, parseSessionToken } from '../sessions/session-token'
import type { AccessTokens } from '../tokens/access-token'
import type { RefreshTokens } from '../tokens/refresh-token'
import { cookieValues, readAuthorization } from './credential'

/** A browser sends one of each name; a few more may have been planted. */
const MOST_COOKIES = 4

interface PresentedServices {
  readonly refreshTokens: RefreshTokens
  readonly cookies: AuthCookies
}

/**
 * Returns the sessions whose cookies came with a request, each with the proof of its credential. Unlike a credential that
 * authenticates, any number of them is read: they are only ever ended.
 */
export async function presentedSessions(
  { refreshTokens, cookies }: PresentedServices,
  headers: Headers,
): Promise<readonly PresentedSession[]> {
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

/**
 * Returns the sessions that a request may end: whoever holds any credential of a session may, also with an access token that has expired or a
 * refresh token that was used. `null` if none was sent. A cookie that is of no session counts as one of a session that is over.
 *
 * An `Authorization` header decides over cookies, as everywhere.
 *
 * @param refreshToken From the body.
 * @throws {Problem} `invalid-token` if a token that was sent on purpose is not one of this service. @throws {StoreUnavailable}
 */
export async function sessionsToEnd(
  services: PresentedServices & { readonly accessTokens: AccessTokens; readonly modes: readonly Mode[] },
  headers: Headers,
  refreshToken: string | undefined,
): Promise<readonly PresentedSession[] | null> {
  const { cookies, refreshTokens } = services
  const presented: PresentedSession[] = []
  const authorization = readAuthorization(headers)
  const hasCookie = [cookies.session, cookies.refresh].some((each) => cookieValues(headers, each).length > 0)
  if (authorization) {
    const text = authorization.carrier === 'bearer' ? authorization.text : null
    presented.push({ sessionId: await sessionOfAccessToken(services, text), secretHash: null })
  } else {
    presented.push(...(await presentedSessions(services, headers)))
  }
  if (refreshToken !== undefined) {
    const token = await refreshTokens.verify(refreshToken)
    if (!token) throw invalidToken()
    presented.push({ sessionId: token.sessionId, secretHash: null })
  }
  return authorization || hasCookie || refreshToken !== undefined ? presented : null
}

async function sessionOfAccessToken(
  { accessTokens, modes }: { readonly accessTokens: AccessTokens; readonly modes: readonly Mode[] },
  text: string | null,
): Promise<string> {
  if (text === null || !modes.includes('token')) throw invalidToken()
  const token = await accessTokens.check(text)
  // guard: an expired token that ends its session is one of ours
  const claims = token.ok || token.refusal === 'expired' ? token.claims : null
  if (!claims) throw invalidToken()
  return claims.sid
}

function invalidToken(): Problem {
  return new Problem('invalid-token', { headers: INVALID_TOKEN_CHALLENGE })
}
