// The type of the routes, written out by the compiler in place of what it is inferred from. Imported for its type alone, so nothing runs.

import type { MailingServices } from '../services'
import { createRoutes } from './app'
import { mailRoutes } from './create-mail'
import type { WiredServices } from './mail'

declare const services: WiredServices & MailingServices
const routes = createRoutes(services, null).route('/', mailRoutes(services))

/** What Hono's client `hc` needs to know: `hc<JanusRoutes>(issuer)`. */
export type JanusRoutes = typeof routes
