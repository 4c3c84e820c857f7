import { API_KEY_TYPE, type ApiKeyStore, clientOfKey, hashApiKey, isApiKey } from '../../oauth/api-key'
import type { ClientTokens, IssuedToken } from '../../oauth/client-token'
import { isOAuthError, type OAuthError, oauthError } from '../../oauth/oauth-error'
import { narrowed, type Resource, servedScope } from '../../oauth/scopes'
import type { Clock } from '../../runtime/clock'
import { assuranceOf } from '../../sessions/assurance'
import { type FactorPolicy, lacksFactor } from '../../sessions/factor-policy'

/** The type of the tokens that are given for keys (RFC 8693 §3). */
export const ACCESS_TOKEN_TYPE = 'urn:ietf:params:oauth:token-type:access_token'

export interface ExchangeApiKeyServices {
  /** `null`: there are no keys. */
  readonly apiKeys: ApiKeyStore | null
  readonly clientTokens: ClientTokens
  readonly resources: readonly Resource[]
  readonly factorPolicy: FactorPolicy
  readonly clock: Clock
}

/** Holds what a program presents with its key; `null` for each parameter that it left out. */
export interface ApiKeyExchange {
  readonly key: string | null
  readonly keyType: string | null
  readonly requestedType: string | null
  readonly scope: string | null
  readonly resource: string | null
}

/** A token that was given for a key (RFC 8693 §2.2.1). */
export interface ExchangedToken extends IssuedToken {
  readonly scope: string
}

/** Exchanges an API key for an access token (RFC 8693). One trip to the store, and none for what cannot be a key. @throws {StoreUnavailable} */
export async function exchangeApiKey(
  { apiKeys, clientTokens, resources, factorPolicy, clock }: ExchangeApiKeyServices,
  { key, keyType, requestedType, scope, resource }: ApiKeyExchange,
): Promise<ExchangedToken | OAuthError> {
  if (apiKeys === null) return oauthError('unsupported_grant_type', 'This server has no API keys (API_KEYS).')
  // guard: nothing but a key is exchanged
  if (keyType !== API_KEY_TYPE)
    return oauthError('invalid_request', `Send subject_token_type=${API_KEY_TYPE}.`)
  if (requestedType !== null && requestedType !== ACCESS_TOKEN_TYPE)
    return oauthError('invalid_request', `Leave requested_token_type out, or send ${ACCESS_TOKEN_TYPE}.`)
  if (key === null || !isApiKey(key)) return invalidKey()
  await clientTokens.ready()
  const used = await apiKeys.use(await hashApiKey(key), clock())
  if (!used) return invalidKey()
  const { roles, session } = used.live
  // guard: a key of one factor acts for no account that must have two
  if (lacksFactor(factorPolicy, { roles, ...assuranceOf(session.methods) })) return invalidKey()
  // guard: a key is for one resource
  if (resource !== null && resource !== used.resource)
    return oauthError('invalid_target', 'Send the resource that the key is for, or none.')
  // guard: a key widens nothing
  const asked = narrowed(used.scope, scope)
  if (asked === null) return oauthError('invalid_scope', 'Send a part of the scope of the key.')
  const granted = servedScope(asked, used.resource, resources)
  if (isOAuthError(granted)) return granted
  const grant = {
    live: used.live,
    clientId: clientOfKey(session.id),
    resource: used.resource,
    subject: session.userId,
  }
  return { ...(await clientTokens.issue(grant, granted)), scope: granted }
}

/** Returns one answer for every reason (RFC 8693 §2.2.2), so that nobody learns what became of a key. */
function invalidKey(): OAuthError {
  return oauthError('invalid_request', 'The key is not valid, has expired, or was revoked.')
}
