import type { MiddlewareHandler } from 'hono'
import { INVALID_TOKEN_CHALLENGE, Problem } from '../http/problem'
import type { GuardServices, SignedInEnv } from './auth-env'
import { type Authentication, authenticate } from './authenticate'
import { readCredential } from './credential'
import { type AskedRequest, refuseCrossSite } from './cross-site'
import type { Principal } from './principal'
import { checkLive } from './require-live-session'

/** Lets a request through that proves who is behind it, and refuses every other. */
export function requirePrincipal(services: GuardServices): MiddlewareHandler<SignedInEnv> {
  return async (c, next) => {
    c.set('principal', await principalBehind(services, c.req.raw))
    await next()
  }
}

/**
 * Who is behind a request: the decision of every protected route, wherever it is asked for.
 *
 * @throws {Problem} For everyone but an authenticated caller. @throws {StoreUnavailable}
 */
export async function principalBehind(services: GuardServices, request: AskedRequest): Promise<Principal> {
  const credential = readCredential(request.headers, services.cookies)
  if (credential.carrier === 'cookie') refuseCrossSite(services.crossSiteRule, request)
  const principal = principalOf(await authenticate(services, credential))
  return services.liveCheck === 'always' ? checkLive(services, principal) : principal
}

/**
 * The caller. A refusal leaves the cookie as it is: another tab may have been given a new one meanwhile, and a dead cookie
 * opens nothing.
 *
 * @throws {Problem} For everyone but an authenticated caller.
 */
export function principalOf(authentication: Authentication): Principal {
  switch (authentication.outcome) {
    case 'authenticated':
      return authentication.principal
    case 'absent':
      throw new Problem('authentication-required')
    case 'session-ended':
      throw new Problem('session-ended')
    default:
      throw new Problem(authentication.outcome, { headers: INVALID_TOKEN_CHALLENGE })
  }
}
