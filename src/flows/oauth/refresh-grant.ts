import type { ClientProof } from '../../oauth/client'
import { type OAuthError, oauthError } from '../../oauth/oauth-error'
import { narrowed, parseScope } from '../../oauth/scopes'
import type { RequestSource } from '../../request-source/request-source'
import type { SendMail } from '../../runtime/queued-mail'
import { idleSeconds } from '../../sessions/session'
import {
  type GrantedTokens,
  type GrantServices,
  invalidGrant,
  issueGranted,
  unknownClient,
} from './redeem-code'

/** Holds what a client presents with a refresh token; `null` for each parameter that it left out. */
export interface RefreshRequest {
  readonly client: ClientProof
  readonly refreshToken: string | null
  /** A part of what was granted; `null`: all of it. */
  readonly scope: string | null
  readonly resource: string | null
  readonly source: RequestSource
}

/**
 * Exchanges the refresh token of a client for its successor and a new access token (OAuth 2.1 §4.3.1), with the rotation that Janus's own
 * tokens have. One trip to the store. @throws {StoreUnavailable}
 */
export async function refreshGrant(
  services: GrantServices & { readonly refreshReuseSeconds: number; readonly sendMail: SendMail },
  { client, refreshToken, scope, resource, source }: RefreshRequest,
): Promise<GrantedTokens | OAuthError> {
  const { oauth, clientTokens, idTokens, refreshTokens, lifetimes, refreshReuseSeconds, clock, log } =
    services
  if (refreshToken === null) return oauthError('invalid_request', 'Send refresh_token.')
  const scopes = scope === null ? null : parseScope(scope)
  if (scope !== null && scopes === null) return widerScope()
  const [presented] = await Promise.all([
    refreshTokens.verify(refreshToken),
    clientTokens.ready(),
    idTokens.ready(),
  ])
  const now = clock()
  const { sessionId, counter } = presented ?? NO_TOKEN
  const rotated = await oauth.rotate(
    client,
    { id: sessionId, counter },
    { scopes, resource, served: services.resources },
    { now, idleExpiresAt: now + idleSeconds(lifetimes, 'token'), reuseSeconds: refreshReuseSeconds, source },
  )
  if (rotated.outcome === 'unknown-client') return unknownClient()
  if (rotated.outcome === 'reused') {
    services.sendMail(rotated.mailIds)
    log('refresh-token-reused', { session_id: sessionId, counter, client_id: client.clientId })
  }
  if (rotated.outcome === 'other-resource') return otherResource()
  if (rotated.outcome === 'wider-scope') return widerScope()
  if (rotated.outcome !== 'rotated') return invalidGrant()
  const { grant } = rotated
  // guard: a refresh names no other resource
  if (resource !== null && resource !== grant.resource) return otherResource()
  const asked = narrowed(grant.scope, scope)
  if (asked === null) return widerScope()
  // OpenID Connect Core §12.2: the nonce is that of the first ID token alone.
  const issued = { grant, scope: asked, counter: rotated.counter, nonce: null, inIdToken: [] }
  return issueGranted(services, issued)
}

function otherResource(): OAuthError {
  return oauthError(
    'invalid_target',
    'Send the resource that was granted, or none. It must be one that this server has still.',
  )
}

function widerScope(): OAuthError {
  return oauthError(
    'invalid_scope',
    'Send a part of the scope that was granted, which the resource has still.',
  )
}

/** A token that is none of this service finds no session, and the client is told about itself first (RFC 6749 §5.2). */
const NO_TOKEN = { sessionId: '', counter: 0 }
