import type { JWK } from 'jose'

/** Names how access tokens are signed (RFC 7518 §3.1, RFC 8037 §3.1). */
export type JwtAlg = 'ES256' | 'EdDSA' | 'HS256'

/** The key a new token is signed with. */
export interface Signer {
  readonly kid: string
  readonly key: CryptoKey
}

/** The keys of access tokens, or of ID tokens: one that signs, and all that still verify. */
export interface SigningKeys<Alg extends string = JwtAlg> {
  readonly alg: Alg
  /** Returns the key that signs. @throws {StoreUnavailable} If no key has been loaded yet and the store cannot be reached. */
  signer(): Promise<Signer>
  /** Returns the key of that id, or `null` if there is none or the last token it signed has ended. @throws {StoreUnavailable} as `signer`. */
  verifier(kid: string): Promise<CryptoKey | null>
  /** Returns the public keys (RFC 7517 §5), or `null` when the keys are shared secrets and none can be published. */
  keySet(): Promise<readonly JWK[] | null>
  /** Does what is due in the background: publishes a successor, forgets old keys. @throws {StoreUnavailable} */
  sweep(): Promise<void>
}
