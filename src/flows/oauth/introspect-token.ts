import type { ClientTokenClaims } from '../../oauth/check-client-token'
import type { ClientProof } from '../../oauth/client'
import { type OAuthError, oauthError } from '../../oauth/oauth-error'
import type { TokenStatus, TokenStatusStore } from '../../oauth/token-status'
import type { Clock } from '../../runtime/clock'
import { assuranceOf } from '../../sessions/assurance'
import { type FactorPolicy, lacksFactor } from '../../sessions/factor-policy'
import type { RefreshTokenClaims } from '../../tokens/refresh-token'
import { placeOf, type ReadTokenServices, readToken } from './read-token'
import { unknownClient } from './redeem-code'

export interface IntrospectServices extends ReadTokenServices {
  readonly tokenStatus: TokenStatusStore
  readonly factorPolicy: FactorPolicy
  readonly clock: Clock
}

/** Describes a token that is good now (RFC 7662 §2.2). */
export interface ActiveToken {
  readonly subject: string
  readonly clientId: string
  readonly scope: string
  readonly audience: string | null
  readonly issuedAt: number | null
  readonly expiresAt: number
  /** `null`: of a refresh token. */
  readonly id: string | null
  /** `null`: no person stands behind it. */
  readonly sessionId: string | null
}

/**
 * Returns what a token stands for now; `null` for a token that is not active, and for one that is none of the caller's business, alike. A
 * client may ask about its own tokens, and a service about those whose audience it is. One trip to the store. @throws {StoreUnavailable}
 */
export async function introspectToken(
  services: IntrospectServices,
  { client, token }: { readonly client: ClientProof; readonly token: string | null },
): Promise<ActiveToken | OAuthError | null> {
  if (token === null) return oauthError('invalid_request', 'Send token.')
  const issued = await readToken(services, token)
  const status = await services.tokenStatus.find(client, await placeOf(issued), services.clock())
  const { caller } = status
  if (!caller) return unknownClient()
  if (!issued) return null
  const active =
    issued.kind === 'refresh'
      ? activeRefresh(services.factorPolicy, status, issued.refresh)
      : activeAccess(services.factorPolicy, status, issued.claims)
  if (!active) return null
  // guard: who asks about a token is its client or its audience
  const concerned =
    active.clientId === caller.id || (active.audience !== null && active.audience === caller.serves)
  return concerned ? active : null
}

/** Returns the latest refresh token of a grant, which is active. It is for its client alone, so it has no audience. */
function activeRefresh(
  policy: FactorPolicy,
  { grant }: TokenStatus,
  { counter }: RefreshTokenClaims,
): ActiveToken | null {
  // guard: a refresh token that has a successor is inactive
  if (!grant || grant.refreshCounter !== counter) return null
  const { roles, session } = grant.live
  // guard: a refresh token of one factor is inactive where two are required
  if (lacksFactor(policy, { roles, ...assuranceOf(session.methods) })) return null
  return {
    subject: grant.subject,
    clientId: grant.clientId,
    scope: grant.scope,
    audience: null,
    issuedAt: null,
    expiresAt: Math.min(session.idleExpiresAt, session.expiresAt),
    id: null,
    sessionId: session.id,
  }
}

function activeAccess(
  policy: FactorPolicy,
  { grant, client }: TokenStatus,
  claims: ClientTokenClaims,
): ActiveToken | null {
  if (claims.sessionId === null) {
    // guard: a machine that may not have tokens any more has none
    return client?.grants.includes('client_credentials') && claims.subject === claims.clientId ? claims : null
  }
  if (!grant || grant.clientId !== claims.clientId || grant.subject !== claims.subject) return null
  const { roles, session } = grant.live
  // guard: an access token of one factor is inactive where two are required
  return lacksFactor(policy, { roles, ...assuranceOf(session.methods) }) ? null : claims
}
