import type { DeviceProof } from '../devices/device'
import type { User } from '../identity/user'
import type { NewAccount, PendingRecord, Proof, StartedSession } from '../identity/user-store'
import { hashSecretText, type MintedSecret } from '../links/one-time-token'
import type { Passkey, PasskeyUse } from '../passkeys/passkey-store'
import type { RequestSource } from '../request-source/request-source'
import type { WithMail } from '../runtime/queued-mail'
import type { ProvenMethod } from '../sessions/assurance'
import type { Mode } from '../sessions/mode'
import type { PreparedSession } from '../sessions/prepared-session'
import type { PresentedSession } from '../sessions/session-store'

/** Says how long a sign-in waits for its second factor, in seconds. The texts of the page say the same. */
export const PENDING_SECONDS = 10 * 60

/** Limits the codes that may be tried in one pending sign-in. An account has a budget besides. */
export const PENDING_MAX_TRIES = 10

/** Limits the sign-ins of one account that wait; the oldest goes. */
export const MOST_PENDING = 10

/** A handle as a client presents it, unverified. */
export interface PendingHandle {
  readonly userId: string
  readonly tokenHash: string
}

/**
 * Returns the handle that the client keeps: `<user id>.<secret>`. The id is no secret and no proof. It lets one transaction take the pending
 * sign-in and begin the session of that account.
 */
export function formatPendingHandle(userId: string, secret: MintedSecret): string {
  return `${userId}.${secret.text}`
}

/** Takes a handle apart, or gives `null` if it is not of the form. */
export async function parsePendingHandle(text: string): Promise<PendingHandle | null> {
  const [, userId = '', secret = ''] = /^([\w-]{22})\.([\w-]{43})$/.exec(text) ?? []
  const tokenHash = await hashSecretText(secret)
  return tokenHash === null ? null : { userId, tokenHash }
}

/** Holds what is presented as second factor. */
export type PresentedFactor =
  /** Each step that is accepted now, with the MACs of the code that was typed as that step's code. */
  | {
      readonly method: 'totp'
      readonly candidates: readonly { readonly mac: string; readonly step: number }[]
    }
  | { readonly method: 'recovery'; readonly codeHash: string }
  | { readonly method: 'passkey' | 'synced-passkey'; readonly use: Omit<PasskeyUse, 'challenge'> }

/** A pending sign-in as it is taken, and the session that begins then. */
export interface FinishedSignIn extends PendingHandle {
  readonly factor: PresentedFactor
  readonly prepared: PreparedSession
  readonly presented: readonly PresentedSession[]
  readonly device: DeviceProof
  readonly source: RequestSource
  readonly now: number
}

/** The session of a sign-in that waited has begun. */
export interface Begun {
  readonly outcome: 'begun'
  readonly user: User
  readonly started: StartedSession
  readonly methods: readonly ProvenMethod[]
  readonly returnTo: string | null
}

export type Finish =
  | Begun
  /** The code is another, was used, or is too old. */
  | ({ readonly outcome: 'wrong-code' } & WithMail)
  | { readonly outcome: 'throttled'; readonly retryAfterSeconds: number }
  /** There is no such pending sign-in: it was taken, has expired, was tried too often, or the account has changed. */
  | { readonly outcome: 'over' }

/** Makes sign-ins by password wait; the other ways in do so where they use up what was presented. */
export interface Holding {
  /**
   * Makes a sign-in wait for the second factor of the account, on the conditions on which a session would start, and takes the attempt back.
   * `false`, and nothing done, if they do not hold or the account has no second factor any more.
   */
  holdPassword(
    held: Proof & {
      readonly pending: PendingRecord
      /** Is stored in place of the hash of the password, if given. */
      readonly rehashed: string | null
    },
  ): Promise<boolean>
  /** Makes an account whose first sign-in waits until a second factor is set up; `false`, and nothing made, if the address has an account already. */
  holdRegistration(
    account: NewAccount,
    held: Pick<Proof, 'passwordHash' | 'source'> & { readonly pending: PendingRecord },
  ): Promise<boolean>
}

/** Sign-ins that wait. Every method throws {@link StoreUnavailable} when the store cannot be reached. */
export interface PendingSignInStore extends Holding {
  /**
   * Counts a try against the account, takes the pending sign-in with a factor of its account, and begins the session, in one transaction. One
   * caller ever takes it, and a code is used by one caller.
   */
  finish(finished: FinishedSignIn): Promise<Finish>
  /** Returns the passkeys of the account of a sign-in that waits; none if there is no such sign-in. */
  findPasskeys(pending: PendingHandle, mode: Mode, now: number): Promise<readonly Passkey[]>
  /** Forgets those that expired before an instant, at most `limit`. */
  forget(expiredBefore: number, limit: number): Promise<void>
}
