// The type of the routes, written out by the compiler in place of what it is inferred from. Imported for its type alone, so nothing runs.

import type { Services } from '../services'
import { createRoutes } from './app'

declare const services: Services
const routes = createRoutes(services, null)

/** What Hono's client `hc` needs to know: `hc<JanusRoutes>(issuer)`. */
export type JanusRoutes = typeof routes
