import type { ClientProof } from '../../oauth/client'
import { type OAuthError, oauthError } from '../../oauth/oauth-error'
import type { TokenStatusStore } from '../../oauth/token-status'
import type { RequestSource } from '../../request-source/request-source'
import type { Clock } from '../../runtime/clock'
import { placeOf, type ReadTokenServices, readToken } from './read-token'
import { unknownClient } from './redeem-code'

/**
 * Ends what a token of a client stands for (RFC 7009): its whole grant, whichever of its tokens is presented. `null`: done, or there was
 * nothing to do, which the client cannot tell apart. One trip to the store. @throws {StoreUnavailable}
 */
export async function revokeToken(
  services: ReadTokenServices & { readonly tokenStatus: TokenStatusStore; readonly clock: Clock },
  {
    client,
    token,
    source,
  }: { readonly client: ClientProof; readonly token: string | null; readonly source: RequestSource },
): Promise<OAuthError | null> {
  if (token === null) return oauthError('invalid_request', 'Send token.')
  const issued = await readToken(services, token)
  // guard: a client revokes no token that names another
  const own = issued?.kind === 'refresh' || issued?.claims.clientId === client.clientId ? issued : null
  const terms = { source, now: services.clock() }
  const proven = await services.tokenStatus.revoke(client, await placeOf(own), terms)
  return proven ? null : unknownClient()
}
