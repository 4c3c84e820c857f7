import type { Store } from '../runtime/outage'
import type { LiveSession } from './session'

/** The fast copies of sessions in session mode. They may be out of date, either way; docs/explain/session-copies.md bounds by how much. */
export interface SessionCache {
  /** Says where the copies are; `null`: there are none, and every request asks the session store. */
  readonly store: Store | null
  /**
   * Returns the session as last written, or `null` if absent. It may have ended since, or begun since; readers check
   * `expiresAt` themselves and ask the session store when it is absent. @throws {StoreUnavailable}
   */
  find(id: string): Promise<LiveSession | null>
  /** Writes or overwrites; the record goes away by itself some time after the session expires. @throws {StoreUnavailable} */
  save(live: LiveSession, now: number): Promise<void>
  /** Deletes all of them; absent is a no-op. Other places may serve the records for a while. @throws {StoreUnavailable} */
  delete(ids: readonly string[]): Promise<void>
}

/** A cache behind what this isolate remembers of it. */
export interface RememberedSessionCache extends SessionCache {
  /** Drops what this isolate remembers of sessions that have ended. */
  forget(ids: ReadonlySet<string>): void
}
