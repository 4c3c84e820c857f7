import type { Context } from 'hono'
import type { SignedInEnv } from '../../guards/auth-env'
import { open } from '../../guards/open-route'
import { Hono } from '../../http/hono'
import { KEY_SET_MAX_AGE_SECONDS } from '../../keys/key-succession'
import { ASSERTION_ALGORITHMS } from '../../oauth/client-keys'
import { GRANT_TYPES, TOKEN_EXCHANGE } from '../../oauth/grant-types'
import { PERSON_CLAIMS } from '../../oauth/person-claims'
import { OFFLINE_ACCESS, OPENID, PERSON_SCOPES } from '../../oauth/scopes'
import type { ProviderPart, Services } from '../../services'

/** Names how a confidential client proves who it is. */
const PROVING_METHODS = ['client_secret_basic', 'client_secret_post', 'private_key_jwt']

/**
 * Creates the routes of the metadata of the authorization server (RFC 8414 §2, OpenID Connect Discovery §3), below the path of the issuer. What
 * is in it works. Every place has the same document.
 *
 * @param suffix What stands behind the names of the documents: at the root of the host, the path of the issuer (RFC 8414 §3.1).
 */
export function metadataRoutes(
  { config, resources, clientDocuments, registrationIsOpen, apiKeys }: Services & ProviderPart,
  { hasPages, suffix = '' }: { readonly hasPages: boolean; readonly suffix?: string },
) {
  const { issuer } = config
  const metadata = {
    issuer,
    authorization_endpoint: `${issuer}/oauth/authorize`,
    token_endpoint: `${issuer}/oauth/token`,
    ...(registrationIsOpen ? { registration_endpoint: `${issuer}/oauth/register` } : {}),
    userinfo_endpoint: `${issuer}/oauth/userinfo`,
    ...(hasPages && { end_session_endpoint: `${issuer}/oauth/logout` }),
    jwks_uri: `${issuer}/.well-known/jwks.json`,
    scopes_supported: [
      ...new Set([OPENID, ...PERSON_SCOPES, ...resources.flatMap(({ scopes }) => scopes), OFFLINE_ACCESS]),
    ],
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    grant_types_supported: apiKeys ? [...GRANT_TYPES, TOKEN_EXCHANGE] : GRANT_TYPES,
    token_endpoint_auth_methods_supported: [...PROVING_METHODS, 'none'],
    token_endpoint_auth_signing_alg_values_supported: ASSERTION_ALGORITHMS,
    device_authorization_endpoint: `${issuer}/oauth/device_authorization`,
    revocation_endpoint: `${issuer}/oauth/revoke`,
    revocation_endpoint_auth_methods_supported: [...PROVING_METHODS, 'none'],
    revocation_endpoint_auth_signing_alg_values_supported: ASSERTION_ALGORITHMS,
    introspection_endpoint: `${issuer}/oauth/introspect`,
    introspection_endpoint_auth_methods_supported: PROVING_METHODS,
    introspection_endpoint_auth_signing_alg_values_supported: ASSERTION_ALGORITHMS,
    code_challenge_methods_supported: ['S256'],
    authorization_response_iss_parameter_supported: true,
    subject_types_supported: ['public', 'pairwise'],
    id_token_signing_alg_values_supported: ['RS256', 'ES256'],
    claims_supported: [...ID_TOKEN_CLAIMS, ...PERSON_CLAIMS],
    claim_types_supported: ['normal'],
    acr_values_supported: ['urn:janus:1fa', 'urn:janus:2fa'],
    prompt_values_supported: ['none', 'login', 'consent', 'select_account'],
    backchannel_logout_supported: true,
    backchannel_logout_session_supported: true,
    claims_parameter_supported: true,
    request_parameter_supported: false,
    request_uri_parameter_supported: false,
    client_id_metadata_document_supported: clientDocuments !== null,
  }
  const answer = (c: Context) => {
    c.header('Cache-Control', `public, max-age=${KEY_SET_MAX_AGE_SECONDS}`)
    c.header('Access-Control-Allow-Origin', '*')
    c.header('Cross-Origin-Resource-Policy', 'cross-origin')
    return c.json(metadata)
  }
  return new Hono<SignedInEnv>()
    .get(`/.well-known/oauth-authorization-server${suffix}`, open, answer)
    .get(`/.well-known/openid-configuration${suffix}`, open, answer)
}

const ID_TOKEN_CLAIMS = 'iss sub aud exp iat auth_time nonce acr amr at_hash sid'.split(' ')
