import { hashText } from '../../crypto/sha256'
import type { CheckClientToken, ClientTokenClaims } from '../../oauth/check-client-token'
import type { TokenPlace } from '../../oauth/token-status'
import type { RefreshTokenClaims, RefreshTokens } from '../../tokens/refresh-token'

/** A token that Janus issued to some client. */
export type IssuedToken =
  | { readonly kind: 'refresh'; readonly refresh: RefreshTokenClaims }
  | { readonly kind: 'access'; readonly claims: ClientTokenClaims }

export interface ReadTokenServices {
  readonly refreshTokens: Pick<RefreshTokens, 'verify'>
  readonly checkClientToken: CheckClientToken
}

/** Returns what a text is: its form tells one kind from the other, so a wrong `token_type_hint` hides nothing. `null`: no token of Janus. */
export async function readToken(
  { refreshTokens, checkClientToken }: ReadTokenServices,
  text: string,
): Promise<IssuedToken | null> {
  const refresh = await refreshTokens.verify(text)
  if (refresh) return { kind: 'refresh', refresh }
  const claims = await checkClientToken(text)
  return claims && { kind: 'access', claims }
}

/** Returns where the store finds what a token stands for. */
export async function placeOf(token: IssuedToken | null): Promise<TokenPlace> {
  if (token === null) return { clientId: null, sessionId: null, spent: null }
  if (token.kind === 'refresh') return { clientId: null, sessionId: token.refresh.sessionId, spent: null }
  const { id, clientId, sessionId, expiresAt } = token.claims
  if (sessionId !== null) return { clientId, sessionId, spent: null }
  return {
    clientId,
    sessionId,
    spent: { id: (await hashText(`revoked token\n${id}`)).slice(0, 22), expiresAt },
  }
}
