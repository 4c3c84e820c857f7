import type { IdTokenAlg } from '../keys/signing-key-store'
import type { ProvenMethod } from '../sessions/assurance'
import type { Person } from './person-claims'

/** Stores what OpenID Connect adds to an authorization server. Every method throws {@link StoreUnavailable} when the store cannot be reached. */
export interface OpenIdStore {
  /** Returns the person whose grant a client has, as they are now; `null` if the grant is over or another's. One trip. */
  findPerson(grant: {
    readonly id: string
    readonly clientId: string
    readonly now: number
  }): Promise<ToldPerson | null>
  /** Takes the notices that are due for one caller until `until`, at most `limit`. */
  claimNotices(terms: {
    readonly now: number
    readonly until: number
    readonly limit: number
  }): Promise<readonly LogoutNotice[]>
  /** Forgets a notice: its client was told, or cannot be. */
  forgetNotice(grantId: string): Promise<void>
  /** Lets a notice be tried again. */
  postponeNotice(grantId: string, dueAt: number): Promise<void>
}

/** A person, as a client may be told of them. */
export interface ToldPerson extends Person {
  readonly subject: string
  readonly roles: readonly string[]
  readonly methods: readonly ProvenMethod[]
}

/** A client that waits to be told that a grant has ended. */
export interface LogoutNotice {
  readonly grantId: string
  readonly clientId: string
  /** `null`: the account is gone. */
  readonly subject: string | null
  readonly endedAt: number
  readonly attempts: number
  /** `null`: the client is gone, or wants to be told no more. */
  readonly to: { readonly uri: string; readonly alg: IdTokenAlg } | null
}
