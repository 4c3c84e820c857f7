import type { Context, MiddlewareHandler } from 'hono'
import type { DeviceCredentials } from '../devices/device-credentials'
import type { AuthCookies } from '../http/auth-cookies'
import { Problem } from '../http/problem'
import { withFacts } from '../http/route-facts'
import { clientBucket } from '../request-source/address-bucket'
import type { RequestSource } from '../request-source/request-source'
import type { Log } from '../runtime/log'
import { orOnOutage, type StoreUnavailable } from '../runtime/outage'
import type { ClientLimit } from '../throttling/client-limit'
import { presentedDevices } from './presented-devices'
import type { Principal } from './principal'

/** The period of the LOGIN_LIMIT binding in wrangler.toml. */
const LIMIT_PERIOD_SECONDS = 60

interface LimitServices {
  readonly clientLimit: ClientLimit
  readonly deviceCredentials: DeviceCredentials
  readonly cookies: AuthCookies
  readonly log: Log
}

/**
 * Lets a client make only so many requests a minute that concern credentials, before any body is parsed or hash computed. Successes
 * count, too, so the limit is far above what an office needs.
 *
 * Logged, not recorded in the audit trail: a flood that writes a row for each request it is refused would be a worse flood.
 */
export function limitClient(
  services: LimitServices,
  requestSourceOf: (c: Context) => RequestSource,
): MiddlewareHandler {
  return limitRequests(services, requestSourceOf, (outage) => {
    throw outage
  })
}

/**
 * Lets a client make only so many requests a minute that write where nothing can be guessed. While the limit cannot be asked they are let
 * through: nobody is kept from refreshing by an outage of what only saves writes.
 */
export function limitWrites(
  services: LimitServices,
  requestSourceOf: (c: Context) => RequestSource,
): MiddlewareHandler {
  return limitRequests(services, requestSourceOf, ({ store }) => {
    services.log('limit-not-asked', { store })
    return true
  })
}

function limitRequests(
  services: LimitServices,
  requestSourceOf: (c: Context) => RequestSource,
  onOutage: (outage: StoreUnavailable) => boolean,
): MiddlewareHandler {
  const limit: MiddlewareHandler = async (c, next) => {
    const { address, requestId } = requestSourceOf(c)
    const key = (await ownKey(services, c)) ?? clientBucket(address)
    // guard: clients are limited
    if (!(await orOnOutage(services.clientLimit(key), onOutage))) {
      services.log('client-throttled', { request_id: requestId })
      throw new Problem('too-many-attempts', { headers: { 'Retry-After': String(LIMIT_PERIOD_SECONDS) } })
    }
    await next()
  }
  return withFacts(limit, { limited: true })
}

/**
 * Returns the key of a live session or of a browser with a genuine device credential. Each is counted apart, so that no flood from its address stops
 * it. Whoever collects such credentials had to sign in for each.
 */
async function ownKey(services: LimitServices, c: Context): Promise<string | null> {
  const principal: Principal | undefined = c.get('principal')
  if (principal) return `session ${principal.sessionId}`
  const [deviceId] = await presentedDevices(services, c.req.raw.headers)
  return deviceId === undefined ? null : `device ${deviceId}`
}
