import type { Log } from '../log'
import { orOnOutage, StoreUnavailable } from '../outage'
import type { SessionCache } from './session-cache'
import type { EndedSession } from './session-store'

/** How many deletes are on their way at once: Workers hold six connections open, the rest would wait anyway. */
const AT_ONCE = 6

/**
 * Deletes the cached copies of sessions that the store has ended. Sessions of token mode have none.
 *
 * @throws {StoreUnavailable} If a copy could not be deleted. The sessions have ended all the same, and the sweep
 * deletes what is left.
 */
export async function deleteCachedCopies(cache: SessionCache, ended: readonly EndedSession[]): Promise<void> {
  const cached = ended.filter((session) => session.mode === 'session')
  const deleteAll = async () => {
    for (let start = 0; start < cached.length; start += AT_ONCE) {
      await Promise.all(cached.slice(start, start + AT_ONCE).map(({ id }) => cache.delete(id)))
    }
  }
  await orOnOutage(deleteAll(), ({ store, cause }) => {
    throw new StoreUnavailable(store, cause, UNCONFIRMED)
  })
}

const UNCONFIRMED =
  'This was done, but the fast copy of an ended session could not be deleted yet and may be honoured for some minutes more. Janus goes on trying.'

/** As {@link deleteCachedCopies}, where a new session is worth more than the certainty that an old one is gone. */
export async function deleteCachedCopiesOrLeaveToSweep(
  { sessionCache, log }: { readonly sessionCache: SessionCache; readonly log: Log },
  ended: readonly EndedSession[],
): Promise<void> {
  await orOnOutage(deleteCachedCopies(sessionCache, ended), ({ store }) =>
    log('session-cache-not-deleted', { store, sessions: ended.length }),
  )
}
