import { encodeBase64url } from '../../crypto/base64url'
import { randomBytes } from '../../crypto/random'
import { hashText } from '../../crypto/sha256'
import type { ClientProof } from '../../oauth/client'
import type { ClientTokens } from '../../oauth/client-token'
import type { IdTokens } from '../../oauth/id-token'
import { isOAuthError, type OAuthError, oauthError } from '../../oauth/oauth-error'
import type { Grant, NewGrant, OAuthStore } from '../../oauth/oauth-store'
import { personClaims } from '../../oauth/person-claims'
import { challengeOf } from '../../oauth/pkce'
import { type Granted, includesScope, OPENID, type Resource, servedScope } from '../../oauth/scopes'
import type { RequestSource } from '../../request-source/request-source'
import type { Clock } from '../../runtime/clock'
import type { Log } from '../../runtime/log'
import { assuranceOf } from '../../sessions/assurance'
import { closedTo, type FactorPolicy, lacksFactor } from '../../sessions/factor-policy'
import { idleSeconds, type SessionLifetimes } from '../../sessions/session'
import type { RefreshTokens } from '../../tokens/refresh-token'

export interface GrantServices {
  readonly oauth: OAuthStore
  readonly clientTokens: ClientTokens
  readonly idTokens: IdTokens
  readonly refreshTokens: RefreshTokens
  readonly resources: readonly Resource[]
  readonly lifetimes: SessionLifetimes
  readonly factorPolicy: FactorPolicy
  readonly clock: Clock
  readonly log: Log
}

/** Holds the tokens that a client is given (RFC 6749 §5.1). */
export interface GrantedTokens {
  readonly accessToken: string
  readonly expiresInSeconds: number
  /** `null`: there is none, because the client can ask again by itself. */
  readonly refreshToken: string | null
  readonly scope: string
  /** `null`: the scope has no `openid`. */
  readonly idToken: string | null
}

/** Holds what a client presents with a code; `null` for each parameter that it left out. */
export interface CodeRequest {
  readonly client: ClientProof
  readonly code: string | null
  readonly redirectUri: string | null
  readonly verifier: string | null
  readonly resource: string | null
  readonly source: RequestSource
}

/** Exchanges an authorization code for tokens (OAuth 2.1 §4.1.3), once. One trip to the store. @throws {StoreUnavailable} */
export async function redeemCode(
  services: GrantServices,
  { client, code, redirectUri, verifier, resource, source }: CodeRequest,
): Promise<GrantedTokens | OAuthError> {
  const { oauth, clientTokens, idTokens, log } = services
  if (code === null || redirectUri === null || verifier === null)
    return oauthError('invalid_request', 'Send code, redirect_uri and code_verifier.')
  const [challenge, codeHash] = await Promise.all([
    challengeOf(verifier),
    hashText(code),
    // Before the code is taken: tokens that cannot be signed must not use it up.
    clientTokens.ready(),
    idTokens.ready(),
  ])
  if (challenge === null) return oauthError('invalid_request', 'Send code_verifier as RFC 7636 §4.1 has it.')
  const redeemed = await oauth.redeem({
    client,
    codeHash,
    redirectUri,
    challenge,
    resource,
    served: services.resources,
    ...newGrant(services, source),
  })
  switch (redeemed.outcome) {
    case 'unknown-client':
      return unknownClient()
    case 'reused':
      log('code-reused', { client_id: client.clientId, session_id: redeemed.grantId })
      return invalidGrant()
    case 'invalid':
      return invalidGrant()
    case 'unserved':
      return unserved(services, redeemed.granted)
    case 'redeemed':
      return issueGranted(services, { ...redeemed, scope: redeemed.grant.scope, counter: 0 })
  }
}

/** Returns what the store needs to start a grant. */
export function newGrant(
  { lifetimes, factorPolicy, clock }: Pick<GrantServices, 'lifetimes' | 'factorPolicy' | 'clock'>,
  source: RequestSource,
): NewGrant {
  const now = clock()
  const expiresAt = now + lifetimes.sessionLifetimeSeconds
  return {
    grantId: encodeBase64url(randomBytes(16)),
    newSubject: encodeBase64url(randomBytes(32)),
    closedTo: closedTo(factorPolicy, []),
    idleExpiresAt: Math.min(now + idleSeconds(lifetimes, 'token'), expiresAt),
    expiresAt,
    source,
    now,
  }
}

/** Holds what is given out for a grant. */
interface Issued {
  readonly grant: Grant
  /** All that was granted, or a part of it. */
  readonly scope: string
  /** Of its refresh token. */
  readonly counter: number
  readonly nonce: string | null
  readonly inIdToken: readonly string[]
}

/** Issues an access token of a grant, the refresh token of its current counter, and an ID token where the scope has `openid`. */
export async function issueGranted(
  {
    clientTokens,
    idTokens,
    refreshTokens,
    resources,
    factorPolicy,
  }: Pick<GrantServices, 'clientTokens' | 'idTokens' | 'refreshTokens' | 'resources' | 'factorPolicy'>,
  { grant, scope: asked, counter, nonce, inIdToken }: Issued,
): Promise<GrantedTokens | OAuthError> {
  const { roles, session } = grant.live
  // guard: a grant of one factor acts for no account that must have two
  if (lacksFactor(factorPolicy, { roles, ...assuranceOf(session.methods) })) return invalidGrant()
  const scope = servedScope(asked, grant.resource, resources)
  if (isOAuthError(scope)) return scope
  const person = personClaims(grant.person, scope, inIdToken)
  const [refreshToken, { token, expiresInSeconds, idToken }] = await Promise.all([
    refreshTokens.issue({ sessionId: session.id, counter }),
    clientTokens.issue(grant, scope).then(async (issued) => ({
      ...issued,
      idToken: includesScope(scope, OPENID)
        ? await idTokens.issue({ grant, nonce, accessToken: issued.token, person })
        : null,
    })),
  ])
  return { accessToken: token, expiresInSeconds, refreshToken, scope, idToken }
}

/** Returns why the settings have nothing of what was granted. */
export function unserved(
  { resources }: Pick<GrantServices, 'resources'>,
  { scope, resource }: Granted,
): OAuthError {
  const left = servedScope(scope, resource, resources)
  return isOAuthError(left) ? left : invalidGrant()
}

export function unknownClient(): OAuthError {
  return oauthError('invalid_client', 'The client is unknown, or its secret is not right.')
}

/** Returns one answer for every reason, so that nobody learns which part of a stolen code is missing. */
export function invalidGrant(): OAuthError {
  return oauthError(
    'invalid_grant',
    'The code or token is not valid, has expired, was used, or is not of this client_id, redirect_uri, code_verifier or resource.',
  )
}
