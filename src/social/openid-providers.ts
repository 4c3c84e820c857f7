import { importPKCS8 } from 'jose'
import * as oauth from 'oauth4webapi'
import type { EmailAddress } from '../identity/email-address'
import type { Clock } from '../runtime/clock'
import { signJwt } from '../tokens/jwt'
import { createDiscovery } from './discovery'
import { createEgress, type Send } from './egress'
import { readKeyIssuers } from './key-issuers'
import { type Claims, createOpenIdProvider, type Metadata } from './openid-provider'
import type { Provider } from './provider'

/** Holds what every client has been given by its provider. */
export interface ClientSettings {
  readonly name: string
  readonly label: string
  readonly clientId: string
  readonly clientSecret: string
}

/** Holds what providers are made with. */
export interface ProviderParts {
  readonly send: Send
  readonly timeLimitMs?: number
  readonly clock: Clock
}

const SCOPE = 'openid email profile'

/** Returns whether a provider says so by the boolean: a text that reads `true` is no proof (OpenID Connect Core §5.1). */
// guard: only the boolean true proves an address
const isTrue = (claim: unknown): boolean => claim === true

function domainOf({ canonical }: EmailAddress): string {
  return canonical.slice(canonical.lastIndexOf('@') + 1)
}

/** Creates an issuer of the operator's own. */
export function createIssuer(
  {
    issuer,
    hosts,
    domains,
    clientSecret,
    ...client
  }: ClientSettings & {
    readonly issuer: string
    /** Hosts of its endpoints, besides its own. */
    readonly hosts: readonly string[]
    /** The domains that it is authoritative for. */
    readonly domains: readonly string[]
  },
  { clock, ...way }: ProviderParts,
): Provider {
  const { origin, protocol } = new URL(issuer)
  const origins = [origin, ...hosts.map((host) => `${protocol}//${host}`)]
  const egress = createEgress(origins, way)
  return createOpenIdProvider(
    {
      ...client,
      scope: SCOPE,
      metadata: createDiscovery(issuer, origins, { egress, clock }),
      clientAuth: async ({ token_endpoint_auth_methods_supported: methods = ['client_secret_basic'] }) =>
        methods.includes('client_secret_basic')
          ? oauth.ClientSecretBasic(clientSecret)
          : oauth.ClientSecretPost(clientSecret),
      asksUserInfo: true,
      // guard: an issuer is authoritative for the domains that its operator lists
      isProven: ({ email_verified }, email) => isTrue(email_verified) && domains.includes(domainOf(email)),
    },
    egress,
  )
}

const GOOGLE: Metadata = {
  issuer: 'https://accounts.google.com',
  authorization_endpoint: 'https://accounts.google.com/o/oauth2/v2/auth',
  token_endpoint: 'https://oauth2.googleapis.com/token',
  jwks_uri: 'https://www.googleapis.com/oauth2/v3/certs',
}

export function createGoogle({ clientSecret, ...client }: ClientSettings, way: ProviderParts): Provider {
  return createOpenIdProvider(
    {
      ...client,
      scope: SCOPE,
      metadata: async () => GOOGLE,
      // Google writes its issuer with and without the scheme.
      tokenIssuer: ({ iss }) => (iss === 'accounts.google.com' ? iss : GOOGLE.issuer),
      issuerOf: () => GOOGLE.issuer,
      clientAuth: async () => oauth.ClientSecretPost(clientSecret),
      // Google gives out the first, and manages the second for its owner. Whoever has a Google account with another address had it once.
      isProven: ({ email_verified, hd }, email) =>
        isTrue(email_verified) && ['gmail.com', 'googlemail.com', hd].includes(domainOf(email)),
    },
    createEgress(originsOf(GOOGLE), way),
  )
}

const APPLE: Metadata = {
  issuer: 'https://appleid.apple.com',
  authorization_endpoint: 'https://appleid.apple.com/auth/authorize',
  token_endpoint: 'https://appleid.apple.com/auth/token',
  jwks_uri: 'https://appleid.apple.com/auth/keys',
}

/** Apple allows six months. It is made for one request. */
const APPLE_SECRET_SECONDS = 5 * 60

export interface AppleSettings extends Omit<ClientSettings, 'clientSecret'> {
  readonly teamId: string
  readonly keyId: string
  /** A key of ES256 in PEM (PKCS #8), as Apple lets it be downloaded. */
  readonly privateKey: string
}

export function createApple(
  { teamId, keyId, privateKey, ...client }: AppleSettings,
  way: ProviderParts,
): Provider {
  async function clientSecret(): Promise<string> {
    const now = way.clock()
    const claims = {
      iss: teamId,
      sub: client.clientId,
      aud: APPLE.issuer,
      iat: now,
      exp: now + APPLE_SECRET_SECONDS,
    }
    return signJwt(claims, { alg: 'ES256', kid: keyId }, await importPKCS8(privateKey, 'ES256'))
  }
  return createOpenIdProvider(
    {
      ...client,
      scope: 'openid email name',
      metadata: async () => APPLE,
      clientAuth: async () => oauth.ClientSecretPost(await clientSecret()),
      // Apple insists on it where a name is asked for.
      responseMode: 'form_post',
      // Apple verifies every address, and states so as a text to some clients.
      isProven: ({ email_verified }) => isTrue(email_verified) || email_verified === 'true',
    },
    createEgress(originsOf(APPLE), way),
  )
}

/** The tenant of all personal accounts. */
const CONSUMERS = '9188040d-6c67-4c5b-b112-36a304b66dad'
const TENANT_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const MICROSOFT = 'https://login.microsoftonline.com'

export interface MicrosoftSettings extends ClientSettings {
  /** Ids of tenants; `common`, `organizations` or `consumers` as the one entry for all of a class. */
  readonly tenants: readonly string[]
}

export function createMicrosoft(
  { tenants, clientSecret, ...client }: MicrosoftSettings,
  way: ProviderParts,
): Provider {
  const [authority = 'common', ...others] = tenants
  const path = others.length === 0 ? authority : 'common'
  const metadata = {
    issuer: `${MICROSOFT}/${path}/v2.0`,
    authorization_endpoint: `${MICROSOFT}/${path}/oauth2/v2.0/authorize`,
    token_endpoint: `${MICROSOFT}/${path}/oauth2/v2.0/token`,
    jwks_uri: `${MICROSOFT}/${path}/discovery/v2.0/keys`,
  } satisfies Metadata
  const keys = readKeyIssuers(createEgress([MICROSOFT], way), metadata.jwks_uri)
  return createOpenIdProvider(
    {
      ...client,
      scope: SCOPE,
      metadata: async () => metadata,
      // Each tenant is an issuer.
      // guard: a token of a tenant that is not allowed is refused
      tokenIssuer: ({ tid }) => (isAllowed(tenants, tid) ? `${MICROSOFT}/${tid}/v2.0` : null),
      // One key set has the keys of all: those of personal accounts sign for no tenant.
      // guard: a key of Microsoft signs for its own issuer
      mayKeySign: (kid, { tid, iss }) => keys.issuerOf(kid).replace('{tenantid}', String(tid)) === iss,
      // `sub` differs from client to client; `oid` stays when the client is registered anew.
      subjectOf: ({ oid }) => (typeof oid === 'string' ? oid : null),
      clientAuth: async () => oauth.ClientSecretPost(clientSecret),
      // The administrator of a tenant writes any address into `email` (nOAuth).
      // guard: a tenant of Microsoft proves no address by itself
      isProven: ({ tid, xms_edov }: Claims) => tid === CONSUMERS || isTrue(xms_edov),
    },
    keys.egress,
  )
}

function isAllowed(tenants: readonly string[], tid: unknown): boolean {
  if (typeof tid !== 'string' || !TENANT_ID.test(tid)) return false
  if (tenants.includes('common')) return true
  if (tenants.includes(tid === CONSUMERS ? 'consumers' : 'organizations')) return true
  return tenants.includes(tid)
}

function originsOf(metadata: Metadata): readonly string[] {
  const { authorization_endpoint, token_endpoint, jwks_uri } = metadata
  return [authorization_endpoint, token_endpoint, jwks_uri].flatMap((url) => (url ? new URL(url).origin : []))
}
