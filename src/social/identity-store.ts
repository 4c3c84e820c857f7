import type { UserCredentials } from '../identity/user'
import type { NewAccount, PendingRecord, SessionStart, StartedSession } from '../identity/user-store'
import type { WaysIn } from '../identity/ways-in'
import type { RequestSource } from '../request-source/request-source'
import type { WithMail } from '../runtime/queued-mail'
import type { Mode } from '../sessions/mode'

/** Limits the identities of an account. */
export const MOST_IDENTITIES = 20

/** The name of an identity: nothing else finds its account. */
export interface IdentityKey {
  readonly issuer: string
  readonly subject: string
}

/** An identity of an account, as it is kept. Nothing that its provider issued is. */
export interface StoredIdentity extends IdentityKey {
  /** A handle in routes. */
  readonly id: string
  readonly userId: string
  /** The provider by which it came, as settings name it. */
  readonly provider: string
  /** The address that the provider stated then, for its owner to tell identities apart; it finds no account. */
  readonly email: string | null
  readonly createdAt: number
  readonly lastUsedAt: number | null
}

/** Something that is used once, as it is used. */
export interface OneTimeUse {
  readonly id: string
  readonly expiresAt: number
}

/** An identity that signs in. */
export interface IdentityUse extends IdentityKey {
  /** The attempt that it came by. */
  readonly attempt: OneTimeUse
  /** Requires a proven address of an account for signing in to it. */
  readonly verifiedOnly: boolean
  readonly source: RequestSource
  readonly now: number
}

/** Names the person who changes the identities of an account, and from where. */
export interface IdentityChange {
  readonly userId: string
  readonly sessionId: string
  readonly mode: Mode
  readonly source: RequestSource
  readonly now: number
}

export type Linked =
  | ({ readonly outcome: 'linked' } & WithMail)
  | { readonly outcome: 'used' | 'exists' | 'too-many' }

export type Unlinked =
  | ({ readonly outcome: 'unlinked' } & WithMail)
  | { readonly outcome: 'last-way-in' | 'unknown' }

type Start = Pick<SessionStart, 'prepared' | 'presented' | 'device'>

/** The identities of accounts. Every method throws {@link StoreUnavailable} when the store cannot be reached. */
export interface IdentityStore {
  /** Returns the account of an identity; and whether there is an account with an address, which says nothing of whose it is. */
  find(
    key: IdentityKey,
    canonicalEmail: string | null,
  ): Promise<{ readonly account: UserCredentials | null; readonly addressTaken: boolean }>
  /** Starts a session of its account. `null`, and nothing done, if the attempt was used, the identity is gone, or the account may not be signed in to. */
  signIn(use: IdentityUse & Start): Promise<StartedSession | null>
  /** Signs in as `signIn` does, for an account that has a second factor: the sign-in waits for it. */
  holdSignIn(use: IdentityUse & { readonly pending: PendingRecord }): Promise<boolean>
  /**
   * Makes an account whose address the provider has proven, with its identity and its first session. `null`, and nothing made, if the
   * attempt was used, or the address or the identity has an account.
   */
  register(
    use: IdentityUse & Start & { readonly account: NewAccount; readonly identity: StoredIdentity },
  ): Promise<StartedSession | null>
  /** Registers as `register` does, for an account whose first sign-in waits until a second factor is set up. */
  registerHeld(
    use: IdentityUse & {
      readonly account: NewAccount
      readonly identity: StoredIdentity
      readonly pending: PendingRecord
    },
  ): Promise<boolean>
  /** Lists those of an account, the oldest first. */
  list(userId: string): Promise<readonly StoredIdentity[]>
  /** Gives an account an identity, if the session is live. Notifies the owner. */
  link(identity: StoredIdentity, by: IdentityChange & { readonly used: OneTimeUse }): Promise<Linked>
  /** Takes one away, unless nothing else would open the account. Notifies the owner. */
  unlink(id: string, by: IdentityChange, ways: WaysIn): Promise<Unlinked>
}
