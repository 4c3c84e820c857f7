import type { DelegatedKind, ListedSession } from './session'
import type { End, EndedSession } from './session-store'

/**
 * The sessions of one account, as its owner sees them. Every method throws {@link StoreUnavailable} when the store cannot be reached; a write that
 * threw may still have happened.
 */
export interface OwnSessionStore {
  /**
   * Ends one session of a user, only if it is of a kind where that is named. If it is that of an app, the app has to ask again for what they
   * allowed. `null`, and nothing done, if it is not theirs, is unknown, or was over already.
   */
  end(target: { id: string; userId: string; kind?: DelegatedKind }, end: End): Promise<EndedSession | null>
  /**
   * Lists a user's open sessions and those of apps that they allowed, or those of a kind, newest first, at most `limit`, begun before `before`
   * if it is given.
   */
  list(
    userId: string,
    page: { before: SessionCursor | null; limit: number; kind?: DelegatedKind },
    now: number,
  ): Promise<readonly ListedSession[]>
}

/** Describes where a page of the list begins: the session before which it was begun. */
export interface SessionCursor {
  readonly createdAt: number
  readonly id: string
}
