import { passkeyRoutes } from '../api/account/passkeys'
import { passkeyStepUpRoutes } from '../api/account/step-up-passkey'
import { associationRoutes } from '../api/service/association-files'
import { passkeySignInRoutes } from '../api/sign-in/passkey'
import { passkeyStepRoutes } from '../api/sign-in/passkey-step'
import type { SignedInEnv } from '../guards/auth-env'
import { Hono } from '../http/hono'
import { androidOrigin } from '../passkeys/android-origin'
import { createChallenges } from '../passkeys/challenge'
import type { PasskeyPart, Services } from '../services'
import { createPasskeyStore } from '../storage/sql/passkey-store'
import type { CreatePasskeys } from './part'
import { sweepUsedChallenges } from './used-challenges'

/** Makes what passkeys take: their verifier, their store and their routes. */
export const createPasskeys: CreatePasskeys = ({ config, db, keyring, mailQueue, clock }) => {
  const { issuer, origin, brandName, maxSessions, passkeyRpId, passkeyOrigins, passkeyAndroidApps } = config
  const origins = [origin, ...passkeyOrigins, ...passkeyAndroidApps.map(androidOrigin)]
  const passkeys = createPasskeyStore(db, { mailQueue, maxSessions })
  const part: PasskeyPart = {
    passkeys,
    challenges: createChallenges({ keyring, issuer }),
    relyingParty: passkeyRpId === null ? null : { id: passkeyRpId, name: brandName, origins },
  }
  return {
    ...part,
    sweepParts: sweepUsedChallenges(db, clock),
    createRoutes: (services) => allPasskeyRoutes({ ...services, ...part }),
    createRootRoutes: associationRoutes,
  }
}

/** Creates the routes of passkeys. */
export function allPasskeyRoutes(services: Services & PasskeyPart) {
  return new Hono<SignedInEnv>()
    .route('/', passkeyRoutes(services))
    .route('/', passkeySignInRoutes(services))
    .route('/', passkeyStepRoutes(services))
    .route('/', passkeyStepUpRoutes(services))
    .route('/', associationRoutes(services))
}
