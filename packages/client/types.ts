/** An account as its owner sees it. Times are RFC 3339 in UTC. */
export interface User {
  readonly id: string
  readonly email: string
  readonly email_verified: boolean
  readonly name: string | null
  readonly roles: readonly string[]
  readonly created_at: string
}

/** An account with what is kept on it: what `GET /me` calls `user`. */
export interface Profile extends User {
  /** Holds what the person wrote, as the schema of the app takes it. */
  readonly user_metadata: Readonly<Record<string, unknown>>
  /** Holds what the app wrote. */
  readonly app_metadata: Readonly<Record<string, unknown>>
}

/** A session as its owner sees it. The id is a handle for ending it, not a credential. */
export interface Session {
  readonly id: string
  readonly mode: 'session' | 'token'
  readonly created_at: string
  readonly last_seen_at: string
  readonly idle_expires_at: string
  /** Says when the person last proved who they are (RFC 3339). */
  readonly authenticated_at: string
  /** Lists the methods of the sign-in (RFC 8176). */
  readonly amr: readonly string[]
  /** `urn:janus:2fa` if the second factor of the account was proven, too. */
  readonly acr: 'urn:janus:1fa' | 'urn:janus:2fa'
  readonly expires_at: string
  /** The User-Agent of the browser or app; `null` if it sent none. */
  readonly user_agent: string | null
  /** The device in words, such as `Firefox, Linux`; `null` if the user agent is unknown. */
  readonly device: string | null
  /** Two letters, ISO 3166-1; `null` if it is not known. */
  readonly country: string | null
  readonly current: boolean
}

/** A session in the list of an account. */
export interface ListedSession extends Session {
  /** The app that the person allowed, whose session it is; `null`: their own. */
  readonly app: GrantedApp | null
}

/** An app that may act for a person, and what it may do. */
export interface GrantedApp {
  readonly id: string
  readonly name: string
  /** Scopes, separated by spaces. */
  readonly scope: string
  /** The service at which it may do that. */
  readonly resource: string | null
}

/** Describes an app that a person connected, and what it may do. */
export interface ConnectedApp {
  /** A handle for disconnecting it. */
  readonly id: string
  readonly client_id: string
  readonly name: string
  /** The host that it is known by; `null`: the operator registered it. */
  readonly host: string | null
  /** Scopes, separated by spaces. */
  readonly scope: string
  /** The service at which it may do that; `null`: it is told who the person is. */
  readonly resource: string | null
  readonly created_at: string
  readonly last_seen_at: string
  readonly expires_at: string
}

/** Describes an API key, without the key. */
export interface ApiKey {
  /** A handle for revoking it. */
  readonly id: string
  readonly name: string
  /** Scopes, separated by spaces. */
  readonly scope: string
  /** The service at which it may do that. */
  readonly resource: string
  readonly created_at: string
  readonly expires_at: string
  /** The day on which it was last exchanged for a token, as in `2026-11-23`; `null`: it was not. */
  readonly last_used_on: string | null
}

/** Lists the API keys of an account, and what a key can be made for. */
export interface ApiKeys {
  readonly api_keys: readonly ApiKey[]
  readonly resources: readonly { readonly resource: string; readonly scopes: readonly string[] }[]
}

/** Describes who is signed in. */
export interface SignedIn {
  readonly user: User
  readonly session: Session
}

/** Describes who is signed in, with what is kept on the account. */
export interface Me extends SignedIn {
  readonly user: Profile
}

/** The first step of a sign-in to an account with a second factor. Nobody is signed in by it. */
export interface PendingSignIn {
  /**
   * Lists what may be proven next. Where the account must have a second factor and has none: what may be set up, or `link`, to sign in by mail
   * first. Empty: the account has only passkeys, and the service accepts none.
   */
  readonly next: readonly ('totp' | 'recovery-code' | 'passkey' | 'enrol-totp' | 'enrol-passkey' | 'link')[]
  /** Says how many seconds the sign-in waits. */
  readonly expires_in: number
  /** Send it with the second factor in token mode. In session mode it is in a cookie. */
  readonly pending?: string
}

/** Describes a passkey of the account. */
export interface Passkey {
  readonly id: string
  /** Its id in WebAuthn. */
  readonly credential_id: string
  readonly name: string
  /** Says whether it is kept on more devices than one. */
  readonly synced: boolean
  readonly created_at: string
  readonly last_used_at: string | null
}

/** Describes the second factor of the account. */
export interface SecondFactor {
  readonly totp: { readonly confirmed_at: string } | null
  readonly recovery_codes_left: number
  /** Says when every factor is removed (RFC 3339), because somebody who reads the mail says that all are lost; `null`: nobody does. */
  readonly recovery_due_at: string | null
}

/** An authenticator app that waits for its first code. */
export interface TotpOffer {
  readonly enrolment: string
  readonly seed: string
  /** Show it as a QR code. */
  readonly otpauth_uri: string
}

/** Recovery codes. Only this answer has them. */
export interface RecoveryCodes {
  readonly recovery_codes: readonly string[]
}

/** A code of the authenticator app, or a recovery code. */
export type FactorCode = { readonly code: string } | { readonly recovery_code: string }

/** Lists what renews the proof of this session. */
export interface OwnProofs {
  readonly next: readonly ('password' | 'totp' | 'recovery-code' | 'passkey' | 'link')[]
  readonly authenticated_at: string
}

export interface Credentials {
  readonly email: string
  readonly password: string
  /** The token of the widget, where the service has `TURNSTILE_SITE_KEY`. */
  readonly turnstile_token?: string
}

export interface NewAccount extends Credentials {
  readonly name?: string | null
}

/** Holds what a request for mail returned. A client without cookies presents it with the link. */
export interface Binding {
  readonly binding: string
}

/** Holds the mailed link or its code, and the binding that the request returned, which browsers also have in a cookie. */
export type SignInLink = ({ readonly token: string } | { readonly code: string }) & Partial<Binding>

/** Holds the `return_to` of the request for the mail. Absent if there was none that is allowed. */
export interface Goal {
  readonly return_to?: string
}

/** An address was proven; and who is signed in, or how the sign-in goes on, where it was confirmed in the browser or client that registered. */
export interface EmailVerified extends Partial<SignedIn>, Partial<PendingSignIn>, Goal {
  readonly email_verified: boolean
  /** Says whether the account can sign in with a password now. */
  readonly has_password: boolean
}

/** A browser or app that an account knows. The id is a handle for forgetting it, not a credential. */
export interface Device {
  readonly id: string
  readonly created_at: string
  readonly last_seen_at: string
  readonly user_agent: string | null
  readonly device: string | null
  readonly country: string | null
  readonly current: boolean
}

/** Something that happened to an account. */
/** Everything that is kept of an account but its secrets: the account, and a list for each other place. */
export interface AccountExport {
  readonly account: Readonly<Record<string, unknown>>
  readonly [place: string]: Readonly<Record<string, unknown>> | readonly Readonly<Record<string, unknown>>[]
}

export interface Activity {
  readonly id: string
  readonly at: string
  /** Such as `signed-in`; the OpenAPI document lists them. More may come. */
  readonly event: string
  readonly outcome: 'success' | 'refused'
  /** Says why, by a short code. */
  readonly reason: string | null
  /** Says whether the owner did it, as far as that was proven. */
  readonly by_owner: boolean
  readonly session_id: string | null
  readonly mode: 'session' | 'token' | null
  readonly address: string | null
  readonly country: string | null
  readonly user_agent: string | null
  readonly device: string | null
}

export interface PasswordChange {
  readonly current_password: string
  readonly new_password: string
}

/** Describes the outcome of signing up. */
export type SignUp =
  | (SignedIn & { readonly outcome: 'signed-in' })
  /** The account was made, and must have a second factor. */
  | (PendingSignIn & { readonly outcome: 'second-factor-due' })
  /** With `REGISTRATION=verified`: a link was mailed, and it wants this binding, which browsers have in a cookie, too. */
  | { readonly outcome: 'verification-sent'; readonly binding: string }

/** Describes what token mode adds to a sign-in, and what a refresh answers (RFC 6749 §5.1). */
export interface TokenAnswer {
  readonly access_token: string
  readonly token_type?: string
  /** For Janus's own routes; absent where the access token is. */
  readonly account_token?: string
  readonly expires_in: number
  /** Absent where it travels in a cookie. */
  readonly refresh_token?: string
  /** At a sign-in, where it does not travel in a cookie: says which device of the account this is. */
  readonly device_token?: string
}
