import { secondFactorRoutes } from '../api/account/second-factor'
import { factorStepUpRoutes } from '../api/account/step-up-factor'
import type { Pages } from '../api/pages'
import { enrolmentRoutes } from '../api/sign-in/enrolment'
import { factorRecoveryRoutes } from '../api/sign-in/factor-recovery'
import { secondFactorStepRoutes } from '../api/sign-in/second-factor'
import { createExpectedCodes } from '../factors/expected-codes'
import { resealTotpSeeds } from '../factors/reseal-seeds'
import { createTotpSeeds } from '../factors/second-factor'
import { completeRecoveries } from '../flows/factor-recovery'
import { holdSignIn } from '../flows/sign-in/second-factor'
import type { SignedInEnv } from '../guards/auth-env'
import { Hono } from '../http/hono'
import type { SecondFactorPart, Services } from '../services'
import { createEnrolmentStore } from '../storage/sql/enrolments'
import { createFactorRecoveryStore } from '../storage/sql/factor-recoveries'
import { createPendingSignInStore } from '../storage/sql/pending-sign-ins'
import { createSecondFactorStore } from '../storage/sql/second-factor-store'
import type { CreateSecondFactors } from './part'
import { FORGET_STEP } from './sweep'

/** Makes what second factors take: authenticator apps, recovery codes, sign-ins that wait, and their routes. */
export const createSecondFactors: CreateSecondFactors = ({ config, db, keyring, mailQueue, clock, log }) => {
  const { maxSessions } = config
  const secondFactors = createSecondFactorStore(db, { mailQueue, limits: config })
  const pendingSignIns = createPendingSignInStore(db, {
    mailQueue,
    maxSessions,
    limits: config,
    verifiedOnly: config.emailVerification === 'required',
  })
  const totpSeeds = createTotpSeeds(keyring)
  const sendsMail = config.mail.carrier !== 'none'
  const services = {
    secondFactors,
    pendingSignIns,
    enrolments: createEnrolmentStore(db, { mailQueue, sendsMail }),
    factorRecoveries: createFactorRecoveryStore(db, { mailQueue }),
    recoverySeconds: config.recoveryHours === null ? null : config.recoveryHours * 60 * 60,
    totpSeeds,
    expectedCodes: createExpectedCodes(keyring),
    sendsMail,
    takesPasskeys: config.passkeyRpId !== null,
  }
  const part: SecondFactorPart = {
    ...services,
    holdSignIn: (...sign) => holdSignIn({ ...services, log }, ...sign),
  }
  return {
    ...part,
    sweepParts: {
      'pending-sign-ins': () => pendingSignIns.forget(clock(), FORGET_STEP),
      'factor-recoveries': () => completeRecoveries({ ...services, clock, log }),
      'totp-seeds': () => resealTotpSeeds({ ...services, keyring, log }),
    },
    createRoutes: (others, pages) => allSecondFactorRoutes({ ...others, ...part }, pages),
  }
}

/** Creates the routes of second factors. */
export function allSecondFactorRoutes(services: Services & SecondFactorPart, pages: Pages | null) {
  return new Hono<SignedInEnv>()
    .route('/', secondFactorStepRoutes(services))
    .route('/', enrolmentRoutes(services, pages))
    .route('/', factorRecoveryRoutes(services))
    .route('/', secondFactorRoutes(services, pages))
    .route('/', factorStepUpRoutes(services))
}
