import type { DeviceProof } from '../devices/device'
import type { RequestSource } from '../request-source/request-source'
import type { Mode } from '../sessions/mode'
import type { PreparedSession } from '../sessions/prepared-session'
import type { Renewal, Renewed } from '../sessions/renewal'
import type { EndedSession } from '../sessions/session-store'
import type { OwnProof, Profile, Proof, StartedSession } from './user-store'

/**
 * Stores the changes that a person makes to their own account. Every method throws {@link StoreUnavailable} when the store cannot be reached; a write
 * that threw may still have happened.
 */
export interface OwnAccountStore {
  /** Renews a session whose person gave the password again; `null`, and nothing done, if `passwordHash` is not current or the session is over. */
  renewSession(renewal: Renewal & Pick<Proof, 'passwordHash' | 'reserved'>): Promise<Renewed | null>
  /**
   * Replaces the password, ends every session, forgets every device and starts `prepared`; `null`, and nothing done, if `passwordHash`
   * is not current.
   */
  changePassword(
    change: OwnProof & {
      readonly newHash: string
      readonly prepared: PreparedSession
      readonly device: DeviceProof
    },
  ): Promise<StartedSession | null>
  /**
   * Changes what an owner says of the account; `null`, and nothing done, if the session is over or the account disabled. What `change` does not
   * have stays.
   */
  changeProfile(
    session: { readonly id: string; readonly userId: string; readonly mode: Mode },
    change: {
      readonly name?: string | null | undefined
      /** JSON; `null`: none. */
      readonly userMetadata?: string | null | undefined
      readonly source: RequestSource
      readonly now: number
    },
  ): Promise<Profile | null>
  /**
   * Deletes the account and ends its sessions; `null`, and nothing done, if its hash is not `passwordHash`, or if it is that of the last
   * administrator.
   */
  delete(account: OwnDeletion, now: number): Promise<readonly EndedSession[] | null>
  /** Returns whether no other account that can be signed in to has the role of administrators, and this one has. */
  isLastAdministrator(userId: string): Promise<boolean>
}

/** Names an account and what its owner proved, in order to delete it. */
export interface OwnDeletion extends OwnProof {
  readonly userId: string
  readonly session: { readonly id: string; readonly mode: Mode }
}
