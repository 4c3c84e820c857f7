import type { Mode } from '../sessions/mode'
import type { AccessTokenClaims } from '../tokens/check-access-token'

/** The authenticated caller of a request, however it was proven. */
export interface Principal {
  readonly userId: string
  readonly sessionId: string
  /** How the caller holds the session; for the operations that renew it, not for handlers to decide by. */
  readonly mode: Mode
  readonly roles: readonly string[]
  /** When the person last proved who they are. */
  readonly authenticatedAt: number
}

/** Whom a verified access token speaks of. */
export function principalOfClaims({ sub, sid, roles, auth_time }: AccessTokenClaims): Principal {
  return { userId: sub, sessionId: sid, mode: 'token', roles, authenticatedAt: auth_time }
}
