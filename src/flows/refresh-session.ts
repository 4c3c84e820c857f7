import type { RequestSource } from '../request-source/request-source'
import type { Clock } from '../runtime/clock'
import type { Log } from '../runtime/log'
import type { SendMail } from '../runtime/queued-mail'
import { assuranceOf } from '../sessions/assurance'
import { type FactorPolicy, lacksFactor } from '../sessions/factor-policy'
import { idleSeconds, type Session, type SessionLifetimes } from '../sessions/session'
import type { SessionStore } from '../sessions/session-store'
import type { AccessTokens } from '../tokens/access-token'
import type { RefreshTokens } from '../tokens/refresh-token'
import { type IssuedCredentials, issueTokens } from './sign-in/prepared-session'

export type Refresh =
  | { readonly outcome: 'refreshed'; readonly session: Session; readonly credentials: IssuedCredentials }
  /** Not a refresh token of this service. */
  | { readonly outcome: 'invalid-token' }
  /** The session ended or expired, or its account may not sign in. */
  | { readonly outcome: 'session-ended' }
  /** The token had been used before; its session has been ended, for one of two holders is a thief. */
  | { readonly outcome: 'refresh-token-reused' }

/** Exchanges a refresh token for its successor and a new access token (RFC 9700 §4.14.2). @throws {StoreUnavailable} */
export async function refreshSession(
  services: {
    readonly sessions: SessionStore
    readonly accessTokens: AccessTokens
    readonly apiTokens: AccessTokens
    readonly refreshTokens: RefreshTokens
    readonly lifetimes: SessionLifetimes
    readonly refreshReuseSeconds: number
    readonly sendMail: SendMail
    readonly factorPolicy: FactorPolicy
    readonly clock: Clock
    readonly log: Log
  },
  { text, source }: { readonly text: string; readonly source: RequestSource },
): Promise<Refresh> {
  const { sessions, refreshTokens, lifetimes, refreshReuseSeconds, clock, log } = services
  const presented = await refreshTokens.verify(text)
  if (!presented) return { outcome: 'invalid-token' }

  // Before the counter moves: a successor that cannot be issued must not use up its predecessor.
  await services.accessTokens.ready()
  const now = clock()
  const { sessionId, counter } = presented
  const rotation = await sessions.rotate(sessionId, counter, {
    now,
    idleExpiresAt: now + idleSeconds(lifetimes, 'token'),
    reuseSeconds: refreshReuseSeconds,
    source,
  })
  if (rotation.outcome === 'over') return { outcome: 'session-ended' }
  if (rotation.outcome === 'reused') {
    services.sendMail(rotation.mailIds)
    log('refresh-token-reused', { session_id: sessionId, counter })
    return { outcome: 'refresh-token-reused' }
  }
  const { roles, session } = rotation.live
  // guard: a session of one factor is not refreshed where a second is required
  if (lacksFactor(services.factorPolicy, { roles, ...assuranceOf(session.methods) }))
    return { outcome: 'session-ended' }
  const credentials = await issueTokens(services, rotation.live, rotation.counter)
  return { outcome: 'refreshed', session, credentials }
}
