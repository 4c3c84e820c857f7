import { type FactorPolicy, lacksFactor } from '../sessions/factor-policy'
import type { Mode } from '../sessions/mode'
import type { Defer, ResolveSessionServices } from '../sessions/resolve-session'
import type { SessionMemo } from '../sessions/session-memo'
import type { FreshSeal, SessionSeals } from '../sessions/session-seal'
import type { AccessTokens } from '../tokens/access-token'
import type { CookieCredential, Credential } from './credential'
import { type Principal, principalOfClaims, principalOfSession } from './principal'

export interface AuthenticateServices extends ResolveSessionServices {
  /** Those of the audience that asks: Janus's own routes, or an app beside it. */
  readonly accessTokens: AccessTokens
  readonly sessionMemo: SessionMemo
  readonly sessionSeals: SessionSeals
  readonly modes: readonly Mode[]
  readonly factorPolicy: FactorPolicy
  readonly defer: Defer
}

/** Describes who is behind a credential, that there was none, or why it was refused. */
export type Authentication =
  /** `seal`: for the browser that sent the cookie; `null`: it has one, or holds a token. */
  | { readonly outcome: 'authenticated'; readonly principal: Principal; readonly seal: FreshSeal | null }
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
        ? authenticateCookie(services, credential)
        : { outcome: 'absent' }
  }
}

async function authenticateBearer(services: AuthenticateServices, text: string): Promise<Authentication> {
  const token = await services.accessTokens.check(text)
  if (!token.ok) return { outcome: token.refusal === 'expired' ? 'token-expired' : 'invalid-token' }
  const principal = principalOfClaims(token.claims)
  // guard: a token of one factor opens nothing where a second is required
  if (lacksFactor(services.factorPolicy, principal)) return { outcome: 'invalid-token' }
  return { outcome: 'authenticated', principal, seal: null }
}

async function authenticateCookie(
  services: AuthenticateServices,
  credential: CookieCredential,
): Promise<Authentication> {
  const found = await services.sessionMemo.resolve(services, credential, services.defer)
  if (!found) return { outcome: 'session-ended' }
  const { resolved, asked } = found
  const principal = principalOfSession(resolved.session, resolved.roles)
  // guard: a session of one factor opens nothing where a second is required
  if (lacksFactor(services.factorPolicy, principal)) return { outcome: 'session-ended' }
  // A seal that is over is not sent any more, so whoever sent one that was of use has it for the next request, too.
  const seal =
    asked || credential.seal === null ? await services.sessionSeals.make(resolved, credential.text) : null
  return { outcome: 'authenticated', principal, seal }
}
