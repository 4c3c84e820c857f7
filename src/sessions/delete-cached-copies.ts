import type { Log } from '../runtime/log'
import { orOnOutage, StoreUnavailable } from '../runtime/outage'
import type { RememberedSessionCache } from './session-cache'
import type { EndedSession } from './session-store'

/**
 * Sets how many copies one request deletes: half of the 1,000 calls to Cloudflare's services that the free plan allows it, and as many
 * as somebody may be asked to wait for.
 */
export const MOST_DELETES = 500

/**
 * Deletes the cached copies of sessions that the store has ended, the first {@link MOST_DELETES} of them. Sessions of token mode
 * have none.
 *
 * @throws {StoreUnavailable} If a copy could not be deleted, or there are more. The sessions have ended all the same, and the
 * sweep deletes what is left: whoever is told of a success may rely on it that no copy is.
 */
export async function deleteCachedCopies(
  cache: RememberedSessionCache,
  ended: readonly EndedSession[],
): Promise<void> {
  const copied = ended.filter((session) => session.mode === 'session').map(({ id }) => id)
  // All of them, at once, whatever becomes of the copies.
  cache.forget(new Set(copied))
  if (cache.store === null) return
  // guard: growth: a request deletes so many copies
  await orOnOutage(cache.delete(copied.slice(0, MOST_DELETES)), ({ store, cause }) => {
    // guard: the end of a session deletes its copy, or says 503
    throw new StoreUnavailable(store, cause, UNCONFIRMED)
  })
  // guard: growth: a success means that no copy is left
  if (copied.length > MOST_DELETES) {
    throw new StoreUnavailable(cache.store, new Error('More copies than one request deletes'), LEFT_TO_SWEEP)
  }
}

const UNCONFIRMED =
  'The session was ended, but its cached copy could not be deleted yet. It may be accepted for a few more minutes; deletion will be retried.'

const LEFT_TO_SWEEP =
  'The sessions were ended, but there were too many to delete all cached copies at once. Some may be accepted for a few more minutes; deletion will be retried.'

/** Deletes as {@link deleteCachedCopies} does, where a new session is worth more than the certainty that an old one is gone. */
export async function deleteCachedCopiesOrLeaveToSweep(
  { sessionCache, log }: { readonly sessionCache: RememberedSessionCache; readonly log: Log },
  ended: readonly EndedSession[],
): Promise<void> {
  await orOnOutage(deleteCachedCopies(sessionCache, ended), ({ store }) =>
    log('session-cache-not-deleted', { store, sessions: ended.length }),
  )
}
