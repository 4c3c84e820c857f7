import { type AssuranceLevel, assuranceOf } from '../sessions/assurance'
import type { Mode } from '../sessions/mode'
import type { Session } from '../sessions/session'
import type { AccessTokenClaims } from '../tokens/check-access-token'
import type { CustomClaims } from '../tokens/custom-claims'

/** The authenticated caller of a request, however it was proven. */
export interface Principal {
  readonly userId: string
  readonly sessionId: string
  /** Says how the caller holds the session; for the operations that renew it, not for handlers to decide by. */
  readonly mode: Mode
  readonly roles: readonly string[]
  /** Says when the person last proved who they are. */
  readonly authenticatedAt: number
  /** Says how, in the words of RFC 8176. */
  readonly amr: readonly string[]
  /** Says whether the second factor of the account was proven, too. */
  readonly acr: AssuranceLevel
  /** Holds what the app's own `claims` function returned: for a token when it was issued, for a cookie now. */
  readonly claims: CustomClaims
}

/** Returns the caller that a verified access token names. */
export function principalOfClaims(token: AccessTokenClaims): Principal {
  const { sub, sid, roles, auth_time, amr, acr, claims = {} } = token
  return { userId: sub, sessionId: sid, mode: 'token', roles, authenticatedAt: auth_time, amr, acr, claims }
}

/** Returns the caller behind a session cookie. The claims of the app are added where the app asks. */
export function principalOfSession(
  { userId, id, methods }: Pick<Session, 'id' | 'userId' | 'methods'>,
  roles: readonly string[],
): Principal {
  return { userId, sessionId: id, mode: 'session', roles, ...assuranceOf(methods), claims: {} }
}
