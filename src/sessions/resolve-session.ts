import { parseBase64url } from '../crypto/base64url'
import { constantTimeEqual } from '../crypto/constant-time'
import { sha256 } from '../crypto/sha256'
import type { Clock } from '../runtime/clock'
import type { Log } from '../runtime/log'
import { orOnOutage } from '../runtime/outage'
import { idleSeconds, isExpired, type LiveSession, type SessionLifetimes } from './session'
import type { SessionCache } from './session-cache'
import type { SessionStore } from './session-store'
import { parseSessionToken } from './session-token'

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
  const { sessions, sessionCache, clock, log } = services
  const now = clock()

  const copy = await orOnOutage(sessionCache.find(token.sessionId), () => {
    log('session-cache-unavailable', { session_id: token.sessionId })
    return null
  })
  // A copy that has expired may only be behind: another place may have slid the session since.
  const cached = copy && !isExpired(copy.session, now) ? copy : null
  const live = cached ?? (await sessions.findLive(token.sessionId, now))
  if (!live || !(await isSecretOf(live, token.secret))) return null

  // What is written is only written for someone who has shown the secret, so guessed ids cannot fill the cache. If it
  // fails, the next request does it.
  const behindTheResponse = (work: Promise<void>) =>
    defer(
      orOnOutage(work, ({ store }) =>
        log('session-cache-not-written', { session_id: live.session.id, store }),
      ),
    )
  if (!cached) behindTheResponse(copyToCache(services, live))
  const idle = idleSeconds(services.lifetimes, 'session')
  const halfIsOver = live.session.idleExpiresAt - now <= idle / 2
  if (halfIsOver && live.session.idleExpiresAt < live.session.expiresAt) {
    behindTheResponse(slide(services, live, now, idle))
  }
  return live
}

/** Sets how far the cache may be behind by its own nature. A copy that is behind longer was lost. */
const CACHE_LAG_SECONDS = 60

/**
 * Puts a session into the cache and makes sure that it did not end meanwhile: an end that came between the store's
 * answer and the `save` has deleted the record already, and this would have brought it back.
 */
async function copyToCache(
  { sessions, sessionCache, clock }: ResolveSessionServices,
  live: LiveSession,
): Promise<void> {
  if (sessionCache.store === null) return
  const { id } = live.session
  await sessionCache.save(live, clock())
  // guard: a copy written to KV is checked against D1
  if (!(await sessions.findLive(id, clock()))) await sessionCache.delete([id])
}

/**
 * Slides a session if the store agrees. The cached copy never decides: it may be of a session that has ended. Of many
 * requests one slides; the others find out whether the copy they were let in by is only behind, or wrong.
 */
async function slide(
  services: ResolveSessionServices,
  copy: LiveSession,
  now: number,
  idle: number,
): Promise<void> {
  const { sessions, sessionCache, clock } = services
  const { id } = copy.session
  const slid = await sessions.slide(copy.session, now + idle, now)
  if (slid) return copyToCache(services, slid)
  const live = await sessions.findLive(id, clock())
  if (!live) return sessionCache.delete([id])
  if (live.session.lastSeenAt < clock() - CACHE_LAG_SECONDS) return copyToCache(services, live)
}

async function isSecretOf(live: LiveSession, secret: Uint8Array<ArrayBuffer>): Promise<boolean> {
  const expected = parseBase64url(live.secretHash ?? '')
  // guard: a session token is its secret
  return expected !== null && constantTimeEqual(await sha256(secret), expected)
}
