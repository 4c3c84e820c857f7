import type { Store } from '../runtime/outage'

/**
 * Keeps texts under keys, each for a time. It need not be trusted with what they say: `createSessionCopies` signs each text and bounds its age.
 *
 * Whatever a method throws counts as an outage. The caller stops waiting when `signal` aborts; a method that holds a connection closes it then.
 */
export interface CopyStore {
  /** Its name in logs and problems. */
  readonly store: Store
  /** Says how many keys one `delete` takes. */
  readonly mostDeletes: number
  /** Returns the text as last written, or `null` if it is absent. */
  get(key: string, signal: AbortSignal): Promise<string | null>
  /** Writes or overwrites. The text goes away by itself after `seconds`, or later: readers look at its age themselves. */
  set(key: string, text: string, seconds: number, signal: AbortSignal): Promise<void>
  /** Deletes all of them; what is absent is a no-op. */
  delete(keys: readonly string[], signal: AbortSignal): Promise<void>
}

/** Describes what Janus calls on a Durable Object that holds copies. */
export interface CopyObject {
  get(key: string): Promise<string | null>
  set(key: string, text: string, seconds: number): Promise<void>
  delete(keys: readonly string[]): Promise<void>
}

/** The objects that hold copies, by their names. */
export interface CopyObjects {
  getByName(name: string): CopyObject
}
