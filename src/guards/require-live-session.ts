import type { MiddlewareHandler } from 'hono'
import { INVALID_TOKEN_CHALLENGE, Problem } from '../http/problem'
import { withFacts } from '../http/route-facts'
import type { GuardServices, SignedInEnv } from './auth-env'
import type { Principal } from './principal'

/**
 * Asks the source of truth whether the session of this request still stands, in either mode: one read by primary key.
 * Behind `requirePrincipal`. For whatever changes credentials or sessions.
 */
export function requireLiveSession(services: GuardServices): MiddlewareHandler<SignedInEnv> {
  const check: MiddlewareHandler<SignedInEnv> = async (c, next) => {
    c.set('principal', await ensureLive(services, c.var.principal))
    await next()
  }
  return withFacts(check, { live: true })
}

/** Checks as {@link checkLive} does, for a principal that was let in. With LIVE_CHECK=always that has asked already. */
export async function ensureLive(services: GuardServices, principal: Principal): Promise<Principal> {
  // guard: a live check asks D1, for another service too
  return services.liveCheck === 'sensitive' ? checkLive(services, principal) : principal
}

/**
 * Returns the principal as the session store has it now.
 *
 * @throws {Problem} `session-ended`. @throws {StoreUnavailable} If the truth cannot be had.
 */
export async function checkLive(services: GuardServices, principal: Principal): Promise<Principal> {
  const live = await services.sessions.findLive(principal.sessionId, services.clock())
  // guard: sensitive routes ask whether the session stands
  if (live?.session.userId !== principal.userId) throw sessionEnded(principal)
  return { ...principal, roles: live.roles }
}

/** Returns the refusal of a caller whose session is over although its credential still looked good. */
export function sessionEnded({ mode }: Principal): Problem {
  return new Problem('session-ended', mode === 'token' ? { headers: INVALID_TOKEN_CHALLENGE } : {})
}
