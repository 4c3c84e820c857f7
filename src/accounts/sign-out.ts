import type { Clock } from '../clock'
import type { Mode } from '../config'
import { deleteCachedCopies } from '../sessions/delete-cached-copies'
import type { SessionCache } from '../sessions/session-cache'
import type { SessionStore } from '../sessions/session-store'

export interface SignOutServices {
  readonly sessions: SessionStore
  readonly sessionCache: SessionCache
  readonly clock: Clock
}

/** The session behind a request. */
export interface OwnSession {
  readonly userId: string
  readonly sessionId: string
  readonly mode: Mode
}

/**
 * Ends the session behind a request; ending it twice is no error.
 *
 * @throws {StoreUnavailable} Also when the session has ended but its cached copy could not be deleted; the detail says so.
 */
export async function signOut(
  services: SignOutServices,
  { userId, sessionId, mode }: OwnSession,
): Promise<void> {
  const { sessions, sessionCache, clock } = services
  await sessions.end({ id: sessionId, userId }, 'signed-out', clock())
  // Even if it had ended before: this request may have been let in by a copy that should be gone.
  await deleteCachedCopies(sessionCache, [{ id: sessionId, mode }])
}

/** Ends all sessions of an account, or all but this one. @throws {StoreUnavailable} as {@link signOut}. */
export async function signOutEverywhere(
  services: SignOutServices,
  { userId, sessionId }: OwnSession,
  { keepCurrent }: { readonly keepCurrent: boolean },
): Promise<void> {
  const { sessions, sessionCache, clock } = services
  const except = keepCurrent ? sessionId : null
  const ended = await sessions.endAll(userId, { except }, 'signed-out-everywhere', clock())
  await deleteCachedCopies(sessionCache, ended)
}

/** Ends one of one's own sessions. `false` if there is no such open session. @throws {StoreUnavailable} as {@link signOut}. */
export async function endOwnSession(
  services: SignOutServices,
  { userId }: OwnSession,
  id: string,
): Promise<boolean> {
  const { sessions, sessionCache, clock } = services
  const ended = await sessions.end({ id, userId }, 'ended-by-owner', clock())
  if (!ended) return false
  await deleteCachedCopies(sessionCache, [ended])
  return true
}
