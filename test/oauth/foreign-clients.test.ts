import { exportJWK, generateKeyPair } from 'jose'
import * as oauth from 'oauth4webapi'
import { describe, expect, it } from 'vitest'
import { DEVICE_GRANT, TOKEN_EXCHANGE } from '../../src/oauth/grant-types'
import { decide, locationOf, newClient, oauthService, RESOURCE } from '../support/oauth'
import { decideDevice, enterCode, newDeviceClient } from '../support/oauth-machines'
import { newAddress, read, signedInPerson } from '../support/person'

describe.each(['confidential', 'public'] as const)('OP-06: oauth4webapi as a %s client', (kind) => {
  it('discovers, signs in with PKCE and the issuer of the answer, refreshes', async () => {
    const service = oauthService({ ISSUER: 'https://auth.example' })
    const ada = await signedInPerson({ mode: 'session', service })
    const client = await newClient({ confidential: kind === 'confidential' })
    const way = {
      [oauth.customFetch](url: string, init: object) {
        const request = new Request(url, init)
        request.headers.set('CF-Connecting-IP', newAddress())
        return service.fetch(request)
      },
    }

    const issuer = new URL(service.issuer)
    const discovered = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...way })
    const server = await oauth.processDiscoveryResponse(issuer, discovered)
    const own = { client_id: client.id }
    const authentication = client.secret === null ? oauth.None() : oauth.ClientSecretBasic(client.secret)

    const [verifier, state] = [oauth.generateRandomCodeVerifier(), oauth.generateRandomState()]
    const authorization = new URL(server.authorization_endpoint ?? '')
    authorization.search = new URLSearchParams({
      response_type: 'code',
      client_id: client.id,
      redirect_uri: client.redirectUri,
      scope: 'notes:read offline_access',
      resource: RESOURCE,
      state,
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    }).toString()
    const page = await read(await service.fetch(new Request(authorization, { headers: ada.headers })))
    const answer = await decide(service, ada, page)
    const parameters = oauth.validateAuthResponse(server, own, locationOf(answer), state)
    const exchanged = await oauth.authorizationCodeGrantRequest(
      server,
      own,
      authentication,
      parameters,
      client.redirectUri,
      verifier,
      { ...way, additionalParameters: { resource: RESOURCE } },
    )
    const tokens = await oauth.processAuthorizationCodeResponse(server, own, exchanged)
    expect(tokens).toMatchObject({ token_type: 'bearer', scope: 'notes:read offline_access' })
    const refreshed = await oauth.refreshTokenGrantRequest(
      server,
      own,
      authentication,
      tokens.refresh_token ?? '',
      way,
    )
    expect(await oauth.processRefreshTokenResponse(server, own, refreshed)).toMatchObject({
      scope: 'notes:read offline_access',
    })
  })
})

describe.each(['confidential', 'public'] as const)(
  'OP-06, OP-12: oauth4webapi as a %s OpenID client',
  (kind) => {
    it('discovers, verifies the ID token with its nonce and age, asks UserInfo, refreshes, and signs out', async () => {
      const service = oauthService({ ISSUER: 'https://auth.example' })
      const ada = await signedInPerson({ mode: 'session', service })
      const after = 'https://app.example/bye'
      const client = await newClient({
        confidential: kind === 'confidential',
        openId: {
          idTokenAlg: 'RS256',
          sector: null,
          postLogoutRedirectUris: [after],
          backChannelLogoutUri: null,
        },
      })
      const way = {
        [oauth.customFetch](url: string, init: object) {
          const request = new Request(url, init)
          request.headers.set('CF-Connecting-IP', newAddress())
          return service.fetch(request)
        },
      }
      const issuer = new URL(service.issuer)
      const discovered = await oauth.discoveryRequest(issuer, way)
      const server = await oauth.processDiscoveryResponse(issuer, discovered)
      const own = { client_id: client.id, id_token_signed_response_alg: 'RS256', require_auth_time: true }
      const authentication = client.secret === null ? oauth.None() : oauth.ClientSecretBasic(client.secret)
      const [verifier, nonce] = [oauth.generateRandomCodeVerifier(), oauth.generateRandomNonce()]
      const authorization = new URL(server.authorization_endpoint ?? '')
      authorization.search = new URLSearchParams({
        response_type: 'code',
        client_id: client.id,
        redirect_uri: client.redirectUri,
        scope: 'openid email offline_access',
        nonce,
        max_age: '600',
        code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      }).toString()
      const page = await read(await service.fetch(new Request(authorization, { headers: ada.headers })))
      const allowed = await decide(service, ada, page)
      const location = locationOf(allowed)
      const parameters = oauth.validateAuthResponse(server, own, location, oauth.expectNoState)
      const exchanged = await oauth.authorizationCodeGrantRequest(
        server,
        own,
        authentication,
        parameters,
        client.redirectUri,
        verifier,
        way,
      )
      const checks = { expectedNonce: nonce, maxAge: 600, requireIdToken: true }
      const tokens = await oauth.processAuthorizationCodeResponse(server, own, exchanged, checks)
      await oauth.validateApplicationLevelSignature(server, exchanged, way)
      const sub = oauth.getValidatedIdTokenClaims(tokens)?.sub ?? ''
      expect(sub).toBe(ada.userId)
      const told = await oauth.userInfoRequest(server, own, tokens.access_token, way)
      expect(await oauth.processUserInfoResponse(server, own, sub, told)).toMatchObject({
        email: ada.email,
        email_verified: false,
      })
      const again = await oauth.refreshTokenGrantRequest(
        server,
        own,
        authentication,
        tokens.refresh_token ?? '',
        way,
      )
      const later = await oauth.processRefreshTokenResponse(server, own, again)
      expect(oauth.getValidatedIdTokenClaims(later)?.sub).toBe(sub)
      const end = new URL(server.end_session_endpoint ?? '')
      end.search = new URLSearchParams({
        id_token_hint: later.id_token ?? '',
        post_logout_redirect_uri: after,
      }).toString()
      const ended = await service.fetch(new Request(end, { headers: ada.headers, redirect: 'manual' }))
      expect(ended.headers.get('Location')).toBe(after)
      expect((await ada.get('/me')).status).toBe(401)
    })
  },
)

it('oauth4webapi as a machine, a service and a device', async () => {
  const service = oauthService({ ISSUER: 'https://auth.example' })
  const way = {
    [oauth.customFetch](url: string, init: object) {
      const request = new Request(url, init)
      request.headers.set('CF-Connecting-IP', newAddress())
      return service.fetch(request)
    },
  }
  const issuer = new URL(service.issuer)
  const discovered = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...way })
  const server = await oauth.processDiscoveryResponse(issuer, discovered)

  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
  const jwks = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'k' }] })
  const robot = await newClient({ redirectUris: [], grants: ['client_credentials'], serves: RESOURCE, jwks })
  const own = { client_id: robot.id }
  const signed = oauth.PrivateKeyJwt({ key: privateKey, kid: 'k' })
  const asked = new URLSearchParams({ scope: 'notes:read', resource: RESOURCE })
  const granted = await oauth.clientCredentialsGrantRequest(server, own, signed, asked, way)
  const { access_token } = await oauth.processClientCredentialsResponse(server, own, granted)
  const introspected = async (token: string) =>
    oauth.processIntrospectionResponse(
      server,
      own,
      await oauth.introspectionRequest(server, own, signed, token, way),
    )
  expect(await introspected(access_token)).toMatchObject({ active: true, sub: robot.id })
  await oauth.processRevocationResponse(await oauth.revocationRequest(server, own, signed, access_token, way))
  expect(await introspected(access_token)).toEqual({ active: false })

  const ada = await signedInPerson({ mode: 'session', service })
  const tv = { client_id: (await newDeviceClient()).id }
  const started = await oauth.deviceAuthorizationRequest(server, tv, oauth.None(), asked, way)
  const device = await oauth.processDeviceAuthorizationResponse(server, tv, started)
  await decideDevice(service, ada, await enterCode(service, ada, device.user_code))
  const polled = await oauth.deviceCodeGrantRequest(server, tv, oauth.None(), device.device_code, way)
  const tokens = await oauth.processDeviceCodeResponse(server, tv, polled)
  expect(await introspected(tokens.access_token)).toMatchObject({ active: true, sub: ada.userId })
})

it('OP-06: every URL of the metadata answers, and what it says is what there is', async () => {
  const service = oauthService({ ISSUER: 'https://example.com/auth' })
  const at = (url: string, init?: RequestInit) => service.fetch(new Request(url, init))
  const response = await at(`${service.issuer}/.well-known/oauth-authorization-server`)
  const metadata: Record<string, unknown> = await response.json()
  expect(metadata).toMatchObject({
    issuer: service.issuer,
    response_types_supported: ['code'],
    grant_types_supported: [
      'authorization_code',
      'refresh_token',
      'client_credentials',
      DEVICE_GRANT,
      TOKEN_EXCHANGE,
    ],
    code_challenge_methods_supported: ['S256'],
    authorization_response_iss_parameter_supported: true,
    scopes_supported: [
      'openid',
      'profile',
      'email',
      'notes:read',
      'notes:write',
      'files:read',
      'offline_access',
    ],
  })
  const urls = Object.entries(metadata).filter(([name]) => /_endpoint$|_uri$/.test(name))
  expect(urls.map(([name]) => name)).toEqual([
    'authorization_endpoint',
    'token_endpoint',
    'registration_endpoint',
    'userinfo_endpoint',
    'end_session_endpoint',
    'jwks_uri',
    'device_authorization_endpoint',
    'revocation_endpoint',
    'introspection_endpoint',
  ])
  for (const [name, url] of urls) {
    const isPosted = /^(token|registration|revocation|introspection|device_authorization)_endpoint$/.test(
      name,
    )
    const { status } = await at(String(url), isPosted ? { method: 'POST' } : {})
    const expected: Record<string, number> = {
      jwks_uri: 200,
      userinfo_endpoint: 401,
      end_session_endpoint: 200,
    }
    expect([name, status]).toEqual([name, expected[name] ?? 400])
  }
})

it('OP-06: OpenID Connect Discovery and RFC 8414 say the same, right below a base path and at the root of the host', async () => {
  const service = oauthService({ ISSUER: 'https://example.com/auth' })
  const ask = (path: string) => service.fetch(new Request(`https://example.com${path}`))
  const documents: unknown[] = []
  for (const name of ['oauth-authorization-server', 'openid-configuration']) {
    for (const path of [`/auth/.well-known/${name}`, `/.well-known/${name}/auth`]) {
      const response = await ask(path)
      expect([path, response.status]).toEqual([path, 200])
      expect(response.headers.get('Access-Control-Allow-Origin')).toBe('*')
      documents.push(await response.json())
    }
    for (const path of [`/.well-known/${name}`, `/.well-known/${name}/other`])
      expect([path, (await ask(path)).status]).toEqual([path, 404])
  }
  expect(documents).toEqual(documents.map(() => documents[0]))
  expect(documents[0]).toMatchObject({
    issuer: 'https://example.com/auth',
    end_session_endpoint: 'https://example.com/auth/oauth/logout',
  })
})

it.each([
  ['off', { OAUTH_SERVER: 'off' }],
  ['by default', { OAUTH_SERVER: undefined }],
])('with OAUTH_SERVER %s there is no authorization server', async (_, settings) => {
  const service = oauthService(settings)
  for (const path of ['/oauth/authorize', '/oauth/token', '/.well-known/oauth-authorization-server'])
    expect((await service.fetch(new Request(`${service.issuer}${path}`))).status).toBe(404)
})
