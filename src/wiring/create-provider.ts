import { apiKeyRoutes } from '../api/oauth/api-keys'
import { authorizeRoutes } from '../api/oauth/authorize'
import { connectedAppRoutes } from '../api/oauth/connected-apps'
import { deviceAuthorizationRoutes } from '../api/oauth/device-authorization'
import { deviceRoutes } from '../api/oauth/device-pages'
import { endSessionRoutes } from '../api/oauth/end-session'
import { metadataRoutes } from '../api/oauth/metadata'
import { registrationRoutes } from '../api/oauth/register'
import { tokenRoutes } from '../api/oauth/token'
import { tokenStatusRoutes } from '../api/oauth/token-status'
import { userInfoRoutes } from '../api/oauth/user-info'
import type { Pages } from '../api/pages'
import { parseOAuthSettings } from '../config/oauth-settings'
import { deliverLogouts } from '../flows/oauth/deliver-logouts'
import type { SignedInEnv } from '../guards/auth-env'
import { Hono } from '../http/hono'
import { createStoredSigningKeys, type StoredKeysServices } from '../keys/stored-signing-keys'
import { createClientTokenCheck } from '../oauth/check-client-token'
import { createClientDocuments } from '../oauth/client-documents'
import { createClientTokens } from '../oauth/client-token'
import { createIdTokens, type IdTokenKeys } from '../oauth/id-token'
import { createRequestSeals } from '../oauth/request-seals'
import { createUserInfoTokenCheck } from '../oauth/user-info-token'
import { createApiKeyPages } from '../pages/api-key-pages'
import { createDevicePages } from '../pages/device-pages'
import { createOAuthPages } from '../pages/oauth-pages'
import { createSignOutPages } from '../pages/sign-out-pages'
import { withKnownScopes } from '../pages/texts/consent-texts'
import { orOnOutage } from '../runtime/outage'
import type { ProviderPart, Services } from '../services'
import type { Send } from '../social/egress'
import { createApiKeyStore } from '../storage/sql/api-key-store'
import { createDeviceGrantStore } from '../storage/sql/device-grant-store'
import { createMachineStore } from '../storage/sql/machine-store'
import { createOAuthStore } from '../storage/sql/oauth-store'
import { createOpenIdStore } from '../storage/sql/openid-store'
import { createOwnSessionStore } from '../storage/sql/own-session-store'
import { createSelfRegisteredStore } from '../storage/sql/self-registered-store'
import { createSigningKeyStore } from '../storage/sql/signing-key-store'
import { createTokenStatusStore } from '../storage/sql/token-status-store'
import type { CreateProvider, Provider } from './part'
import { FORGET_STEP } from './sweep'

/** Says how long the row of a code stays, in seconds, so that a second use is noticed. */
const CODE_KEPT_SECONDS = 24 * 60 * 60

/** Paths that pages of every origin may call: nothing there depends on a cookie. */
const PUBLIC_PATHS = [
  '/oauth/token',
  '/oauth/revoke',
  '/oauth/register',
  '/oauth/userinfo',
  '/oauth/device_authorization',
  '/.well-known/jwks.json',
]

/** Those that have the metadata: below the path of the issuer, and before it at the root of the host. */
const METADATA_PATHS = ['/.well-known/oauth-authorization-server', '/.well-known/openid-configuration']

/** Makes what an authorization server takes: its clients, its grants, its routes and its pages. */
export const createProvider: CreateProvider = (env) =>
  createProviderBy(env, { send: (url, init) => fetch(url, init) })

/**
 * Creates the part as {@link createProvider} does, with other ways out.
 *
 * @param ways `send`: to URLs that operators registered. `sendToStrangers`: to the documents of apps, at URLs that anybody may name.
 */
export function createProviderBy(
  env: object,
  { send, sendToStrangers = send }: { readonly send: Send; readonly sendToStrangers?: Send },
): Provider {
  const { faults, isOn, resources, clients, scopeTexts, hasApiKeys } = parseOAuthSettings({ ...env })
  return {
    faults,
    isOn,
    createPart({ config, db, keyring, mailQueue, signingKeys, restores, clock, log }) {
      const { issuer, accessTokenLifetimeSeconds: lifetimeSeconds, maxSessions } = config
      const oauth = createOAuthStore(db, { mailQueue, maxSessions })
      const selfRegistered = createSelfRegisteredStore(db)
      const idTokens = createIdTokens({
        keys: createIdTokenKeys({
          store: createSigningKeyStore(db, 'id_token_keys'),
          keyring,
          restores,
          keyRotationDays: config.keyRotationDays,
          accessTokenLifetimeSeconds: lifetimeSeconds,
          clock,
          log,
        }),
        issuer,
        lifetimeSeconds,
        clock,
      })
      const openId = createOpenIdStore(db)
      const logouts = { openId, idTokens, send, clock, log }
      const deviceGrants = createDeviceGrantStore(db, { maxSessions })
      const part: ProviderPart = {
        ownSessions: createOwnSessionStore(db),
        oauth,
        idTokens,
        openId,
        tellClients: () =>
          orOnOutage(deliverLogouts(logouts), ({ store }) => log('logouts-left-to-sweep', { store })),
        checkUserInfoToken: createUserInfoTokenCheck({ keys: signingKeys, restores, issuer, clock }),
        resources,
        selfRegistered,
        clientDocuments:
          clients === 'registered'
            ? null
            : createClientDocuments({ store: selfRegistered, issuer, send: sendToStrangers, clock, log }),
        registrationIsOpen: clients === 'open',
        scopeTexts: withKnownScopes(scopeTexts),
        seals: createRequestSeals({ keyring, issuer }),
        clientTokens: createClientTokens({ keys: signingKeys, issuer, lifetimeSeconds, clock }),
        checkClientToken: createClientTokenCheck({ keys: signingKeys, restores, issuer, resources, clock }),
        tokenStatus: createTokenStatusStore(db),
        machines: createMachineStore(db),
        deviceGrants,
        apiKeys: hasApiKeys ? createApiKeyStore(db, { mailQueue }) : null,
      }
      return {
        ...part,
        publicPaths: [
          ...[...PUBLIC_PATHS, ...METADATA_PATHS].map((path) => `${config.basePath}${path}`),
          ...METADATA_PATHS.map((path) => `${path}${config.basePath}`),
        ],
        sweepParts: {
          'device-codes': () => deviceGrants.forget(clock() - CODE_KEPT_SECONDS, FORGET_STEP),
          'logout-notices': () => deliverLogouts(logouts),
          'id-token-keys': () => idTokens.sweep(),
          'authorization-codes': () => oauth.forgetCodes(clock() - CODE_KEPT_SECONDS, FORGET_STEP),
          'self-registered-clients': () => selfRegistered.forgetUnused(clock(), FORGET_STEP),
        },
        createRoutes: (services, pages) => providerRoutes({ ...services, ...part }, pages),
        createRootRoutes: (services, pages) =>
          metadataRoutes({ ...services, ...part }, { hasPages: pages !== null, suffix: config.basePath }),
      }
    },
  }
}

/** Creates the keys of ID tokens. That of ES256 is made when a client first needs it, because every client understands RS256. */
function createIdTokenKeys(services: Omit<StoredKeysServices<never>, 'alg'>): IdTokenKeys {
  return {
    RS256: createStoredSigningKeys({ ...services, alg: 'RS256' }),
    ES256: createStoredSigningKeys({ ...services, alg: 'ES256', madeToSign: true }),
  }
}

/** Creates the routes of an authorization server. */
function providerRoutes(services: Services & ProviderPart, pages: Pages | null) {
  const routes = new Hono<SignedInEnv>()
    .route('/', metadataRoutes(services, { hasPages: pages !== null }))
    .route('/', tokenRoutes(services))
    .route('/', tokenStatusRoutes(services))
    .route('/', registrationRoutes(services))
    .route('/', userInfoRoutes(services))
    .route('/', deviceAuthorizationRoutes(services))
    .route('/', connectedAppRoutes(services))
  const { apiKeys } = services
  if (apiKeys)
    routes.route('/', apiKeyRoutes({ ...services, apiKeys }, pages && createApiKeyPages(pages, services)))
  if (pages === null) return routes
  const own = createOAuthPages(pages, services)
  return routes
    .route('/', authorizeRoutes(services, own))
    .route('/', endSessionRoutes(services, createSignOutPages(pages, own.onward)))
    .route('/', deviceRoutes(services, createDevicePages(pages, services)))
}
