/** Names a store that can fail to answer. */
export type Store =
  | 'D1'
  | 'SQLite'
  | 'PostgreSQL'
  | 'KV'
  | 'Redis'
  | 'Memcached'
  | 'Durable Object'
  | 'JANUS_DB'
  | 'memory'
  | 'LOGIN_LIMIT'
  | 'ASSETS'

/** A store that could not be reached, or refused to work. The edge answers 503 and the cause goes to the log. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable'

  constructor(
    readonly store: Store,
    cause: unknown,
    /** Holds what the caller may be told beyond "try again". */
    readonly detail: string | null = null,
  ) {
    super(`${store} is unavailable`, { cause })
  }
}

/** Says what to do where the local database, or the one of a deployment with `--remote`, lacks the tables of this version. */
export const MIGRATE = 'Run npx janus migrate, or npm run migrate in a checkout of Janus'

/** The cause of an outage that took all the time there was. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer'
}

/** The cause of an outage whose store says that it has done nothing. */
export class NotDone extends Error {
  override readonly name = 'NotDone'
}

/** Runs work that can do without its store: gives what `otherwise` does about an outage. Throws whatever else is thrown. */
export async function orOnOutage<T>(
  work: Promise<T>,
  otherwise: (outage: StoreUnavailable) => T,
): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (error instanceof StoreUnavailable) return otherwise(error)
    throw error
  }
}

/**
 * Sets how long a store may take, in milliseconds. KV answers in 250 ms in all but a hundredth of cases; D1 takes one query after another and
 * may have a queue; a connection to Redis or Memcached is part of each call. Longer than this is as good as down, and holding the request
 * would only make it worse.
 */
export const PATIENCE_MS: Readonly<Record<Store, number>> = {
  KV: 2000,
  D1: 5000,
  SQLite: 5000,
  PostgreSQL: 5000,
  Redis: 2000,
  Memcached: 2000,
  'Durable Object': 2000,
  JANUS_DB: 5000,
  memory: 2000,
  LOGIN_LIMIT: 1000,
  ASSETS: 5000,
}

/**
 * Runs one call to a store, for so long and no longer. A write that was given up may still happen.
 *
 * @param call Its signal aborts when the call is given up, so that it closes what it holds.
 * @throws {StoreUnavailable} instead of whatever the binding throws.
 */
export async function reach<T>(store: Store, call: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const givenUp = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const reason = new NoAnswer(`No answer in ${PATIENCE_MS[store]} ms`)
      reject(reason)
      givenUp.abort(reason)
    }, PATIENCE_MS[store])
  })
  try {
    return await Promise.race([call(givenUp.signal), late])
  } catch (cause) {
    throw new StoreUnavailable(store, cause)
  } finally {
    clearTimeout(timer)
  }
}

/**
 * Runs one call that only reads, and runs it once more if it fails while there is time left: a connection that was lost says nothing about
 * the next.
 *
 * @throws {StoreUnavailable} As {@link reach}.
 */
export function reachToRead<T>(store: Store, call: () => Promise<T>): Promise<T> {
  const until = Date.now() + PATIENCE_MS[store]
  return reach(store, () =>
    call().catch((error: unknown) => {
      if (Date.now() >= until) throw error
      return call()
    }),
  )
}

/**
 * Runs one call that does what a request asks for. It is never tried again, because it may have been done.
 *
 * @throws {StoreUnavailable} As {@link reach}. Its detail says that it may have been done, unless the store has refused it.
 */
export function reachToDo<T>(store: Store, call: () => Promise<T>): Promise<T> {
  return reachAndTell(store, call, 'Look whether it was before you try again.')
}

/** Works as {@link reachToDo}, for a request that may be sent again: it gets the outcome of the first. */
export function reachToDoOnce<T>(store: Store, call: () => Promise<T>): Promise<T> {
  return reachAndTell(store, call, 'Send the same request again within 15 seconds: it is done only once.')
}

async function reachAndTell<T>(store: Store, call: () => Promise<T>, whatToDo: string): Promise<T> {
  try {
    return await reach(store, call)
  } catch (error) {
    if (!(error instanceof StoreUnavailable) || wasRefused(error.cause)) throw error
    throw new StoreUnavailable(store, error.cause, `${MAY_BE_DONE} ${whatToDo}`)
  }
}

/**
 * Returns whether the database says that it did not run a statement: it was too busy to take it, or the statement itself failed. The code
 * `SQLITE_ERROR` of SQLite says that; `ERR_SQLITE_ERROR` is the code of Node for whatever SQLite says, a commit that failed included.
 */
function wasRefused(cause: unknown): boolean {
  if (!(cause instanceof Error)) return false
  if (cause instanceof NotDone) return true
  const code = 'code' in cause ? String(cause.code) : ''
  return (
    /overloaded|Too many requests queued|\bSQLITE_ERROR\b/.test(`${cause.message} ${code}`) ||
    ROLLED_BACK.test(code)
  )
}

/**
 * SQLSTATEs (PostgreSQL, appendix A) of a transaction that was rolled back: data, constraint, collision, syntax, resources, time-out. Not 40003,
 * which says that nobody knows.
 */
const ROLLED_BACK = /^(?:(?:22|23|40|42|53)[0-9A-Z]{3}|57014)$(?<!40003)/

const MAY_BE_DONE = 'This may have been done: the answer of the database was lost.'
