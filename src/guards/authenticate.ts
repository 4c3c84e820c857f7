import type { Mode } from '../sessions/mode'
import type { Defer, ResolveSessionServices } from '../sessions/resolve-session'
import type { SessionMemo } from '../sessions/session-memo'
import type { AccessTokens } from '../tokens/access-token'
import type { Credential } from './credential'
import { type Principal, principalOfClaims, principalOfSession } from './principal'

export interface AuthenticateServices extends ResolveSessionServices {
  /** Those of the audience that asks: Janus's own routes, or an app beside it. */
  readonly accessTokens: AccessTokens
  readonly sessionMemo: SessionMemo
  readonly modes: readonly Mode[]
  readonly defer: Defer
}

/** Who is behind a credential, that there was none, or why it was refused. */
export type Authentication =
  | { readonly outcome: 'authenticated'; readonly principal: Principal }
  | { readonly outcome: 'absent' }
  | { readonly outcome: 'invalid-token' | 'token-expired' | 'session-ended' }

/**
 * Verifies a credential, by whichever carrier it came. Refuses nothing: an absent credential is an answer too.
 *
 * @throws {StoreUnavailable} If what is needed to verify it cannot be reached.
 */
export async function authenticate(
  services: AuthenticateServices,
  credential: Credential,
): Promise<Authentication> {
  switch (credential.carrier) {
    case 'none':
      return { outcome: 'absent' }
    case 'unusable-authorization':
      return { outcome: 'invalid-token' }
    case 'ambiguous-cookie':
      return { outcome: 'session-ended' }
    case 'bearer':
      return services.modes.includes('token')
        ? authenticateBearer(services, credential.text)
        : { outcome: 'invalid-token' }
    case 'cookie':
      return services.modes.includes('session')
        ? authenticateCookie(services, credential.text)
        : { outcome: 'absent' }
  }
}

async function authenticateBearer(services: AuthenticateServices, text: string): Promise<Authentication> {
  const token = await services.accessTokens.check(text)
  if (!token.ok) return { outcome: token.refusal === 'expired' ? 'token-expired' : 'invalid-token' }
  return { outcome: 'authenticated', principal: principalOfClaims(token.claims) }
}

async function authenticateCookie(services: AuthenticateServices, text: string): Promise<Authentication> {
  const live = await services.sessionMemo.resolve(services, text, services.defer)
  if (!live) return { outcome: 'session-ended' }
  return { outcome: 'authenticated', principal: principalOfSession(live.session, live.roles) }
}
