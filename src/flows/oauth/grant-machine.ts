import type { ClientProof } from '../../oauth/client'
import type { ClientTokens } from '../../oauth/client-token'
import type { MachineStore } from '../../oauth/machine'
import { isOAuthError, type OAuthError, oauthError } from '../../oauth/oauth-error'
import { grantable, OFFLINE_ACCESS, OPENID, type Resource } from '../../oauth/scopes'
import { type GrantedTokens, unknownClient } from './redeem-code'

export interface MachineServices {
  readonly machines: MachineStore
  readonly clientTokens: ClientTokens
  readonly resources: readonly Resource[]
}

/**
 * Grants a client a token for itself (RFC 6749 §4.4): no person, no refresh token, and nothing that is stored. One trip to the store.
 *
 * @throws {StoreUnavailable}
 */
export async function grantMachine(
  { machines, clientTokens, resources }: MachineServices,
  {
    client: proof,
    scope,
    resource,
  }: { readonly client: ClientProof; readonly scope: string | null; readonly resource: string | null },
): Promise<GrantedTokens | OAuthError> {
  await clientTokens.ready()
  const client = await machines.findProven(proof)
  if (!client) return unknownClient()
  // guard: only a client that an operator let act for itself does
  if (!client.confidential || !client.grants.includes('client_credentials'))
    return oauthError('unauthorized_client', 'This client may not use client_credentials.')
  // guard: a machine is granted no offline access
  const scopes = client.scopes.filter((word) => word !== OFFLINE_ACCESS && word !== OPENID)
  const granted = grantable({ scope, resource }, { scopes }, resources)
  if (isOAuthError(granted)) return granted
  const { resource: audience } = granted
  // Without openid there is a resource.
  if (audience === null) return oauthError('invalid_target', 'Send one resource.')
  const own = { clientId: client.id, scope: granted.scope, resource: audience }
  const { token, expiresInSeconds } = await clientTokens.issueToClient(own)
  return { accessToken: token, expiresInSeconds, refreshToken: null, scope: granted.scope, idToken: null }
}
