import type { DeviceProof } from '../devices/device'
import type { EmailAddress } from '../identity/email-address'
import type { SecondFactor, User } from '../identity/user'
import type { PendingRecord, SessionStart, StartedSession } from '../identity/user-store'
import type { RequestSource } from '../request-source/request-source'
import type { WithMail } from '../runtime/queued-mail'
import type { EndedSession, PresentedSession } from '../sessions/session-store'
import type { ReservedAttempt } from '../throttling/attempt-budget'
import type { Source, SourceThrottled } from '../throttling/source-limit'
import type { MintedSecret, TokenPurpose } from './one-time-token'
import type { SignInCode } from './sign-in-code'

/**
 * The truth about what the links in mails are good for, and the transactions that use one up together with what it does.
 *
 * A token is used by exactly one caller, and ends the other links of its kind. It is good only while its account has the address and the
 * password that it had when the link was mailed. A newer link takes the place of an older one only if the same browser or client asked for
 * both: what a stranger asks for takes nothing away. Every method throws {@link StoreUnavailable} when the store cannot be reached; a write that threw may
 * still have happened.
 */
export interface LinkStore {
  /** Counts a request for mail to an address, known or not, before it is carried out. */
  reserve(request: MailRequest): Promise<MailReservation>
  /**
   * Keeps what somebody registered until the address is proven, and mails the link; or tells the owner of the account there is. Does nothing
   * if the same attempt did it seconds ago.
   */
  holdRegistration(registration: HeldRegistration): Promise<WithMail>
  /**
   * Counts as `reserve` does, and mails a link to the account of an address: to reset its password or to sign in. Nothing if
   * there is no such account or it is disabled, or the same attempt did it seconds ago.
   */
  issue(
    request: MailRequest &
      Issued & {
        readonly purpose: 'reset-password' | 'sign-in'
        /** Says where the person goes once the link is used; `null`: nowhere in particular. */
        readonly returnTo: string | null
        /** The code in the same mail. */
        readonly code?: SignInCode
      },
  ): Promise<LinkIssued>
  /**
   * Issues as `issue` does, to verify an address: of a registration that waits, or of an account whose address nobody has proven. A link asked for by
   * the client that registered carries its registration on; any other proves the address and leaves the registrations as they are. For an
   * account the binding counts only for who is signed in to it, as `userId`: nobody else need have chosen its password.
   */
  issueVerification(request: MailRequest & Issued & { readonly userId: string | null }): Promise<LinkIssued>
  /**
   * Mails a link to the address that an account is to have, or tells the owner of the account that has it already; tells the address
   * it has. The attempt at the password is taken back. `null`, and nothing done, if the same attempt did it seconds ago.
   */
  issueAddressChange(change: AddressChange): Promise<WithMail | null>
  /** Returns what a link does, or `null` if it is unknown, used, expired or of another purpose. Uses nothing up. */
  find(presented: FoundBy, purposes: readonly TokenPurpose[], now: number): Promise<FoundLink | null>
  /**
   * Charges a source for a try at the code of the newest sign-in link that the holder of a secret asked for, and counts it. Returns what the
   * code stands for, whatever was typed; `refused` if there is no such link, or its code or those of its account were tried too often; or
   * how long the source has to wait.
   */
  tryCode(attempt: {
    readonly bindingHash: string
    readonly sources: readonly Source[]
    readonly now: number
  }): Promise<
    (TriedCode & { readonly outcome: 'counted' }) | { readonly outcome: 'refused' } | SourceThrottled
  >
  /**
   * Makes the account of a registration, and starts its first session where one is given. `null`, and nothing done, if the token is used
   * up or the address is taken.
   */
  register(
    use: ProvenLink &
      NotedLink & {
        readonly account: VerifiedAccount
        readonly start: LinkSessionStart | null
        /** In place of a session: the sign-in that waits until a second factor is set up. */
        readonly pending?: PendingRecord | null
      },
  ): Promise<(KnownDevice & { readonly started: StartedSession | null }) | null>
  /**
   * Marks the address of an account as proven. `passwordHash` is what the account then has; unless it is what it had, every
   * session ends. `null`, and nothing done, if the token is used up.
   */
  verify(
    use: ProvenLink & NotedLink & { readonly userId: string; readonly passwordHash: string | null },
  ): Promise<ProvenAddress | null>
  /** Sets a password, ends every session and forgets every other device. `null`, and nothing done, if the token is used up. */
  resetPassword(
    use: ProvenLink & NotedLink & { readonly userId: string; readonly passwordHash: string },
  ): Promise<(ProvenAddress & WithMail) | null>
  /**
   * Starts a session. If nobody had proven the address before, the password goes, every other session ends, and the owner is told;
   * unless a live session of the account is among `presented`, for then the person in front of this browser has used the account before.
   * `null`, and nothing done, if the token is used up.
   */
  signIn(
    use: ProvenLink &
      LinkSessionStart & {
        /** Says whether there is a password that goes if none of `presented` is the account's. */
        readonly removesPassword: boolean
      },
  ): Promise<StartedSession | null>
  /**
   * Signs in as `signIn` does, for an account that has a second factor: the sign-in waits for it. `false`, and nothing done, if the token is used up or the
   * account has none any more, or will have none once its address is proven.
   */
  holdSignIn(
    use: UsedLink & { readonly pending: PendingRecord; readonly presented: readonly PresentedSession[] },
  ): Promise<boolean>
  /** Gives an account its new address. `null`, and nothing done, if the token is used up or the address is taken. */
  changeEmail(use: NotedLink & AddressChangeUse): Promise<WithMail | null>
  /** Returns what a link did that was used at `usedSince` or later; `null` if none was, or its account is gone or disabled. */
  findSpent(tokenHash: string, usedSince: number): Promise<SpentLink | null>
  /**
   * Forgets tokens and counts that expired before an instant, and uses of links and attempts that were made before another: at most `limit`
   * of each.
   */
  forget(before: { readonly expired: number; readonly used: number }, limit: number): Promise<void>
}

/** A code as it was tried. */
export interface TriedCode {
  readonly link: FoundLink
  readonly tokenHash: string
  readonly codeMac: string
}

/** Describes what a request presents of a link. */
export interface FoundBy {
  readonly tokenHash: string
  /** SHA-256 of the secret of the browser or client; `null` if it presents none. */
  readonly bindingHash: string | null
}

/** A session that begins with the use of a link. */
export type LinkSessionStart = Pick<SessionStart, 'prepared' | 'presented'>

/** A link as a request presents it to be used. */
export interface UsedLink {
  readonly tokenHash: string
  readonly source: RequestSource
  readonly now: number
}

/** A request for mail to an address, and whose budget it is counted against. */
export interface MailRequest {
  readonly purpose: TokenPurpose
  readonly canonicalEmail: string
  /** The key of the address. */
  readonly accountKey: string
  readonly asker: MailAsker
  /** `null`: the request stands alone. */
  readonly attempt: MailAttempt | null
  readonly now: number
}

/** A request for mail that its client has named, so that a second click is the same request. */
export interface MailAttempt {
  /** The key of the name, and of all that was asked for. */
  readonly key: string
  /** The same attempt was carried out before if it was at this instant or later. */
  readonly repeatedSince: number
}

export type MailReservation =
  | { readonly outcome: 'reserved' }
  /** The same attempt was carried out seconds ago. */
  | { readonly outcome: 'repeated' }
  | { readonly outcome: 'throttled'; readonly retryAfterSeconds: number }

/** Describes the outcome of a request for a link. It does not say whether there is an account; `mailIds` does, and is for the sender alone. */
export type LinkIssued =
  | ({ readonly outcome: 'accepted' } & WithMail)
  | { readonly outcome: 'throttled'; readonly retryAfterSeconds: number }

/** Describes who asks for mail, as far as is known before the store is asked. */
export type MailAsker =
  /** Anybody: a device or a session of the account, or a stranger. */
  | {
      readonly of: 'anybody'
      /** The key of each device whose genuine credential came along, by its id. Whether one is of the account only the store knows. */
      readonly deviceKeys: Readonly<Record<string, string>>
      /** The session behind the request and its key, if there is one. */
      readonly session: { readonly id: string; readonly key: string } | null
      readonly sources: readonly Source[]
    }
  /** An account that asks for mail to an address which is not its own. */
  | { readonly of: 'account'; readonly key: string }

/** Describes what is mailed. */
export interface Issued {
  readonly token: MintedSecret
  /** SHA-256 of the secret that the client has which asked; `null` where the link is good anywhere. */
  readonly bindingHash: string | null
  readonly source: RequestSource
}

/** A link as it is used, and what is noted of that: whoever uses it again in the same way within seconds gets the same outcome. */
export interface NotedLink extends UsedLink {
  /** SHA-256 of the secret that the use was proven with; `null` if it was with none. */
  readonly bindingHash: string | null
  readonly returnTo: string | null
}

/** A link whose use makes a device of the client that uses it. */
export interface ProvenLink extends UsedLink {
  readonly device: DeviceProof
}

/** Describes what a link did that was used seconds ago. */
export interface SpentLink extends Pick<NotedLink, 'tokenHash' | 'bindingHash' | 'returnTo'> {
  readonly purpose: TokenPurpose
  /** The account, as it is now. */
  readonly account: NonNullable<FoundLink['account']>
  /** The device that the use made of its client; `null` if it made none. */
  readonly deviceId: string | null
}

/** The device that the client is from now on. */
export interface KnownDevice {
  readonly deviceId: string | null
}

export interface ProvenAddress extends KnownDevice {
  /** Sessions that ended with it or are not swept yet; their cached copies are still to be deleted. */
  readonly ended: readonly EndedSession[]
}

export interface HeldRegistration {
  readonly email: EmailAddress
  readonly name: string | null
  /** `null`: none was chosen, because another provider vouches for the person. */
  readonly passwordHash: string | null
  readonly token: MintedSecret
  readonly bindingHash: string
  readonly returnTo: string | null
  readonly attempt: MailAttempt | null
  readonly source: RequestSource
  readonly now: number
}

export interface AddressChange {
  readonly userId: string
  /** The hash that the account has, as far as is known; `null`: none. */
  readonly passwordHash: string | null
  /** `null`: no password was given. */
  readonly reserved: ReservedAttempt | null
  readonly email: EmailAddress
  readonly token: MintedSecret
  readonly bindingHash: string
  readonly attempt: MailAttempt | null
  readonly source: RequestSource
  readonly now: number
}

export interface VerifiedAccount {
  readonly user: User
  readonly canonicalEmail: string
  /** `null`: the account has no password yet. */
  readonly passwordHash: string | null
}

export interface AddressChangeUse {
  readonly userId: string
  readonly oldEmail: string
  readonly email: EmailAddress
}

/** Names the purpose of a token. */
export interface FoundLink {
  readonly purpose: TokenPurpose
  readonly bindingHash: string | null
  /** The account, with the address that it has; `null` for a registration. */
  readonly account: {
    readonly user: User
    readonly canonicalEmail: string
    readonly passwordHash: string | null
    readonly secondFactor: SecondFactor | null
    readonly hasPasskeys: boolean
  } | null
  /** The address to have, of a registration or an address change. */
  readonly newEmail: EmailAddress | null
  /**
   * Holds what the browser or client chose that presents the link: the name and the password of its registration, whichever of the mails to
   * the address it opens. `null` if it has registered or asked for nothing there.
   */
  readonly registration: { readonly name: string | null; readonly passwordHash: string | null } | null
  /** Says where the person goes in the end, as it was requested. It may no longer be allowed. */
  readonly returnTo: string | null
}
