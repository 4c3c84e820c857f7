import type { DeviceProof } from '../devices/device'
import type { UserCredentials } from '../identity/user'
import type { StartedSession } from '../identity/user-store'
import type { WaysIn } from '../identity/ways-in'
import type { RequestSource } from '../request-source/request-source'
import type { WithMail } from '../runtime/queued-mail'
import type { Mode } from '../sessions/mode'
import type { PreparedSession } from '../sessions/prepared-session'
import type { Renewal, Renewed } from '../sessions/renewal'
import type { EndedSession, PresentedSession } from '../sessions/session-store'
import type { VerifiedChallenge } from './challenge'
import type { Assertion, VerifiablePasskey } from './verify-assertion'
import type { NewPasskey } from './verify-registration'

/** A passkey of an account. Instants are seconds since the epoch. */
export interface Passkey extends NewPasskey {
  /** 16 random bytes, base64url. A handle in routes; it opens nothing. */
  readonly id: string
  readonly userId: string
  /** Lists how browsers can reach its authenticator, as they said: `internal`, `hybrid`, `usb` and others. */
  readonly transports: readonly string[]
  /** Names it, as its owner does. */
  readonly name: string
  readonly createdAt: number
  readonly lastUsedAt: number | null
}

/** Limits the passkeys of an account: a registration lists them all. */
export const MOST_PASSKEYS = 20

/**
 * The truth about passkeys. Every method throws {@link StoreUnavailable} when it cannot be reached; a write that threw may still have
 * happened.
 */
export interface PasskeyStore {
  /** Returns the passkeys of an account, oldest first. */
  list(userId: string): Promise<readonly Passkey[]>
  /** Returns the passkeys of an account, oldest first, and its handle; `null`: it has had no passkey. */
  listOwned(
    userId: string,
  ): Promise<{ readonly userHandle: string | null; readonly passkeys: readonly Passkey[] }>
  /** Returns the passkeys of an account and its handle, which is `newHandle` if it has had none. */
  prepareFor(userId: string, newHandle: string): Promise<OwnedPasskeys>
  /**
   * Adds a passkey, unless the challenge was used before, the credential id is anybody's, the account has as many as it may have, or the
   * session is over.
   */
  add(passkey: Passkey, by: PasskeyChange & { readonly challenge: VerifiedChallenge }): Promise<AddedPasskey>
  /** Gives a passkey another name; `null` if the account has no such passkey. */
  rename(target: { readonly id: string; readonly userId: string }, name: string): Promise<Passkey | null>
  /**
   * Removes a passkey, ends the other sessions that rest on one, and records that, unless nothing else would open the account or be its
   * second factor where one is required.
   */
  remove(
    id: string,
    by: PasskeyChange,
    terms: { readonly ways: WaysIn; readonly secondFactorRequired: boolean },
  ): Promise<RemovedPasskey>
  /** Finds a passkey and its account by credential id. */
  find(credentialId: string): Promise<FoundPasskey | null>
  /**
   * Uses up the challenge, moves the counter and starts the session, in one transaction. `null` if the challenge was used before, the
   * passkey is gone, the account may not sign in, or another use has moved the counter beyond this one: then nothing begins, and the
   * challenge is used up.
   */
  signIn(use: PasskeySignIn): Promise<StartedSession | null>
  /** Uses up the challenge, moves the counter and renews the session, in one transaction. `null` as with {@link signIn}. */
  renewSession(use: Renewal & PasskeyUse): Promise<Renewed | null>
}

export interface OwnedPasskeys {
  /** 32 random bytes, base64url: how authenticators know the account (WebAuthn L3 §5.4.3). It says nothing of its owner. */
  readonly userHandle: string
  readonly passkeys: readonly Passkey[]
}

export type AddedPasskey =
  | ({ readonly outcome: 'added' } & WithMail)
  | { readonly outcome: 'challenge-used' | 'exists' | 'too-many' }

export type RemovedPasskey =
  | ({
      readonly outcome: 'removed'
      readonly credentialId: string
      /** Sessions that have ended, whose cached copies may be there still. */
      readonly ended: readonly EndedSession[]
    } & WithMail)
  /**
   * `unknown`: the account has no such passkey. `last-way-in`: nothing else would open the account. `last-factor`: it must have a second
   * factor, and has no other.
   */
  | { readonly outcome: 'last-way-in' | 'last-factor' | 'unknown' }

export interface FoundPasskey {
  readonly passkey: Passkey & VerifiablePasskey
  readonly account: UserCredentials
}

/** Names the person who changes the passkeys of their account, and in which session. */
export interface PasskeyChange {
  readonly userId: string
  readonly sessionId: string
  readonly mode: Mode
  readonly source: RequestSource
  readonly now: number
}

/** A use of a passkey that was verified. */
export interface PasskeyUse {
  readonly credentialId: string
  readonly challenge: VerifiedChallenge
  readonly assertion: Assertion
}

export interface PasskeySignIn extends PasskeyUse {
  readonly verifiedOnly: boolean
  readonly prepared: PreparedSession
  readonly presented: readonly PresentedSession[]
  readonly device: DeviceProof
  readonly source: RequestSource
  readonly now: number
}
