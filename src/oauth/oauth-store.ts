import type { IdTokenAlg } from '../keys/signing-key-store'
import type { RequestSource } from '../request-source/request-source'
import type { AssuranceLevel } from '../sessions/assurance'
import type { ClosedTo } from '../sessions/factor-policy'
import type { LiveSession } from '../sessions/session'
import type { Rotation, RotationTerms } from '../sessions/session-store'
import type { AuthorizationRequest } from './authorization-request'
import type { Client, ClientProof } from './client'
import type { Person } from './person-claims'
import type { Granted, Resource } from './scopes'

/** Stores what Janus knows as an authorization server. Every method throws {@link StoreUnavailable} when the store cannot be reached. */
export interface OAuthStore {
  /** Returns the client, and who is signed in: everything that decides about a request, in one trip. */
  findAsked(asked: {
    readonly clientId: string
    readonly sessionId: string | null
    readonly resource: string | null
    readonly now: number
  }): Promise<AskedFacts>
  /**
   * Stores a code, and what was allowed if `consent` says so. `false`, and nothing done, if the session or its account is over or another's,
   * or the client is gone.
   */
  issueCode(code: NewCode): Promise<boolean>
  /** Takes a code for exactly one caller and starts its grant. A second use ends the grant. */
  redeem(code: PresentedCode): Promise<Redeemed>
  /** Moves the refresh counter of a grant on, for its own client alone, and only if no more is asked than was granted. */
  rotate(
    client: ClientProof,
    token: { readonly id: string; readonly counter: number },
    asked: RefreshAsked,
    terms: RotationTerms,
  ): Promise<RotatedGrant>
  /** Forgets codes that expired before an instant, at most `limit`. */
  forgetCodes(expiredBefore: number, limit: number): Promise<void>
}

export interface AskedFacts {
  readonly client: Client | null
  /** `null`: nobody is signed in. */
  readonly person: {
    readonly userId: string
    readonly email: string
    readonly authenticatedAt: number
    readonly acr: AssuranceLevel
    readonly sessionId: string
  } | null
  /** Holds the scope that the person allowed the client for the resource before; `null` if none. */
  readonly allowedScope: string | null
  /** Names the person to this client; `null`: nobody is signed in, or the client has not been told of them yet. */
  readonly subject: string | null
}

export interface NewCode {
  readonly codeHash: string
  readonly request: AuthorizationRequest
  readonly userId: string
  readonly sessionId: string
  readonly expiresAt: number
  /** Says whether the person has just allowed it, and it is remembered. */
  readonly remember: boolean
  readonly now: number
}

/** The grant that starts when a code is taken. */
export interface NewGrant {
  readonly grantId: string
  /** Names the person to a client that is not told the id of the account, if nothing does yet. */
  readonly newSubject: string
  /** Says for which accounts no grant begins of a session of one factor. */
  readonly closedTo: ClosedTo
  readonly idleExpiresAt: number
  readonly expiresAt: number
  readonly source: RequestSource
  readonly now: number
}

/** A code as a client presents it. */
export interface PresentedCode extends NewGrant {
  readonly client: ClientProof
  readonly codeHash: string
  readonly redirectUri: string
  /** Of the verifier that was presented. */
  readonly challenge: string
  /** `null`: none was named, so it is that of the code. */
  readonly resource: string | null
  /** Lists the resources that settings name: for another, or for none of its scopes, no code is taken. */
  readonly served: readonly Resource[]
}

/** A grant: a session that a client has. */
export interface Grant {
  readonly live: LiveSession
  readonly clientId: string
  readonly scope: string
  /** `null`: its access tokens open UserInfo. */
  readonly resource: string | null
  /** Names the person to this client: the id of the account, or what stands for it in the client's sector. */
  readonly subject: string
  readonly idTokenAlg: IdTokenAlg
  readonly person: Person
}

export type Redeemed =
  | {
      readonly outcome: 'redeemed'
      readonly grant: Grant
      readonly nonce: string | null
      /** Names the claims about the person that the ID token has to say. */
      readonly inIdToken: readonly string[]
    }
  /** There is no such client, or its secret is another. */
  | { readonly outcome: 'unknown-client' }
  | { readonly outcome: 'invalid' }
  /** Settings have nothing of what was granted; the code stays as it is. */
  | { readonly outcome: 'unserved'; readonly granted: Granted }
  /** The code had been used; what it had given was ended. */
  | { readonly outcome: 'reused'; readonly grantId: string }

/** Holds what a client asks for with a refresh token. */
export interface RefreshAsked {
  /** `null`: all of what was granted. */
  readonly scopes: readonly string[] | null
  /** `null`: that of the grant. */
  readonly resource: string | null
  /** Lists the resources that settings name: of another, and with none of its scopes, there are no tokens. */
  readonly served: readonly Resource[]
}

export type RotatedGrant =
  | { readonly outcome: 'rotated'; readonly grant: Grant; readonly counter: number }
  /** The token stays as it is. */
  | { readonly outcome: 'other-resource' | 'wider-scope' }
  | { readonly outcome: 'unknown-client' }
  | Extract<Rotation, { readonly outcome: 'reused' | 'over' }>
