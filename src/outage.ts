/** What can fail to answer. */
export type Store = 'D1' | 'KV' | 'LOGIN_LIMIT'

/** A store that could not be reached, or refused to work. The edge answers 503 and the cause goes to the log. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable'

  constructor(
    readonly store: Store,
    cause: unknown,
    /** What the caller may be told beyond "try again". */
    readonly detail: string | null = null,
  ) {
    super(`${store} is unavailable`, { cause })
  }
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

/** Runs one call to a store. @throws {StoreUnavailable} instead of whatever the binding throws. */
export async function reach<T>(store: Store, call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (cause) {
    throw new StoreUnavailable(store, cause)
  }
}
