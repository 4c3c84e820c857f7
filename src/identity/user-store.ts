import type { DeviceProof } from '../devices/device'
import type { RequestSource } from '../request-source/request-source'
import type { Mode } from '../sessions/mode'
import type { PreparedSession } from '../sessions/prepared-session'
import type { Session } from '../sessions/session'
import type { EndedSession, PresentedSession } from '../sessions/session-store'
import type { ReservedAttempt } from '../throttling/attempt-budget'
import type { User, UserCredentials } from './user'

/**
 * The truth about accounts, and the transactions that change an account together with its sessions. Every method
 * throws {@link StoreUnavailable} when the store cannot be reached; a write that threw may still have happened.
 */
export interface UserStore {
  findById(id: string): Promise<UserCredentials | null>
  /** Returns the account and the session behind a request, or `null` if the session is over or the account disabled. */
  findWithSession(
    sessionId: string,
    now: number,
  ): Promise<(UserCredentials & { readonly session: Session }) | null>
  /** Makes an account and its first session; `null`, and nothing made, if the address has an account already. */
  create(account: NewAccount, start: SessionStart): Promise<StartedSession | null>
  /**
   * Starts a session; `null`, and nothing done, if the account is gone, disabled, or its password hash is not
   * `passwordHash` any more; or if there is the session already, or the session `unless`. Stores `rehashed` in its place, if given.
   */
  startSession(
    start: SessionStart & { readonly reserved: ReservedAttempt; readonly rehashed: string | null },
  ): Promise<StartedSession | null>
  /**
   * Replaces the password, ends every session, forgets every device and starts `prepared`; `null`, and nothing done, if `passwordHash`
   * is not current.
   */
  changePassword(
    change: Proof & {
      readonly newHash: string
      readonly prepared: PreparedSession
      readonly device: DeviceProof
    },
  ): Promise<StartedSession | null>
  /** Gives the account another name; `null`, and nothing done, if the session is over or the account disabled. */
  rename(
    session: { readonly id: string; readonly userId: string },
    name: string | null,
    now: number,
  ): Promise<User | null>
  /** Deletes the account and ends its sessions; `null`, and nothing done, if its hash is not `passwordHash`. */
  delete(
    account: Proof & {
      readonly userId: string
      readonly session: { readonly id: string; readonly mode: Mode }
    },
    now: number,
  ): Promise<readonly EndedSession[] | null>
}

export interface NewAccount {
  readonly user: User
  readonly canonicalEmail: string
}

/** Describes who gave the right password: recorded with what it was given for. The attempt is taken back then. */
export interface Proof {
  /** The hash the password was checked against. */
  readonly passwordHash: string
  readonly reserved: ReservedAttempt
  readonly source: RequestSource
}

export interface SessionStart {
  readonly passwordHash: string
  readonly source: RequestSource
  readonly prepared: PreparedSession
  readonly device: DeviceProof
  /** Sessions whose credentials came along: signing in ends them. */
  readonly presented: readonly PresentedSession[]
  /** The id of a session that an equal request may have started before. */
  readonly unless?: string | null
}

/** The session has begun. */
export interface StartedSession {
  /** As they were when it began: those read before the password was checked may be old by now. */
  readonly roles: readonly string[]
  /** The device of the account that the client is from now on. */
  readonly deviceId: string | null
  /** Sessions that ended with it or are not swept yet; their cached copies are still to be deleted. */
  readonly ended: readonly EndedSession[]
}
