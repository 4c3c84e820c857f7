import type { Clock } from '../clock'
import { parseBase64url } from '../crypto/base64url'
import { constantTimeEqual } from '../crypto/constant-time'
import type { Log } from '../log'
import { StoreUnavailable } from '../outage'
import { idleSeconds, isExpired, type LiveSession, type SessionLifetimes } from './session'
import type { SessionCache } from './session-cache'
import type { SessionStore } from './session-store'
import { hashSecret, parseSessionToken } from './session-token'

export interface ResolveSessionServices {
  readonly sessions: SessionStore
  readonly sessionCache: SessionCache
  readonly lifetimes: SessionLifetimes
  readonly clock: Clock
  readonly log: Log
}

/** Keeps a promise running behind the response (`ExecutionContext.waitUntil`). */
export type Defer = (work: Promise<unknown>) => void

/**
 * Resolves a session token to its session, or `null` if it is malformed, unknown, over or wrong: one answer, so a
 * caller cannot be used to tell which.
 *
 * Asks the cache, and the store when the cache has nothing or is down. A session that ended a moment ago may still
 * resolve, for as long as the cache is behind; a live check knows better.
 *
 * @throws {StoreUnavailable} If neither can be reached.
 */
export async function resolveSession(
  services: ResolveSessionServices,
  text: string,
  defer: Defer,
): Promise<LiveSession | null> {
  const token = parseSessionToken(text)
  if (!token) return null
  const now = services.clock()

  const found = await findCached(services, token.sessionId)
  // A copy that has expired may only be behind: another place may have slid the session since.
  const cached = found && !isExpired(found.session, now) ? found : null
  const live = cached ?? (await services.sessions.findLive(token.sessionId, now))
  if (!live || isExpired(live.session, now) || !(await isSecretOf(live, token.secret))) return null

  // The record is only written for someone who has shown the secret, so guessed ids cannot fill the cache.
  if (!cached) defer(copyToCache(services, live))
  const idle = idleSeconds(services.lifetimes, 'session')
  const halfIsOver = live.session.idleExpiresAt - now <= idle / 2
  if (halfIsOver && live.session.idleExpiresAt < live.session.expiresAt)
    defer(slide(services, live, now + idle))
  return live
}

/**
 * Puts a session into the cache and makes sure that it did not end meanwhile: an end that came between the store's
 * answer and the `save` has deleted the record already, and this would have brought it back.
 */
async function copyToCache(services: ResolveSessionServices, live: LiveSession): Promise<void> {
  const { sessions, sessionCache, clock, log } = services
  const { id } = live.session
  try {
    await sessionCache.save(live, clock())
    if (!(await sessions.findLive(id, clock()))) await sessionCache.delete(id)
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error
    // Next time it misses, it is read from the store again; if it ended, the sweep deletes it.
    log('session-cache-not-written', { session_id: id, store: error.store })
  }
}

/** The store decides whether the session slides, never the cached copy: that may be of a session that has ended. */
async function slide(
  services: ResolveSessionServices,
  live: LiveSession,
  idleExpiresAt: number,
): Promise<void> {
  const { sessions, clock, log } = services
  try {
    const slid = await sessions.slide(live.session, idleExpiresAt, clock())
    if (slid) await copyToCache(services, slid)
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error
    log('session-not-slid', { session_id: live.session.id, store: error.store })
  }
}

async function findCached(services: ResolveSessionServices, id: string): Promise<LiveSession | null> {
  try {
    return await services.sessionCache.find(id)
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error
    services.log('session-cache-unavailable', { session_id: id })
    return null
  }
}

async function isSecretOf(live: LiveSession, secret: Uint8Array<ArrayBuffer>): Promise<boolean> {
  const expected = parseBase64url(live.secretHash ?? '')
  const actual = parseBase64url(await hashSecret(secret))
  return expected !== null && actual !== null && constantTimeEqual(actual, expected)
}
