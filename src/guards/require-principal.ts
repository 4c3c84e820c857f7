import type { Context, MiddlewareHandler } from 'hono'
import { type AuthCookies, setAuthCookie } from '../http/auth-cookies'
import { INVALID_TOKEN_CHALLENGE, Problem } from '../http/problem'
import type { FreshSeal } from '../sessions/session-seal'
import type { GuardServices, SignedInEnv } from './auth-env'
import { type Authentication, authenticate } from './authenticate'
import { readCredential } from './credential'
import { type AskedRequest, refuseCrossSite } from './cross-site'
import type { Principal } from './principal'
import { checkLive } from './require-live-session'

/** Lets a request through that proves who is behind it, and refuses every other. */
export function requirePrincipal(services: GuardServices): MiddlewareHandler<SignedInEnv> {
  return async (c, next) => {
    const { principal, seal } = await callerBehind(services, c.req.raw)
    c.set('principal', principal)
    await next()
    // What is refused says nothing more of the session.
    if (seal && c.res.status < 400) giveSeal(c, services.cookies, seal)
  }
}

/** Gives the browser its next seal, unless the answer ends or changes its session. */
function giveSeal(c: Context, { session, seal }: AuthCookies, { text, seconds }: FreshSeal): void {
  const given = c.res.headers.getSetCookie()
  const isChanged = [session, seal].some(({ name }) => given.some((each) => each.startsWith(`${name}=`)))
  // guard: an answer that ends or changes a session gives no seal of what was
  if (!isChanged) setAuthCookie(c, seal, text, seconds)
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
