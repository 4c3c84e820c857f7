import type { Context, MiddlewareHandler } from 'hono'
import { deferTo } from '../http/defer'
import { INVALID_TOKEN_CHALLENGE, Problem } from '../http/problem'
import { clearAuthCookie } from './auth-cookies'
import type { GuardServices, SignedInEnv } from './auth-env'
import { type Authentication, authenticate } from './authenticate'
import { readCredential, SESSION_COOKIE } from './credential'
import { refuseCrossSite } from './cross-site'
import type { Principal } from './principal'
import { checkLive } from './require-live-session'

/** Lets a request through that proves who is behind it, and refuses every other. */
export function requirePrincipal(services: GuardServices): MiddlewareHandler<SignedInEnv> {
  return async (c, next) => {
    const credential = readCredential(c.req.raw.headers)
    if (credential.carrier === 'cookie') refuseCrossSite(services.crossSiteRule, c.req.raw)
    const principal = principalOf(c, await authenticate(services, credential, deferTo(c)))
    if (services.liveCheck === 'always') await checkLive(services, principal)
    c.set('principal', principal)
    await next()
  }
}

/** @throws {Problem} For everyone but an authenticated caller. */
export function principalOf(c: Context, authentication: Authentication): Principal {
  switch (authentication.outcome) {
    case 'authenticated':
      return authentication.principal
    case 'absent':
      throw new Problem('authentication-required')
    case 'session-ended':
      clearAuthCookie(c, SESSION_COOKIE)
      throw new Problem('session-ended')
    default:
      throw new Problem(authentication.outcome, { headers: INVALID_TOKEN_CHALLENGE })
  }
}
