import type { LiveSession } from './session'

/** The fast copy of sessions in session mode. It may be a minute or more out of date, either way. */
export interface SessionCache {
  /**
   * Returns the session as last written, or `null` if absent. It may have ended since, or begun since; readers check
   * `expiresAt` themselves and ask the session store when it is absent. @throws {StoreUnavailable}
   */
  find(id: string): Promise<LiveSession | null>
  /** Writes or overwrites; the record goes away by itself some time after the session expires. @throws {StoreUnavailable} */
  save(live: LiveSession, now: number): Promise<void>
  /** Deletes; absent is a no-op. Other places may serve the record for a minute or more. @throws {StoreUnavailable} */
  delete(id: string): Promise<void>
}

/** A cache behind what this isolate remembers of it. */
export interface RememberedSessionCache extends SessionCache {
  /** Drops what this isolate remembers of sessions that have ended. */
  forget(ids: ReadonlySet<string>): void
}
