import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose'
import { codeFor, exchange, newClient, type TestClient } from './oauth'
import { type Answer, type SignedIn, send } from './person'
import type { Service } from './service'

/** Says where a browser is led after a sign-out. */
export const AFTER = 'https://app.example/bye?from=janus'

/** Says where a client is told of sign-outs. */
export const TOLD = 'https://app.example/backchannel'

/** Returns a request of an OpenID Connect client to the authorization endpoint, without a resource. */
export function openIdRequest(others: Readonly<Record<string, string | null>> = {}) {
  return { scope: 'openid', resource: null, ...others }
}

export interface OpenIdTokens {
  readonly access_token: string
  readonly refresh_token: string
  readonly id_token: string
  readonly scope: string
}

/** Returns a client whose person has allowed it: its tokens. */
export async function signedInAt(
  service: Service,
  person: Pick<SignedIn, 'headers'>,
  client: TestClient,
  others: Readonly<Record<string, string | null>> = {},
): Promise<OpenIdTokens> {
  const answer = await exchange(
    service,
    client,
    await codeFor(service, person, client, openIdRequest(others)),
  )
  if (answer.status !== 200) throw new Error(answer.text)
  return answer.body
}

/** Verifies an ID token as a client does, by the key set. */
export async function readIdToken(service: Service, client: TestClient, idToken: string) {
  const { body: keys } = await send(service, 'GET', '/.well-known/jwks.json')
  const { payload, protectedHeader } = await jwtVerify(idToken, createLocalJWKSet(keys), {
    issuer: service.issuer,
    audience: client.id,
    typ: 'JWT',
    requiredClaims: ['sub', 'iat', 'exp'],
  })
  return { payload, header: protectedHeader }
}

export const headerOf = decodeProtectedHeader

/** Asks who signed in. */
export function userInfo(service: Service, accessToken: string, method = 'GET'): Promise<Answer> {
  return send(service, method, '/oauth/userinfo', { headers: { Authorization: `Bearer ${accessToken}` } })
}

/** Verifies a logout token as a client does. */
export async function readLogoutToken(service: Service, client: TestClient, token: string) {
  const { body: keys } = await send(service, 'GET', '/.well-known/jwks.json')
  const { payload, protectedHeader } = await jwtVerify(token, createLocalJWKSet(keys), {
    issuer: service.issuer,
    audience: client.id,
    typ: 'logout+jwt',
  })
  return { payload, header: protectedHeader }
}

/** Returns a client that is told of sign-outs, unless it says otherwise. */
export function listeningClient(
  others: Partial<{ uri: string | null; alg: string; sector: string | null }> = {},
): Promise<TestClient> {
  const { uri = TOLD, alg = 'RS256', sector = null } = others
  return newClient({
    openId: { idTokenAlg: alg, sector, postLogoutRedirectUris: [AFTER], backChannelLogoutUri: uri },
  })
}

/** Asks for a sign-out as a browser does that a client has led to Janus. */
export function endSession(
  service: Service,
  parameters: Readonly<Record<string, string>>,
  who?: Pick<SignedIn, 'headers'>,
): Promise<Answer> {
  const headers = { Accept: 'text/html', 'Sec-Fetch-Site': 'cross-site', ...who?.headers }
  return send(service, 'GET', `/oauth/logout?${new URLSearchParams(parameters)}`, { headers })
}
