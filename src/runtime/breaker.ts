import { NoAnswer, reach, type Store, StoreUnavailable } from './outage'

/** Sets how many calls in a row may get no answer before the store is left alone. */
const LATE_CALLS = 3

/** Sets for how long it is left alone. Then one call tries again, and the others wait for what becomes of it. */
const REST_MS = 10_000

/** Runs one call to a store, as {@link reach} does. */
export type Reach = <T>(call: (signal: AbortSignal) => Promise<T>) => Promise<T>

/**
 * Creates what reaches a store that can be done without, and stops asking one that does not answer: each request would wait for it in vain.
 * A store that refuses costs no time and is asked again.
 *
 * Each isolate learns it by itself.
 */
export function createBreaker(store: Store, nowMs: () => number = Date.now): Reach {
  let late = 0
  let restsUntil = 0

  return async (call) => {
    const now = nowMs()
    if (now < restsUntil) throw new StoreUnavailable(store, new Error('It did not answer a moment ago'))
    if (late >= LATE_CALLS) restsUntil = now + REST_MS
    try {
      const result = await reach(store, call)
      late = 0
      restsUntil = 0
      return result
    } catch (error) {
      // guard: a store that does not answer is left alone for a while
      late = isLate(error) ? late + 1 : 0
      restsUntil = late >= LATE_CALLS ? nowMs() + REST_MS : 0
      throw error
    }
  }
}

function isLate(error: unknown): boolean {
  return error instanceof StoreUnavailable && error.cause instanceof NoAnswer
}
