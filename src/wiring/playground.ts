import type { Hono, MiddlewareHandler } from 'hono'
import type { D1Bindings } from '../config/bindings'
import type { SignedInEnv } from '../guards/auth-env'
import type { Services } from '../services'

/** A page that looks into a service, for developers. The service runs the same without it. */
export interface Playground {
  /** Those to be used in place of the given ones: they count. */
  readonly bindings: D1Bindings
  /** Says on every response what it cost. */
  readonly reportStorage: MiddlewareHandler
  /** Creates its routes. */
  createRoutes(services: Services): Hono<SignedInEnv>
}
