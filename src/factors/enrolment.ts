import type { Sealed } from '../crypto/sealing'
import type { User } from '../identity/user'
import type { OwnedPasskeys, Passkey } from '../passkeys/passkey-store'
import type { Mode } from '../sessions/mode'
import type { Begun, FinishedSignIn, PendingHandle } from './pending-sign-in'

/** Holds the factor that completes a sign-in whose account must have a second factor and has none. */
export type NewFactor =
  | {
      readonly method: 'totp'
      readonly sealed: Sealed
      /** The step of the code that confirmed it: that code is used. */
      readonly step: number
      readonly recoveryHashes: readonly string[]
    }
  | { readonly method: 'passkey' | 'synced-passkey'; readonly passkey: Passkey }

/** Setting up a second factor in a sign-in that waits for it. Every method throws {@link StoreUnavailable} when the store cannot be reached. */
export interface EnrolmentStore {
  /**
   * Returns the account of a pending sign-in that may set up a second factor; `null` if there is no such sign-in any more, the account has a
   * factor by now, or nobody has proven the mailbox where mail is sent.
   */
  findAccount(pending: PendingHandle, mode: Mode, now: number): Promise<User | null>
  /** Returns the passkeys of an account and its handle for authenticators, which is `newHandle` if it has had none. */
  preparePasskey(userId: string, newHandle: string): Promise<OwnedPasskeys>
  /**
   * Begins the session of a pending sign-in, takes it, and sets the factor up, in one transaction, on the conditions of {@link findAccount}.
   * Ends every other session of the account and notifies its owner. `null`, and nothing done, if a condition does not hold.
   */
  finish(
    enrolled: Omit<FinishedSignIn, 'factor' | 'presented'> & { readonly factor: NewFactor },
  ): Promise<Begun | null>
}
