import { activityRoutes } from '../api/account/activity'
import { deletionRoutes } from '../api/account/deletion'
import { exportRoutes } from '../api/account/export'
import { passwordRoutes } from '../api/account/password'
import { profileRoutes } from '../api/account/profile'
import { stepUpRoutes } from '../api/account/step-up'
import { deviceRoutes } from '../api/sessions/devices'
import { sessionRoutes } from '../api/sessions/sessions'
import type { SignedInEnv } from '../guards/auth-env'
import { Hono } from '../http/hono'
import type { SelfServices } from '../services'
import { createAccountExports } from '../storage/sql/account-export'
import { createActivity } from '../storage/sql/activity'
import { createOwnAccountStore } from '../storage/sql/own-account-store'
import { createOwnDeviceStore } from '../storage/sql/own-device-store'
import { createOwnSessionStore } from '../storage/sql/own-session-store'
import type { CreateSelfService } from './part'

/** Makes what people do with their own account once they are signed in. */
export const createSelfService: CreateSelfService = ({ db, mailQueue, config }) => {
  const stores = {
    ownAccounts: createOwnAccountStore(db, { mailQueue, adminRole: config.adminRole }),
    accountExports: createAccountExports(db),
    ownSessions: createOwnSessionStore(db),
    ownDevices: createOwnDeviceStore(db),
    activity: createActivity(db),
  }
  return {
    sweepParts: {},
    createRoutes: (services) => selfServiceRoutes({ ...services, ...stores }),
  }
}

/** Creates the routes of one's own account: profile, password, sessions, devices, activity, export, deletion, and a new proof of who one is. */
export function selfServiceRoutes(services: SelfServices) {
  return new Hono<SignedInEnv>()
    .route('/', stepUpRoutes(services))
    .route('/', profileRoutes(services))
    .route('/', passwordRoutes(services))
    .route('/', deletionRoutes(services))
    .route('/', activityRoutes(services))
    .route('/', exportRoutes(services))
    .route('/', sessionRoutes(services))
    .route('/', deviceRoutes(services))
}
