import type { Context } from 'hono'
import { pollDevice } from '../../flows/oauth/device-grant'
import { ACCESS_TOKEN_TYPE, type ExchangedToken, exchangeApiKey } from '../../flows/oauth/exchange-api-key'
import { grantMachine, type MachineServices } from '../../flows/oauth/grant-machine'
import { type GrantedTokens, redeemCode } from '../../flows/oauth/redeem-code'
import { refreshGrant } from '../../flows/oauth/refresh-grant'
import type { SignedInEnv } from '../../guards/auth-env'
import { limitClient } from '../../guards/limit-client'
import { openToOtherSites } from '../../guards/open-route'
import { Hono } from '../../http/hono'
import { DEVICE_GRANT, GRANT_TYPES, TOKEN_EXCHANGE } from '../../oauth/grant-types'
import { isOAuthError, type OAuthError, oauthError } from '../../oauth/oauth-error'
import { requestSourceOf } from '../../request-source/read-request-source'
import type { ProviderPart, Services } from '../../services'
import { proveClient } from './client-proof'
import { type OAuthForm, readOAuthForm, takesForm } from './oauth-form'

/** Creates `POST /oauth/token` (RFC 6749 §3.2). It reads no cookie, so pages of clients elsewhere may call it. */
export function tokenRoutes(services: Services & ProviderPart) {
  const limited = limitClient(services, requestSourceOf)
  const form = takesForm(
    'grant_type',
    'code',
    'redirect_uri',
    'code_verifier',
    'refresh_token',
    'scope',
    'resource',
    'client_id',
    'client_secret',
    'client_assertion_type',
    'client_assertion',
    'device_code',
    'subject_token',
    'subject_token_type',
    'requested_token_type',
  )
  return new Hono<SignedInEnv>().post('/oauth/token', openToOtherSites, limited, form, async (c) => {
    const answer = await grantTokens(c, services)
    if (isOAuthError(answer)) return answerOAuthError(c, answer)
    return c.json('token' in answer ? presentExchanged(answer) : presentTokens(answer))
  })
}

async function grantTokens(
  c: Context,
  services: Parameters<typeof refreshGrant>[0] &
    MachineServices &
    Pick<ProviderPart, 'deviceGrants' | 'machines' | 'apiKeys' | 'clientDocuments'> &
    Pick<Services, 'config'>,
): Promise<GrantedTokens | ExchangedToken | OAuthError> {
  const form = await readOAuthForm(c)
  if (isOAuthError(form)) return form
  if (form.get('grant_type') === TOKEN_EXCHANGE) return exchangeKey(c, services, form)
  const client = await proveClient(c, form, services)
  if (isOAuthError(client)) return client
  const field = (name: string) => form.get(name) ?? null
  const common = { client, resource: field('resource'), source: requestSourceOf(c) }
  switch (field('grant_type')) {
    case 'authorization_code':
      return redeemCode(services, {
        ...common,
        code: field('code'),
        redirectUri: field('redirect_uri'),
        verifier: field('code_verifier'),
      })
    case 'refresh_token':
      return refreshGrant(services, {
        ...common,
        refreshToken: field('refresh_token'),
        scope: field('scope'),
      })
    case 'client_credentials':
      return grantMachine(services, { client, resource: common.resource, scope: field('scope') })
    case DEVICE_GRANT:
      return pollDevice(services, { ...common, deviceCode: field('device_code') })
    case null:
      return oauthError('invalid_request', 'Send grant_type.')
    default: {
      const offered = services.apiKeys === null ? GRANT_TYPES : [...GRANT_TYPES, TOKEN_EXCHANGE]
      // guard: there is no grant but a code and its refresh tokens
      return oauthError('unsupported_grant_type', `Send one of: ${offered.join(', ')}.`)
    }
  }
}

/** Exchanges an API key. The key proves everything, so there is no client that would prove itself: its `client_id` alone says nothing. */
async function exchangeKey(
  c: Context,
  services: Parameters<typeof exchangeApiKey>[0],
  form: OAuthForm,
): Promise<ExchangedToken | OAuthError> {
  // guard: no proof of a client is passed over
  const proofs = ['client_secret', 'client_assertion', 'client_assertion_type']
  if (c.req.header('Authorization') !== undefined || proofs.some((name) => form.has(name)))
    return oauthError('invalid_request', 'Send the key, and no proof of a client.')
  // guard: what would narrow a token is not passed over
  if (form.has('actor_token') || form.has('audience'))
    return oauthError(
      'invalid_request',
      'Send no actor_token and no audience. resource and scope narrow a token.',
    )
  const field = (name: string) => form.get(name) ?? null
  return exchangeApiKey(services, {
    key: field('subject_token'),
    keyType: field('subject_token_type'),
    requestedType: field('requested_token_type'),
    scope: field('scope'),
    resource: field('resource'),
  })
}

/** Answers as RFC 8693 §2.2.1 has it. */
function presentExchanged({ token, expiresInSeconds, scope }: ExchangedToken) {
  return {
    access_token: token,
    issued_token_type: ACCESS_TOKEN_TYPE,
    token_type: 'Bearer',
    expires_in: expiresInSeconds,
    scope,
  }
}

function presentTokens({ accessToken, expiresInSeconds, refreshToken, scope, idToken }: GrantedTokens) {
  return {
    access_token: accessToken,
    token_type: 'Bearer',
    expires_in: expiresInSeconds,
    ...(refreshToken === null ? {} : { refresh_token: refreshToken }),
    scope,
    ...(idToken !== null && { id_token: idToken }),
  }
}

/** Answers in the words of RFC 6749 §5.2. A client that failed by HTTP Basic is challenged. */
export function answerOAuthError(c: Context, { error, description }: OAuthError) {
  const isUnproven = error === 'invalid_client'
  if (isUnproven) c.header('WWW-Authenticate', 'Basic realm="Janus", charset="UTF-8"')
  return c.json({ error, error_description: description }, isUnproven ? 401 : 400)
}
