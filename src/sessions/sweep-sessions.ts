import type { Clock } from '../runtime/clock'
import type { Log } from '../runtime/log'
import { deleteCachedCopies } from './delete-cached-copies'
import type { RememberedSessionCache } from './session-cache'
import type { SessionStore } from './session-store'

/**
 * A request that was under way when a session ended may still write its copy to the cache. After this long none is
 * left, so a copy deleted now stays deleted.
 */
const SETTLED_SECONDS = 60

const STEP = 100

/** A run goes on for at most this long, and for so many steps; what is left waits for the next. */
const RUN_SECONDS = 30

/** Half of the 10,000 calls that a run may make on the paid plan, so that the rest of the sweep can have its own. */
const MOST_STEPS = 50

/**
 * Finishes what requests could not: forgets sessions whose time is over, and for those that ended deletes the cached
 * copies and then the rows. A row that is there and has ended is a deletion that nobody has confirmed.
 *
 * @throws {StoreUnavailable} If a store cannot be reached; rows not confirmed stay for the next run.
 */
export async function sweepSessions(services: {
  readonly sessions: SessionStore
  readonly sessionCache: RememberedSessionCache
  readonly clock: Clock
  readonly log: Log
}): Promise<void> {
  const { sessions, sessionCache, clock, log } = services
  const begun = clock()
  // guard: the sweep waits until requests have settled
  const settled = begun - SETTLED_SECONDS
  let [expired, ended] = [0, 0]
  let more = true
  // guard: growth: a run of the sweep has so many steps
  for (let step = 0; more && step < MOST_STEPS && clock() < begun + RUN_SECONDS; step++) {
    // First what needs no cache, so that it gets done while the cache is down.
    const over = await sessions.deleteExpired(settled, STEP)
    const unconfirmed = await sessions.findEnded(settled, STEP)
    if (unconfirmed.length > 0) {
      await deleteCachedCopies(sessionCache, unconfirmed)
      await sessions.deleteEnded(unconfirmed.map(({ id }) => id))
    }
    expired += over
    ended += unconfirmed.length
    more = over === STEP || unconfirmed.length === STEP
  }
  if (expired + ended > 0) log('sessions-swept', { expired, ended })
}
