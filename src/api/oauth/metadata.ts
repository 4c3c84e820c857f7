import type { SignedInEnv } from '../../guards/auth-env'
import { open } from '../../guards/open-route'
import { Hono } from '../../http/hono'
import { KEY_SET_MAX_AGE_SECONDS } from '../../keys/key-succession'
import { GRANT_TYPES } from '../../oauth/grant-types'
import { OFFLINE_ACCESS } from '../../oauth/scopes'
import type { ProviderPart, Services } from '../../services'

/** Names how a client with a secret proves who it is. */
const SECRET_METHODS = ['client_secret_basic', 'client_secret_post']

/** The metadata of the authorization server (RFC 8414 §2), below the path of the issuer. What is in it works. */
export function metadataRoutes(services: Services & ProviderPart) {
  const { config, resources, clientDocuments, registrationIsOpen } = services
  const { issuer } = config
  const metadata = {
    issuer,
    authorization_endpoint: `${issuer}/oauth/authorize`,
    token_endpoint: `${issuer}/oauth/token`,
    ...(registrationIsOpen ? { registration_endpoint: `${issuer}/oauth/register` } : {}),
    jwks_uri: `${issuer}/.well-known/jwks.json`,
    scopes_supported: [...new Set([...resources.flatMap(({ scopes }) => scopes), OFFLINE_ACCESS])],
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    grant_types_supported: GRANT_TYPES,
    token_endpoint_auth_methods_supported: [...SECRET_METHODS, 'none'],
    revocation_endpoint: `${issuer}/oauth/revoke`,
    revocation_endpoint_auth_methods_supported: [...SECRET_METHODS, 'none'],
    introspection_endpoint: `${issuer}/oauth/introspect`,
    introspection_endpoint_auth_methods_supported: SECRET_METHODS,
    code_challenge_methods_supported: ['S256'],
    authorization_response_iss_parameter_supported: true,
    request_uri_parameter_supported: false,
    client_id_metadata_document_supported: clientDocuments !== null,
  }
  return new Hono<SignedInEnv>().get('/.well-known/oauth-authorization-server', open, (c) => {
    c.header('Cache-Control', `public, max-age=${KEY_SET_MAX_AGE_SECONDS}`)
    c.header('Access-Control-Allow-Origin', '*')
    c.header('Cross-Origin-Resource-Policy', 'cross-origin')
    return c.json(metadata)
  })
}
