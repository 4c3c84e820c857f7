import type { Session } from '../sessions/session'
import type { EndedSession } from '../sessions/session-store'
import type { PreparedSession, PresentedSession } from './prepared-session'
import type { User, UserCredentials } from './user'

/**
 * The truth about accounts, and the transactions that change an account together with its sessions. Every method
 * throws {@link StoreUnavailable} when the store cannot be reached; a write that threw may still have happened.
 */
export interface UserStore {
  findByEmail(canonical: string): Promise<UserCredentials | null>
  findById(id: string): Promise<UserCredentials | null>
  /** The account and the session behind a request, or `null` if the session is over or the account disabled. */
  findWithSession(sessionId: string, now: number): Promise<{ user: User; session: Session } | null>
  /** Makes an account and its first session; `null`, and nothing made, if the address has an account already. */
  create(account: NewAccount, start: SessionStart): Promise<StartedSession | null>
  /**
   * Starts a session; `null`, and nothing done, if the account is gone, disabled, or its password hash is not
   * `passwordHash` any more. Stores `rehashed` in its place, if given.
   */
  startSession(start: SessionStart & { readonly rehashed: string | null }): Promise<StartedSession | null>
  /** Replaces the password, ends every session and starts `prepared`; `null`, and nothing done, if `currentHash` is not current. */
  changePassword(change: {
    readonly userId: string
    readonly currentHash: string
    readonly newHash: string
    readonly prepared: PreparedSession
  }): Promise<StartedSession | null>
  /** Gives the account another name; `null`, and nothing done, if the session is over or the account disabled. */
  rename(
    session: { readonly id: string; readonly userId: string },
    name: string | null,
    now: number,
  ): Promise<User | null>
  /** Deletes the account and ends its sessions; `null`, and nothing done, if its hash is not `passwordHash`. */
  delete(
    account: { readonly userId: string; readonly passwordHash: string },
    now: number,
  ): Promise<readonly EndedSession[] | null>
}

export interface NewAccount {
  readonly user: User
  readonly canonicalEmail: string
}

export interface SessionStart {
  readonly prepared: PreparedSession
  /** The hash the password was checked against. */
  readonly passwordHash: string
  /** Sessions whose credentials came along: signing in ends them. */
  readonly presented: readonly PresentedSession[]
}

/** The session has begun. */
export interface StartedSession {
  /** Sessions that ended with it; their cached copies are still to be deleted. */
  readonly ended: readonly EndedSession[]
}
