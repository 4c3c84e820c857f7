/** An account as its owner sees it: what `GET /me` calls `user`. Times are RFC 3339 in UTC. */
export interface User {
  readonly id: string
  readonly email: string
  readonly email_verified: boolean
  readonly name: string | null
  readonly roles: readonly string[]
  readonly created_at: string
}

/** A session as its owner sees it. The id is a handle for ending it, not a credential. */
export interface Session {
  readonly id: string
  readonly mode: 'session' | 'token'
  readonly created_at: string
  readonly last_seen_at: string
  readonly idle_expires_at: string
  readonly expires_at: string
  /** The User-Agent of the browser or app; `null` if it sent none. */
  readonly user_agent: string | null
  /** The device in words, such as `Firefox, Linux`; `null` if the user agent is unknown. */
  readonly device: string | null
  /** Two letters, ISO 3166-1; `null` if it is not known. */
  readonly country: string | null
  readonly current: boolean
}

/** Who is signed in. */
export interface SignedIn {
  readonly user: User
  readonly session: Session
}

export interface Credentials {
  readonly email: string
  readonly password: string
}

export interface NewAccount extends Credentials {
  readonly name?: string | null
}

/** What was mailed, and what the request for it was answered; browsers have the latter in a cookie, too. */
export interface SignInLink {
  readonly token: string
  readonly binding?: string
}

export interface PasswordChange {
  readonly current_password: string
  readonly new_password: string
}

/** What comes of signing up. */
export type SignUp =
  | (SignedIn & { readonly outcome: 'signed-in' })
  /** With `REGISTRATION=verified`: a link was mailed, and it wants this binding, which browsers have in a cookie, too. */
  | { readonly outcome: 'verification-sent'; readonly binding: string }

/** What token mode adds to a sign-in, and what a refresh answers (RFC 6749 §5.1). */
export interface TokenAnswer {
  readonly access_token: string
  /** For Janus's own routes; absent where the access token is. */
  readonly account_token?: string
  readonly expires_in: number
  /** Absent where it travels in a cookie. */
  readonly refresh_token?: string
  /** At a sign-in, where it does not travel in a cookie: says which device of the account this is. */
  readonly device_token?: string
}
