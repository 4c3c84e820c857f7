import { identityRoutes } from '../api/account/identities'
import type { Pages } from '../api/pages'
import { socialSignInRoutes } from '../api/sign-in/social'
import { parseSocialSettings } from '../config/social-settings'
import type { SignedInEnv } from '../guards/auth-env'
import { Hono } from '../http/hono'
import type { Services, SocialPart } from '../services'
import { createSocialSeals } from '../social/attempt'
import type { ProviderParts } from '../social/openid-providers'
import { createIdentityStore } from '../storage/sql/identity-store'
import type { CreateSocialLogin, SocialLogin } from './part'
import { sweepUsedChallenges } from './used-challenges'

/** Makes what social login takes: the providers that settings name, their identities and their routes. */
export const createSocialLogin: CreateSocialLogin = (env) =>
  createSocialLoginBy(env, { send: (url, init) => fetch(url, init) })

/** Creates the part as {@link createSocialLogin} does, with another way to the providers. */
export function createSocialLoginBy(env: object, way: Omit<ProviderParts, 'clock'>): SocialLogin {
  const { faults, createProviders } = parseSocialSettings({ ...env })
  return {
    faults,
    createPart({ config, db, keyring, mailQueue, clock }) {
      const { issuer, maxSessions } = config
      const identities = createIdentityStore(db, { mailQueue, maxSessions })
      const part: SocialPart = {
        identities,
        seals: createSocialSeals({ keyring, issuer }),
        providers: createProviders({ ...way, clock }),
      }
      return {
        ...part,
        sweepParts: sweepUsedChallenges(db, clock),
        createRoutes: (services, pages) => socialRoutes({ ...services, ...part }, pages),
      }
    },
  }
}

/** Creates the routes of social login. */
export function socialRoutes(services: Services & SocialPart, pages: Pages | null) {
  return new Hono<SignedInEnv>()
    .route('/', socialSignInRoutes(services, pages))
    .route('/', identityRoutes(services, pages))
}
