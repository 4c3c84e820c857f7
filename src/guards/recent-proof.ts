import { Problem } from '../http/problem'
import type { AssuranceLevel } from '../sessions/assurance'
import type { Principal } from './principal'

/** Describes what a caller must have proven, and how lately. */
export interface RecentTerms {
  /**
   * Says how many seconds ago the person proved who they are, at most: `max_age` of RFC 9470. A refresh proves nothing (NIST SP 800-63B-4 §5.1).
   */
  readonly maxAge: number
  /** The level to reach. An account that has a second factor has no session below `urn:janus:2fa`. */
  readonly acr?: AssuranceLevel
}

/** Sets how old the proof of a session may be where somebody changes how they sign in. */
export const CHANGE_OF_WAYS_IN: RecentTerms = { maxAge: 10 * 60 }

/** Returns whether a principal satisfies terms at an instant; those of a change of ways in, if there are none. */
export function isRecent(
  { authenticatedAt, acr }: Pick<Principal, 'authenticatedAt' | 'acr'>,
  now: number,
  terms: RecentTerms = CHANGE_OF_WAYS_IN,
): boolean {
  // guard: a level is reached by that level alone
  const reached = terms.acr === undefined || acr === terms.acr || terms.acr === 'urn:janus:1fa'
  // guard: a change of ways in needs a recent sign-in
  return reached && authenticatedAt > now - terms.maxAge
}

/** Returns the refusal, with the challenge of RFC 9470 §3. The body says the same, for callers that see no headers. */
export function insufficient({ maxAge, acr }: RecentTerms = CHANGE_OF_WAYS_IN): Problem {
  const level = acr === undefined ? '' : `, acr_values="${acr}"`
  const challenge = `Bearer error="insufficient_user_authentication"${level}, max_age="${maxAge}"`
  const second = acr === 'urn:janus:2fa' ? ' with a second factor' : ''
  return new Problem('insufficient-user-authentication', {
    detail: `Prove who you are again: this takes a proof${second} of the last ${maxAge} seconds. POST /reauthenticate takes one, and so does a new sign-in.`,
    needs: { max_age: maxAge, ...(acr === undefined ? {} : { acr_values: acr }) },
    headers: { 'WWW-Authenticate': challenge },
  })
}
