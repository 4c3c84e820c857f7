import type { LiveSession } from './session'

/** The fast copy of sessions in session mode. What it says may be a minute or more out of date, either way. */
export interface SessionCache {
  /**
   * The session as last written, or `null` if absent. It may have ended since, or begun since; readers check
   * `expiresAt` themselves and ask the session store when it is absent. @throws {StoreUnavailable}
   */
  find(id: string): Promise<LiveSession | null>
  /** Writes or overwrites; the record goes away by itself some time after the session expires. @throws {StoreUnavailable} */
  save(live: LiveSession, now: number): Promise<void>
  /** Drops what this isolate remembers of sessions that have ended. */
  forget(ids: ReadonlySet<string>): void
  /** Deletes; absent is a no-op. Other places may serve the record for a minute or more. @throws {StoreUnavailable} */
  delete(id: string): Promise<void>
  /** Asks for a record that does not exist. @throws {StoreUnavailable} */
  ping(): Promise<void>
}
