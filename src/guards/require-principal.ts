import type { MiddlewareHandler } from 'hono'
import { serializeAuthCookie } from '../http/auth-cookies'
import { INVALID_TOKEN_CHALLENGE, Problem } from '../http/problem'
import type { FreshSeal } from '../sessions/session-seal'
import type { GuardServices, SignedInEnv } from './auth-env'
import { type Authentication, authenticate } from './authenticate'
import { readCredential } from './credential'
import { type AskedRequest, refuseCrossSite } from './cross-site'
import { giveSeal } from './give-seal'
import type { Principal } from './principal'
import { checkLive } from './require-live-session'

/** Lets a request through that proves who is behind it, and refuses every other. */
export function requirePrincipal(services: GuardServices): MiddlewareHandler<SignedInEnv> {
  return async (c, next) => {
    const { principal, seal } = await callerBehind(services, c.req.raw)
    c.set('principal', principal)
    await next()
    if (seal) giveSeal(c, serializeAuthCookie(services.cookies.seal, seal.text, seal.seconds))
  }
}

/** Describes who is behind a request, and the seal to give to the browser that sent it. */
export interface Caller {
  readonly principal: Principal
  /** `null`: it has one, or holds a token. */
  readonly seal: FreshSeal | null
}

/**
 * Finds out who is behind a request: the decision of every protected route, wherever it is asked for.
 *
 * @throws {Problem} For everyone but an authenticated caller. @throws {StoreUnavailable}
 */
export async function callerBehind(services: GuardServices, request: AskedRequest): Promise<Caller> {
  const credential = readCredential(request.headers, services.cookies)
  if (credential.carrier === 'cookie') refuseCrossSite(services.crossSiteRule, request)
  const caller = callerOf(await authenticate(services, credential))
  if (services.liveCheck !== 'always') return caller
  return { ...caller, principal: await checkLive(services, caller.principal) }
}

/**
 * Returns the caller. A refusal leaves the cookie as it is: another tab may have been given a new one meanwhile, and a dead cookie
 * opens nothing.
 *
 * @throws {Problem} For everyone but an authenticated caller.
 */
export function callerOf(authentication: Authentication): Caller {
  switch (authentication.outcome) {
    case 'authenticated':
      return { principal: authentication.principal, seal: authentication.seal }
    case 'absent':
      throw new Problem('authentication-required')
    case 'session-ended':
      throw new Problem('session-ended')
    default:
      throw new Problem(authentication.outcome, { headers: INVALID_TOKEN_CHALLENGE })
  }
}
