import type { MiddlewareHandler } from 'hono'
import { Problem } from '../http/problem'
import { withFacts } from '../http/route-facts'
import type { AssuranceLevel } from '../sessions/assurance'
import type { GuardServices, SignedInEnv } from './auth-env'
import type { Principal } from './principal'

/** How old the proof of a session may be where somebody changes how they sign in. */
const RECENT_SECONDS = 10 * 60

/** What a caller must have proven, and how lately. */
export interface RecentTerms {
  /** How long ago the person proved who they are, at most. A refresh does not count (NIST SP 800-63B-4 §5.1). */
  readonly maxAgeSeconds: number
  /** The level to reach. An account that has a second factor has no session below `urn:janus:2fa`. */
  readonly acr?: AssuranceLevel
}

const CHANGE_OF_WAYS_IN: RecentTerms = { maxAgeSeconds: RECENT_SECONDS }

/**
 * Lets a caller through who has proven who they are a moment ago. Behind `requirePrincipal`. The refusal says what to prove, as RFC 9470 §3
 * has it, in either mode.
 */
export function requireRecent(
  { clock }: Pick<GuardServices, 'clock'>,
  terms: RecentTerms = CHANGE_OF_WAYS_IN,
): MiddlewareHandler<SignedInEnv> {
  const check: MiddlewareHandler<SignedInEnv> = async (c, next) => {
    if (!isRecent(c.var.principal, clock(), terms)) throw insufficient(terms)
    await next()
  }
  return withFacts(check, { recent: true })
}

/** Whether a principal satisfies terms at an instant; those of a change of ways in, if there are none. */
export function isRecent(
  { authenticatedAt, acr }: Pick<Principal, 'authenticatedAt' | 'acr'>,
  now: number,
  terms: RecentTerms = CHANGE_OF_WAYS_IN,
): boolean {
  const reached = terms.acr !== 'urn:janus:2fa' || acr === 'urn:janus:2fa'
  // guard: a change of ways in needs a recent sign-in
  return reached && authenticatedAt > now - terms.maxAgeSeconds
}

/** The refusal, with the challenge of RFC 9470 §3. */
export function insufficient({ maxAgeSeconds, acr }: RecentTerms): Problem {
  const level = acr === undefined ? '' : `, acr_values="${acr}"`
  const challenge = `Bearer error="insufficient_user_authentication"${level}, max_age="${maxAgeSeconds}"`
  const detail = `Prove who you are again: this takes a sign-in of the last ${maxAgeSeconds} seconds.`
  return new Problem('insufficient-user-authentication', {
    detail,
    headers: { 'WWW-Authenticate': challenge },
  })
}
