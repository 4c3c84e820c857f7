import type { EndedSession } from '../sessions/session-store'
import type { EmailAddress } from './email-address'
import type { User } from './user'

/** An account as an administrator sees it. */
export interface AdministeredAccount {
  readonly user: User
  /** Identifies the account, and gives its place in a list of accounts. */
  readonly canonicalEmail: string
  /** Seconds since the epoch; `null`: it is not disabled. */
  readonly disabledAt: number | null
  readonly hasPassword: boolean
  /** Seconds since the epoch; `null`: it has no second factor. */
  readonly secondFactorAt: number | null
  readonly passkeys: number
  readonly identities: number
  readonly openSessions: number
}

/** Describes what an administrator changes about an account. */
export type AccountChange =
  | { readonly to: 'roles'; readonly roles: readonly string[] }
  | { readonly to: 'disabled' | 'enabled' | 'signed-out' | 'without-second-factor' | 'deleted' }

/** Whoever acts, and the roles that both accounts had when that was allowed. */
export interface ActedBy {
  readonly actorId: string
  readonly requestId: string
  readonly now: number
  /** As the database has them. If one of the two accounts has others by now, nothing happens. */
  readonly seen: { readonly actorRoles: string; readonly accountRoles: string }
}

/** Says how the person who is invited gets the link. */
export type InvitedBy =
  | { readonly mailIn: string }
  /** SHA-256 of the token that the caller hands over, base64url. */
  | { readonly tokenHash: string }

/** Administers the accounts of others. Every method throws {@link StoreUnavailable} when the store cannot be reached. */
export interface AccountAdministration {
  /** Returns the account of an id or of a canonical address, if there is one, and the roles that both have, as the database has them. */
  find(
    who: { readonly id: string; readonly canonicalEmail: string },
    actorId: string,
    now: number,
  ): Promise<{ readonly account: AdministeredAccount | null; readonly seen: ActedBy['seen'] }>
  /** Returns accounts whose canonical address begins with `prefix`, in the order of addresses, after address `after`. */
  search(
    page: { readonly prefix: string; readonly after: string; readonly limit: number },
    now: number,
  ): Promise<readonly AdministeredAccount[]>
  /** Changes an account. Nothing is recorded where nothing was to change. */
  change(
    userId: string,
    change: AccountChange,
    by: ActedBy,
  ): Promise<{ readonly changed: boolean; readonly ended: readonly EndedSession[] }>
  /** Makes an account without a password, and invites its owner. `false`, and nothing done, if the address has one. */
  inviteNew(
    account: {
      readonly userId: string
      readonly email: EmailAddress
      readonly name: string | null
      readonly roles: readonly string[]
    },
    carrier: InvitedBy,
    by: ActedBy,
  ): Promise<boolean>
  /**
   * Invites the owner of an address to an account that nobody has proven to be theirs, after taking away all that was set up there. `null`,
   * and nothing done, if the address is proven or the account disabled.
   */
  inviteAgain(
    userId: string,
    roles: readonly string[],
    carrier: InvitedBy,
    by: ActedBy,
  ): Promise<readonly EndedSession[] | null>
}
