import type { Clock } from '../runtime/clock'
import type { Log } from '../runtime/log'
import { orOnOutage } from '../runtime/outage'
import type { RestoreStore } from './restore-store'

/**
 * Knows when the database was last put back to an earlier state, as an operator has said (`janus restored`).
 *
 * What was issued by then may be of sessions, accounts and keys that the database does not know, or knows as they were before. So none of
 * it is accepted: cached copies of sessions, access tokens, loaded signing keys.
 */
export interface Restores {
  /**
   * Returns the instant, at most {@link MAX_AGE_SECONDS} late; 0 if there was none.
   *
   * While D1 does not answer, it is what this isolate last knew, or 0 in an isolate that never knew. An outage of D1 therefore signs nobody
   * out, and nobody can be told of a restore while it lasts.
   */
  lastAt(): Promise<number>
}

/** Sets how long an isolate uses what it read, and so how long it takes until every isolate knows of a restore. */
export const MAX_AGE_SECONDS = 60

/** At this age it is read again behind a response, so that a busy isolate never waits for it. */
const REFRESH_AFTER_SECONDS = 50

/** Sets how long until D1 is asked again, after it did not answer. */
const ASK_AGAIN_SECONDS = 10

export function createRestores({
  store,
  defer,
  clock,
  log,
}: {
  readonly store: RestoreStore
  readonly defer: (work: Promise<unknown>) => void
  readonly clock: Clock
  readonly log: Log
}): Restores {
  // Set when an answer is there, never the promise of one: a request that is cancelled would leave others waiting.
  let cached: { readonly lastAt: number; readonly refreshAt: number; readonly until: number } | null = null

  async function read(): Promise<number> {
    const answer = await orOnOutage<number | null>(store.findLastAt(), ({ store: name }) => {
      log('restores-not-read', { store: name })
      return null
    })
    const now = clock()
    const lastAt = answer ?? cached?.lastAt ?? 0
    const refreshAt = now + (answer === null ? ASK_AGAIN_SECONDS : REFRESH_AFTER_SECONDS)
    cached = { lastAt, refreshAt, until: now + MAX_AGE_SECONDS }
    return lastAt
  }

  return {
    async lastAt() {
      const now = clock()
      if (!cached || now >= cached.until) return read()
      if (now >= cached.refreshAt) {
        // The others do not ask as well meanwhile.
        cached = { ...cached, refreshAt: now + ASK_AGAIN_SECONDS }
        defer(read())
      }
      return cached.lastAt
    },
  }
}
