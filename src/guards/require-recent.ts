import type { MiddlewareHandler } from 'hono'
import { Problem } from '../http/problem'
import { withFacts } from '../http/route-facts'
import type { Clock } from '../runtime/clock'
import type { SignedInEnv } from './auth-env'

/** How old the proof of a session may be where somebody changes how they sign in. */
export const RECENT_SECONDS = 10 * 60

/**
 * Refuses a caller who last proved who they are too long ago: whoever finds an open browser cannot add a way in of their own. Behind
 * `requireLiveSession`.
 */
export function requireRecent({ clock }: { readonly clock: Clock }): MiddlewareHandler<SignedInEnv> {
  const check: MiddlewareHandler<SignedInEnv> = async (c, next) => {
    if (clock() - c.var.principal.authenticatedAt > RECENT_SECONDS) throw notRecent()
    await next()
  }
  return withFacts(check, { recent: true })
}

/** The refusal, in the words of RFC 9470 §3. */
function notRecent(): Problem {
  const challenge = `Bearer error="insufficient_user_authentication", max_age="${RECENT_SECONDS}"`
  const detail = `Sign in again: the last proof must be at most ${RECENT_SECONDS} seconds old.`
  return new Problem('insufficient-user-authentication', {
    detail,
    headers: { 'WWW-Authenticate': challenge },
  })
}
