import type { Principal } from '../guards/principal'
import type { RecentTerms } from '../guards/recent-proof'
import type { UserFacts } from '../guards/verdict'
import type { MetadataHalf } from '../identity/metadata'
import type { Refusal } from './or-problem'

/** Holds what the app decides about its administrators. */
export interface AdminOptions {
  /** The role that every call takes; `ADMIN_ROLE` by default. */
  readonly role?: string
  /** Roles that an administrator may give and take besides those that they have themselves. */
  readonly gives?: readonly string[]
  /**
   * Says how lately the administrator must have proven who they are, to change something or to export an account; within ten minutes by default.
   * With `acr: 'urn:janus:2fa'` it takes a second factor.
   */
  readonly recent?: RecentTerms
}

/** An account as an administrator sees it: as its owner does, without metadata, and with what an administrator decides by. */
export interface AccountFacts extends Omit<UserFacts, MetadataHalf> {
  readonly disabled_at: string | null
  readonly has_password: boolean
  readonly second_factor_at: string | null
  readonly passkeys: number
  readonly identities: number
  readonly open_sessions: number
}

/** Answers a call: with what it requests, or with the problem, as the HTTP routes would answer it. */
export type AdminAnswer<T> = ({ readonly ok: true } & T) | Refusal

/** The caller of a request, as `authenticate` returns it. The session behind it is looked up in each call. */
export type ActingPrincipal = Pick<Principal, 'userId' | 'sessionId' | 'mode'>

/** A change: `changed` is `false` if there was nothing to change, or somebody changed one of the two accounts meanwhile. */
export type Changed = AdminAnswer<{ readonly changed: boolean }>

/**
 * Administration of accounts, for an admin page. Each call names who acts, looks up their session and roles in the database, and writes them into the audit
 * trail with what it changes. Nothing is thrown. A refusal has problem `forbidden` without the role, `insufficient-user-authentication`
 * where the last proof is too old, `not-found` for an unknown account.
 */
export interface Administration {
  /**
   * Returns accounts in the order of their addresses, at most `limit` (1 to 100, 50 unless it is given), whose address begins with `prefix`.
   * `next` is `after` of the next page; `null`: there is none.
   */
  list(
    by: ActingPrincipal,
    page?: { readonly prefix?: string; readonly after?: string | null; readonly limit?: number },
  ): Promise<AdminAnswer<{ readonly accounts: readonly AccountFacts[]; readonly next: string | null }>>
  /** Returns the account of an id or an email address; `null`: there is none. */
  show(by: ActingPrincipal, who: string): Promise<AdminAnswer<{ readonly account: AccountFacts | null }>>
  /** Gives an account these roles and no others, and ends its sessions. */
  setRoles(by: ActingPrincipal, id: string, roles: readonly string[]): Promise<Changed>
  /** Ends the sessions of an account, and lets nobody sign in to it. */
  disable(by: ActingPrincipal, id: string): Promise<Changed>
  /** Lets the owner of an account sign in again. */
  enable(by: ActingPrincipal, id: string): Promise<Changed>
  /** Ends every session of an account. */
  endSessions(by: ActingPrincipal, id: string): Promise<Changed>
  /** Removes the authenticator app and the recovery codes of an account, and ends its sessions. */
  removeSecondFactor(by: ActingPrincipal, id: string): Promise<Changed>
  /** Deletes an account and all that is its own. */
  delete(by: ActingPrincipal, id: string): Promise<Changed>
  /** Returns everything that is kept of an account but its secrets: rows by the name of their place. */
  export(
    by: ActingPrincipal,
    id: string,
  ): Promise<AdminAnswer<{ readonly kept: Readonly<Record<string, readonly object[]>> }>>
  /**
   * Creates an account without a password and invites its owner by mail, in `language`. Where the service sends no mail, or `mail` is `false`, `link` is
   * what to hand over instead. The link works once, for 7 days; a newer one replaces it.
   */
  invite(
    by: ActingPrincipal,
    invited: {
      readonly email: string
      readonly name?: string | null
      readonly roles?: readonly string[]
      readonly language?: string
      readonly mail?: boolean
    },
  ): Promise<AdminAnswer<{ readonly id: string; readonly link: string | null }>>
}
