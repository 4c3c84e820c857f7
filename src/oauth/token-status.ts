import type { RequestSource } from '../request-source/request-source'
import type { LiveSession } from '../sessions/session'
import type { Client, ClientProof } from './client'

/** Says where the store finds what a token stands for. */
export interface TokenPlace {
  /** The client that the token names; `null`: it names none, and its grant does. */
  readonly clientId: string | null
  /** The grant; `null`: no person stands behind the token. */
  readonly sessionId: string | null
  /** Names a token that no grant stands behind, until it expires. */
  readonly spent: { readonly id: string; readonly expiresAt: number } | null
}

/** Holds what the store says of a token. */
export interface TokenStatus {
  /** The client that asks, if it has proven who it is with a secret. */
  readonly caller: { readonly id: string; readonly serves: string | null } | null
  /** The grant, if it is live. */
  readonly grant: {
    readonly live: LiveSession
    readonly clientId: string
    readonly scope: string
    readonly resource: string | null
    /** Names the person to the client. */
    readonly subject: string
    readonly refreshCounter: number
  } | null
  /** The client that the token names, unless the token was revoked. */
  readonly client: Pick<Client, 'grants'> | null
}

/** Knows whether tokens of clients are live, and ends them. Every method throws {@link StoreUnavailable} when the store cannot be reached. */
export interface TokenStatusStore {
  /** Ends what a token of the client stands for, and nothing of another client. `false`, and nothing done, if the client has not proven who it is. */
  revoke(
    client: ClientProof,
    token: TokenPlace,
    terms: { readonly source: RequestSource; readonly now: number },
  ): Promise<boolean>
  /** Returns what stands behind a token, in one trip. */
  find(caller: ClientProof, token: TokenPlace, now: number): Promise<TokenStatus>
}
