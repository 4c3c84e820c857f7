import type { PresentedProblem } from '../http/problem'
import type { Metadata, MetadataHalf } from '../identity/metadata'
import type { Principal } from './principal'
import type { RecentTerms } from './recent-proof'

/** Describes who is behind a request, or the refusal to answer it with. Plain data: it travels over a service binding. */
export type Verdict =
  | {
      readonly ok: true
      readonly principal: Principal
      /** The value of a `Set-Cookie` header to add to the answer: the seal by which the next requests of this browser need no storage. */
      readonly setCookie?: string
    }
  | { readonly ok: false; readonly problem: PresentedProblem }

/** An account, as an app beside Janus may see it; `null`: it is deleted or disabled. */
export type UserAnswer =
  | { readonly ok: true; readonly user: UserFacts | null }
  | { readonly ok: false; readonly problem: PresentedProblem }

/** As `GET /me` has it. Times are RFC 3339 in UTC. */
export interface UserFacts {
  readonly id: string
  readonly email: string
  readonly email_verified: boolean
  readonly name: string | null
  readonly roles: readonly string[]
  readonly created_at: string
  /** Holds what the owner of the account wrote, as the schema of the app takes it. */
  readonly user_metadata: Metadata
  /** Holds what the app wrote. */
  readonly app_metadata: Metadata
}

/** Halves of the metadata of an account, each to be replaced; `null` empties one. */
export type MetadataChange = { readonly [Half in MetadataHalf]?: Metadata | null }

/** Describes whether a session was ended by this call, or why that is not known. */
export type SessionEnd =
  | { readonly ok: true; readonly ended: boolean }
  | { readonly ok: false; readonly problem: PresentedProblem }

/**
 * Describes what Janus tells the app next to it: over a service binding, or in the same Worker. Nothing is thrown; what goes wrong is a problem,
 * as the HTTP routes would answer it.
 */
export interface CallerService {
  /**
   * Returns who is behind a request, in either mode, as the HTTP routes decide it. As stale as docs/explain/staleness.md says.
   *
   * @param headers Those of the request: `Authorization`, or `Cookie` with `Sec-Fetch-Site` and `Origin`.
   * @param method That of the request. Without it the request counts as one that changes something, so that a foreign page cannot have made it.
   */
  authenticate(headers: Headers, method?: string): Promise<Verdict>
  /** Authenticates as `authenticate` does, and asks the database whether the session is still active: one read by primary key. */
  requireLive(headers: Headers, method?: string): Promise<Verdict>
  /**
   * Authenticates as `authenticate` does, and refuses a person whose last proof is older than `terms.maxAge` seconds or below `terms.acr`, with the challenge of
   * RFC 9470 (`insufficient-user-authentication`).
   */
  requireRecent(headers: Headers, terms: RecentTerms, method?: string): Promise<Verdict>
  /** Returns the name, address, roles and metadata of an account as they are now: one read of the database by primary key. */
  user(principal: Pick<Principal, 'userId'>): Promise<UserAnswer>
  /** Replaces halves of the metadata of an account, in one write. What the schema of the app refuses is `invalid-input`. */
  setMetadata(principal: Pick<Principal, 'userId'>, change: MetadataChange): Promise<UserAnswer>
  /**
   * Ends a session, whoever it belongs to, in either mode; recorded in the audit trail as `ended-by-service`. `ended` is `false` for one
   * that is unknown or over.
   */
  endSession(id: string): Promise<SessionEnd>
}
