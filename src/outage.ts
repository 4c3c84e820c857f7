/** A store that could not be reached, or refused to work. The edge answers 503 and the cause goes to the log. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable'

  constructor(
    readonly store: 'D1' | 'KV',
    cause: unknown,
    /** What the caller may be told beyond "try again". */
    readonly detail: string | null = null,
  ) {
    super(`${store} is unavailable`, { cause })
  }
}

/** Runs one call to a store. @throws {StoreUnavailable} instead of whatever the binding throws. */
export async function reach<T>(store: 'D1' | 'KV', call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (cause) {
    throw new StoreUnavailable(store, cause)
  }
}
