import { isDocumentUrl } from './client-document'

/** An app that may ask Janus to sign people in (RFC 6749 §2). */
export interface Client {
  /** `c_` and 22 characters, or the URL of its document: no account has such an id. */
  readonly id: string
  readonly name: string
  /** Says whether the client has a secret, and so can prove who it is. */
  readonly confidential: boolean
  /** Says whether the operator of Janus runs it, too. */
  readonly firstParty: boolean
  readonly redirectUris: readonly string[]
  /** Lists the scopes that it may request. An app that registered itself and names none may request whatever there is. */
  readonly scopes: readonly string[]
  /** Lists the grant types that it may use. */
  readonly grants: readonly string[]
  /** Says who vouches for the rest: the operator of Janus, the owner of the URL at which its document stands, or nobody. */
  readonly registeredBy: 'operator' | 'document' | 'itself'
  /** Says when its document is read again, in seconds; `null`: it has none. */
  readonly freshUntil: number | null
  /** Says until when its document counts while it cannot be read again, in seconds. */
  readonly countsUntil: number
  /** Says where a browser may be led after its person has signed out. */
  readonly postLogoutRedirectUris: readonly string[]
}

/** Holds what a client presents about itself at the token endpoint: its id, and the hash of its secret if it sent one. */
export interface ClientProof {
  readonly clientId: string
  /** SHA-256, base64url; `null`: none was sent, which proves a public client alone. */
  readonly secretHash: string | null
}

/** Returns whether a text may be the id of a client. A store is asked for no other. */
export function isClientId(text: string): boolean {
  return /^c_[\w-]{22}$/.test(text) || isDocumentUrl(text)
}
