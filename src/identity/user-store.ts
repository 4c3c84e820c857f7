import type { DeviceProof } from '../devices/device'
import type { RequestSource } from '../request-source/request-source'
import type { WithMail } from '../runtime/queued-mail'
import type { ProvenMethod } from '../sessions/assurance'
import type { Mode } from '../sessions/mode'
import type { PreparedSession } from '../sessions/prepared-session'
import type { Session } from '../sessions/session'
import type { EndedSession, PresentedSession } from '../sessions/session-store'
import type { ReservedAttempt } from '../throttling/attempt-budget'
import type { StoredMetadata } from './metadata'
import type { User, UserCredentials } from './user'

/**
 * The truth about accounts, and the transactions that change an account together with its sessions. Every method
 * throws {@link StoreUnavailable} when the store cannot be reached; a write that threw may still have happened.
 */
export interface UserStore {
  findById(id: string): Promise<(UserCredentials & { readonly metadata: StoredMetadata }) | null>
  /** Returns the account and the session behind a request, or `null` if the session is over or the account disabled. */
  findWithSession(
    sessionId: string,
    now: number,
  ): Promise<(UserCredentials & { readonly session: Session; readonly metadata: StoredMetadata }) | null>
  /** Makes an account and its first session; `null`, and nothing made, if the address has an account already. */
  create(account: NewAccount, start: SessionStart): Promise<StartedSession | null>
  /**
   * Starts a session; `null`, and nothing done, if the account is gone, disabled, or its password hash is not
   * `passwordHash` any more; or if there is the session already, or the session `unless`. Stores `rehashed` in its place, if given.
   */
  startSession(
    start: SessionStart & { readonly reserved: ReservedAttempt; readonly rehashed: string | null },
  ): Promise<StartedSession | null>
  /** Replaces halves of the metadata, for the app; `null`, and nothing done, if the account is gone or disabled. */
  setMetadata(
    userId: string,
    change: Partial<StoredMetadata>,
    by: { readonly source: RequestSource; readonly now: number },
  ): Promise<Profile | null>
}

/** An account with what is kept on it. */
export interface Profile {
  readonly user: User
  readonly metadata: StoredMetadata
}

/** A sign-in that has proven an account, and waits for its second factor. Nothing that can act exists before it is taken. */
export interface PendingRecord {
  /** SHA-256 of the secret of its handle. */
  readonly tokenHash: string
  readonly userId: string
  readonly mode: Mode
  readonly methods: readonly ProvenMethod[]
  /** Says whether the account has set up a second factor. `false`: it waits for a passkey, or for one to be set up. */
  readonly enrolled: boolean
  /** MACs of the codes that count while it waits (src/factors/expected-codes.ts). */
  readonly codeMacs: readonly string[]
  /** Says where the person wanted to go; `null` if they did not say so. */
  readonly returnTo: string | null
  /** Says when the first factor was proven (seconds). */
  readonly provenAt: number
  readonly expiresAt: number
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

/**
 * Proves a change of one's own account: by a right password that came with it, or a session whose person has proven a moment ago who they
 * are. Nothing is done if the account has another password by then.
 */
export interface OwnProof {
  /** The hash that the account has; `null`: it has none. */
  readonly passwordHash: string | null
  /** `null`: no password was given. */
  readonly reserved: ReservedAttempt | null
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
export interface StartedSession extends WithMail {
  /** As they were when it began: those read before the password was checked may be old by now. */
  readonly roles: readonly string[]
  /** The device of the account that the client is from now on. */
  readonly deviceId: string | null
  /** Sessions that ended with it or are not swept yet; their cached copies are still to be deleted. */
  readonly ended: readonly EndedSession[]
}
