import { authorizeRoutes, type OAuthPages } from '../api/oauth/authorize'
import { metadataRoutes } from '../api/oauth/metadata'
import { registrationRoutes } from '../api/oauth/register'
import { tokenRoutes } from '../api/oauth/token'
import { tokenStatusRoutes } from '../api/oauth/token-status'
import { parseOAuthSettings } from '../config/oauth-settings'
import type { SignedInEnv } from '../guards/auth-env'
import { Hono } from '../http/hono'
import { createClientTokenCheck } from '../oauth/check-client-token'
import { createClientDocuments } from '../oauth/client-documents'
import { createClientTokens } from '../oauth/client-token'
import { createMachineTokens } from '../oauth/machine-token'
import { createRequestSeals } from '../oauth/request-seals'
import { createOAuthPages } from '../pages/oauth-pages'
import type { ProviderPart, Services } from '../services'
import type { Send } from '../social/egress'
import { createMachineStore } from '../storage/sql/machine-store'
import { createOAuthStore } from '../storage/sql/oauth-store'
import { createSelfRegisteredStore } from '../storage/sql/self-registered-store'
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
  '/.well-known/oauth-authorization-server',
  '/.well-known/jwks.json',
]

/** Makes what an authorization server takes: its clients, its grants, its routes and its pages. */
export const createProvider: CreateProvider = (env) =>
  createProviderBy(env, { send: (url, init) => fetch(url, init) })

/** As {@link createProvider}, with another way to the documents of apps. */
export function createProviderBy(env: object, { send }: { readonly send: Send }): Provider {
  const { faults, isOn, resources, clients, scopeTexts } = parseOAuthSettings({ ...env })
  return {
    faults,
    isOn,
    createPart({ config, db, keyring, mailQueue, signingKeys, restores, clock, log }) {
      const { issuer, accessTokenLifetimeSeconds: lifetimeSeconds, maxSessions } = config
      const oauth = createOAuthStore(db, { mailQueue, maxSessions })
      const selfRegistered = createSelfRegisteredStore(db)
      const part: ProviderPart = {
        oauth,
        resources,
        selfRegistered,
        clientDocuments:
          clients === 'registered'
            ? null
            : createClientDocuments({ store: selfRegistered, issuer, send, clock, log }),
        registrationIsOpen: clients === 'open',
        scopeTexts,
        seals: createRequestSeals({ keyring, issuer }),
        clientTokens: createClientTokens({ keys: signingKeys, issuer, lifetimeSeconds, clock }),
        machineTokens: createMachineTokens({ keys: signingKeys, issuer, lifetimeSeconds, clock }),
        checkClientToken: createClientTokenCheck({ keys: signingKeys, restores, issuer, resources, clock }),
        tokenStatus: createTokenStatusStore(db),
        machines: createMachineStore(db),
      }
      return {
        ...part,
        publicPaths: PUBLIC_PATHS.map((path) => `${config.basePath}${path}`),
        sweepParts: {
          'authorization-codes': () => oauth.forgetCodes(clock() - CODE_KEPT_SECONDS, FORGET_STEP),
          'self-registered-clients': () => selfRegistered.forgetUnused(clock(), FORGET_STEP),
        },
        createRoutes: (services, pages) =>
          providerRoutes({ ...services, ...part }, pages && createOAuthPages(pages, part)),
      }
    },
  }
}

/** The routes that an authorization server takes. */
function providerRoutes(services: Services & ProviderPart, pages: OAuthPages | null) {
  const routes = new Hono<SignedInEnv>()
    .route('/', metadataRoutes(services))
    .route('/', tokenRoutes(services))
    .route('/', tokenStatusRoutes(services))
    .route('/', registrationRoutes(services))
  return pages ? routes.route('/', authorizeRoutes(services, pages)) : routes
}
