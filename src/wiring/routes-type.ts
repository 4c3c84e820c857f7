// The type of the routes, written out by the compiler in place of what it is inferred from. Imported for its type alone, so nothing runs.

import type { MailingServices, PasskeyPart, SecondFactorPart, SelfServices, SocialPart } from '../services'
import { createRoutes } from './app'
import { mailRoutes } from './create-mail'
import { allPasskeyRoutes } from './create-passkeys'
import { allSecondFactorRoutes } from './create-second-factors'
import { selfServiceRoutes } from './create-self-service'
import { socialRoutes } from './create-social-login'
import type { WiredServices } from './wired-services'

declare const services: WiredServices &
  SelfServices &
  MailingServices &
  PasskeyPart &
  SecondFactorPart &
  SocialPart
const routes = createRoutes(services, null)
  .route('/', selfServiceRoutes(services))
  .route('/', mailRoutes(services))
  .route('/', allPasskeyRoutes(services))
  .route('/', allSecondFactorRoutes(services, null))
  .route('/', socialRoutes(services, null))

/** Tells Hono's client `hc` the routes: `hc<JanusRoutes>(issuer)`. */
export type JanusRoutes = typeof routes
