import type { RequestSource } from '../request-source/request-source'
import type { Clock } from '../runtime/clock'
import { deleteCachedCopies } from '../sessions/delete-cached-copies'
import type { Mode } from '../sessions/mode'
import type { OwnSessionStore } from '../sessions/own-session-store'
import type { DelegatedKind, EndReason } from '../sessions/session'
import type { RememberedSessionCache } from '../sessions/session-cache'
import type { End, PresentedSession, SessionStore } from '../sessions/session-store'

export interface SignOutServices {
  readonly sessions: SessionStore
  readonly sessionCache: RememberedSessionCache
  readonly clock: Clock
}

/** The session behind a request. */
export interface OwnSession {
  readonly userId: string
  readonly sessionId: string
  readonly mode: Mode
}

/**
 * Ends the sessions whose credentials were presented; ending one twice is no error.
 *
 * @throws {StoreUnavailable} Also when a session has ended but its cached copy could not be deleted; the detail says so.
 */
export async function signOut(
  { sessions, sessionCache, clock }: SignOutServices,
  presented: readonly PresentedSession[],
  source: RequestSource,
): Promise<void> {
  if (presented.length === 0) return
  const over = await sessions.endPresented(presented, { reason: 'signed-out', source, now: clock() })
  await deleteCachedCopies(sessionCache, over)
}

/** Ends all sessions of an account, or all but this one. @throws {StoreUnavailable} as {@link signOut}. */
export async function signOutEverywhere(
  services: SignOutServices,
  session: OwnSession,
  { keepCurrent, source }: { readonly keepCurrent: boolean; readonly source: RequestSource },
): Promise<void> {
  const except = keepCurrent ? session.sessionId : null
  const end = endNow(services, 'signed-out-everywhere', session, source)
  const ended = await services.sessions.endAll(session.userId, { except }, end)
  await deleteCachedCopies(services.sessionCache, ended)
}

/** Ends one of one's own sessions, only if it is of a kind where that is named. `false` if there is no such open session. @throws {StoreUnavailable} as {@link signOut}. */
export async function endOwnSession(
  services: SignOutServices & { readonly ownSessions: OwnSessionStore },
  session: OwnSession,
  {
    id,
    kind,
    source,
  }: { readonly id: string; readonly kind?: DelegatedKind; readonly source: RequestSource },
): Promise<boolean> {
  const reason = kind === 'api-key' ? 'api-key-revoked' : 'ended-by-owner'
  const end = endNow(services, reason, session, source)
  const ended = await services.ownSessions.end({ id, userId: session.userId, ...(kind && { kind }) }, end)
  if (!ended) return false
  await deleteCachedCopies(services.sessionCache, [ended])
  return true
}

/**
 * Ends a session for another service, whoever it belongs to. `false` if it is unknown or over.
 *
 * @param id Has the form of one. @throws {StoreUnavailable} as {@link signOut}.
 */
export async function endAnySession(
  services: SignOutServices,
  id: string,
  source: RequestSource,
): Promise<boolean> {
  const end: End = { reason: 'ended-by-service', by: { actorId: null, source }, now: services.clock() }
  const ended = await services.sessions.endAny(id, end)
  // Even if it had ended before: whoever asks again was told that a copy is left.
  await deleteCachedCopies(services.sessionCache, [ended ?? { id, mode: 'session' }])
  return ended !== null
}

function endNow(
  { clock }: SignOutServices,
  reason: EndReason,
  { userId }: OwnSession,
  source: RequestSource,
): End {
  return { reason, by: { actorId: userId, source }, now: clock() }
}
