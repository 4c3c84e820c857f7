/** Says what opens an account besides what is being removed, as this service is set up. */
export interface WaysIn {
  /** Says whether mail does: a link to sign in. */
  readonly mail: boolean
  /** Says whether passkeys are served. */
  readonly passkeys: boolean
  /** The providers that are configured: the identity of another opens nothing. */
  readonly providers: readonly string[]
}
