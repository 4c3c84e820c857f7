import * as oauth from 'oauth4webapi'
import { encodeBase64url, parseBase64url } from '../crypto/base64url'
import { isLocal } from '../http/trustworthy-url'
import { type EmailAddress, parseEmailAddress } from '../identity/email-address'
import { readClaimedName } from './claimed-name'
import type { Egress } from './egress'
import {
  type AuthorizationAnswer,
  type Identified,
  type Identity,
  type Provider,
  ProviderUnavailable,
} from './provider'

/** The metadata of a provider (OpenID Connect Discovery 1.0 §3). */
export type Metadata = oauth.AuthorizationServer

/** Claims of an ID token whose signature is verified, or of UserInfo. */
export type Claims = Readonly<Record<string, unknown>>

/** Describes how an OpenID provider differs from others. */
export interface OpenIdTerms {
  readonly name: string
  readonly label: string
  readonly clientId: string
  /**
   * Returns the issuer that an ID token must name, if that is not the one of the metadata, by claims that nothing has verified yet. `null`:
   * none would be right.
   */
  readonly tokenIssuer?: (claims: Claims) => string | null
  /** Returns the issuer of an identity, if that is not the one that the ID token names. */
  readonly issuerOf?: (claims: Claims) => string
  /** Returns the metadata: constants, or what discovery says. The same object as long as they are the same. */
  readonly metadata: () => Promise<Metadata>
  /** Proves to the token endpoint that this is the client. */
  readonly clientAuth: (metadata: Metadata) => Promise<oauth.ClientAuth>
  readonly scope: string
  /** `form_post` where the answer comes as a form from the site of the provider. */
  readonly responseMode?: 'form_post'
  /** Requests an address from UserInfo where the ID token lacks one. */
  readonly asksUserInfo?: true
  /** Returns the subject under which the person is known, if that is not `sub`. */
  readonly subjectOf?: (claims: Claims) => string | null
  /** Returns whether the key of an id may sign what a token says, where the issuers of a provider share one key set. */
  readonly mayKeySign?: (kid: unknown, claims: Claims) => boolean
  /** Returns whether the person has proven the address, to a provider that is authoritative for it. */
  readonly isProven: (claims: Claims, email: EmailAddress) => boolean
}

/** Signatures that an ID token may have: those whose key only the provider has. */
const SIGNATURES = [
  'RS256',
  'ES256',
  'PS256',
  'EdDSA',
  'Ed25519',
  'RS384',
  'RS512',
  'ES384',
  'ES512',
  'PS384',
  'PS512',
]

/** Makes a provider that speaks OpenID Connect: authorization code, PKCE, nonce, and an ID token that is verified in full. */
export function createOpenIdProvider(terms: OpenIdTerms, egress: Egress): Provider {
  const { name, label, clientId, scope, responseMode } = terms
  const client: oauth.Client = { client_id: clientId }

  async function server() {
    const metadata = await terms.metadata()
    const options = {
      [oauth.customFetch]: (url: string, init: oauth.CustomFetchOptions<'GET' | 'POST', unknown>) =>
        egress(url, init as RequestInit),
      // On this machine only: the parser of settings takes no other issuer without TLS.
      [oauth.allowInsecureRequests]: isLocal(new URL(metadata.issuer)),
    }
    return { metadata, options }
  }

  return {
    name,
    label,
    postsAnswers: responseMode === 'form_post',

    async authorizationUrl({ redirectUri, state, nonce, verifier }) {
      const { metadata } = await server()
      const url = new URL(endpointOf(metadata, 'authorization_endpoint'))
      const parameters = {
        response_type: 'code',
        client_id: clientId,
        redirect_uri: redirectUri,
        scope,
        state,
        nonce,
        code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        ...(responseMode === undefined ? {} : { response_mode: responseMode }),
      }
      for (const [key, value] of Object.entries(parameters)) url.searchParams.set(key, value)
      return url
    },

    async identify(answer) {
      const { metadata, options } = await server()
      return refusedUnlessValid(async () => {
        const { parameters, state, redirectUri, verifier, nonce } = answer
        // guard: an answer of another issuer is refused
        const code = oauth.validateAuthResponse(metadata, client, parameters, state)
        const response = await oauth.authorizationCodeGrantRequest(
          metadata,
          client,
          await terms.clientAuth(metadata),
          code,
          redirectUri,
          verifier,
          options,
        )
        const issued = await oauth.processAuthorizationCodeResponse(
          { ...metadata, ...(await expectedOfToken(metadata, terms, response)) },
          client,
          response,
          // guard: an ID token answers the nonce of its attempt
          { expectedNonce: nonce, requireIdToken: true },
        )
        // guard: the signature of an ID token is verified
        await oauth.validateApplicationLevelSignature(metadata, response, options)
        const claims = oauth.getValidatedIdTokenClaims(issued) as Claims & { sub: string; iss: string }
        const { kid } = decodePart(issued.id_token ?? '', 0) ?? {}
        if (terms.mayKeySign?.(kid, claims) === false) return refused('key-issuer')
        if (!(await isOfToken(claims, issued.id_token ?? '', issued.access_token))) return refused('at-hash')
        const more = await userInfo(metadata, claims, issued.access_token)
        return identified(terms, claims, more, answer)
      })

      /** Returns what UserInfo says of the same subject, where the ID token names no address. */
      async function userInfo(
        { userinfo_endpoint: endpoint }: Metadata,
        { sub, email }: Claims & { sub: string },
        accessToken: string,
      ): Promise<Claims> {
        if (!terms.asksUserInfo || email !== undefined || endpoint === undefined) return {}
        const response = await oauth.userInfoRequest(metadata, client, accessToken, options)
        // guard: UserInfo must be about the subject of the ID token
        return oauth.processUserInfoResponse(metadata, client, sub, response)
      }
    },
  }
}

/**
 * Returns what an ID token must be: by which issuer, and signed by one of the asymmetric algorithms that the provider says it uses; by RS256
 * if it says nothing (OpenID Connect Core §3.1.3.7).
 */
async function expectedOfToken(
  { id_token_signing_alg_values_supported: supported = ['RS256'] }: Metadata,
  { tokenIssuer }: OpenIdTerms,
  response: Response,
) {
  const algorithms = {
    id_token_signing_alg_values_supported: supported.filter((alg) => SIGNATURES.includes(alg)),
  }
  if (!tokenIssuer || !response.ok) return algorithms
  const body: unknown = await response
    .clone()
    .json()
    .catch(() => null)
  const idToken = typeof body === 'object' && body !== null && 'id_token' in body ? body.id_token : null
  const claims = typeof idToken === 'string' ? decodePart(idToken, 1) : null
  return { ...algorithms, issuer: tokenIssuer(claims ?? {}) ?? 'none' }
}

/** Decodes a part of a JWT, and verifies nothing. */
function decodePart(jwt: string, part: 0 | 1): Claims | null {
  const bytes = parseBase64url(jwt.split('.')[part] ?? '')
  try {
    const value: unknown = bytes && JSON.parse(new TextDecoder().decode(bytes))
    return typeof value === 'object' ? (value as Claims | null) : null
  } catch {
    return null
  }
}

function identified(
  terms: OpenIdTerms,
  claims: Claims & { readonly sub: string; readonly iss: string },
  more: Claims,
  { statedName }: AuthorizationAnswer,
): Identified {
  const subject = terms.subjectOf ? terms.subjectOf(claims) : claims.sub
  // guard: a subject is one that every database keeps
  if (!subject || subject.length > 255 || /\p{Cc}/u.test(subject)) return refused('subject')
  const all = { ...more, ...claims }
  const email = typeof all.email === 'string' ? parseEmailAddress(all.email) : null
  const emailProven = email !== null && terms.isProven(all, email)
  const name = readClaimedName(all.name) ?? readClaimedName(statedName)
  const issuer = terms.issuerOf ? terms.issuerOf(claims) : claims.iss
  const identity: Identity = { issuer, subject, email, emailProven, name }
  return { outcome: 'identified', identity }
}

/** Returns whether an access token is the one that an ID token was issued with, where that says so (OpenID Connect Core §3.1.3.8). */
async function isOfToken({ at_hash: hash }: Claims, idToken: string, accessToken: string): Promise<boolean> {
  if (hash === undefined) return true
  const alg = String(decodePart(idToken, 0)?.alg)
  const bits = /(?:384|512)$/.exec(alg)?.[0] ?? (alg.startsWith('Ed') ? '512' : '256')
  const digest = await crypto.subtle.digest(`SHA-${bits}`, new TextEncoder().encode(accessToken))
  // guard: the access token must be the one of the ID token
  return hash === encodeBase64url(new Uint8Array(digest.slice(0, digest.byteLength / 2)))
}

export function refused(reason: string): Identified {
  return { outcome: 'refused', reason }
}

/** Returns what verifying an answer gives. An answer that is not valid is refused; what is not the fault of the answer is thrown. */
export async function refusedUnlessValid(verify: () => Promise<Identified>): Promise<Identified> {
  try {
    return await verify()
  } catch (error) {
    if (error instanceof ProviderUnavailable) throw error
    if (error instanceof oauth.AuthorizationResponseError) {
      return error.error === 'access_denied' || error.error === 'user_cancelled_authorize'
        ? { outcome: 'denied' }
        : refused('provider-error')
    }
    if (error instanceof oauth.ResponseBodyError)
      return refused(error.error === 'invalid_grant' ? 'code' : 'token-endpoint')
    if (error instanceof oauth.OperationProcessingError || error instanceof oauth.UnsupportedOperationError) {
      return refused(
        `${error.code ?? 'invalid'}`
          .replace(/^OAUTH_/, '')
          .toLowerCase()
          .replaceAll('_', '-'),
      )
    }
    if (error instanceof oauth.WWWAuthenticateChallengeError) return refused('challenged')
    throw error
  }
}

/** Returns an endpoint of a provider. @throws {ProviderUnavailable} If the metadata has none. */
export function endpointOf(
  metadata: Metadata,
  name: 'authorization_endpoint' | 'token_endpoint' | 'jwks_uri',
): string {
  const endpoint = metadata[name]
  if (endpoint === undefined) throw new ProviderUnavailable('metadata')
  return endpoint
}
