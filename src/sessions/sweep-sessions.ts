import type { Clock } from '../clock'
import type { Log } from '../log'
import { deleteCachedCopies } from './delete-cached-copies'
import type { SessionCache } from './session-cache'
import type { SessionStore } from './session-store'

/**
 * A request that was under way when a session ended may still write its copy to the cache. After this long none is
 * left, so a copy deleted now stays deleted.
 */
const SETTLED_SECONDS = 60

/** Bounded work for each run; what is left waits for the next. */
const STEP = 100
const STEPS = 5

/**
 * Finishes what requests could not: deletes the cached copies of ended sessions and forgets their rows, and forgets
 * sessions whose time is over. A row that is there and has ended is a deletion that nobody has confirmed.
 *
 * @throws {StoreUnavailable} If a store cannot be reached; rows not confirmed stay for the next run.
 */
export async function sweepSessions(services: {
  readonly sessions: SessionStore
  readonly sessionCache: SessionCache
  readonly clock: Clock
  readonly log: Log
}): Promise<void> {
  const { sessions, sessionCache, clock, log } = services
  const now = clock()
  let ended = 0
  let expired = 0
  for (let step = 0; step < STEPS; step++) {
    const settled = await sessions.findEnded(now - SETTLED_SECONDS, STEP)
    if (settled.length > 0) {
      await deleteCachedCopies(sessionCache, settled)
      await sessions.deleteEnded(settled.map(({ id }) => id))
      ended += settled.length
    }
    const over = await sessions.deleteExpired(now - SETTLED_SECONDS, STEP)
    expired += over
    if (settled.length < STEP && over < STEP) break
  }
  log('sessions-swept', { ended, expired })
}
