import type { JWK } from 'jose'

/** The algorithms whose keys are pairs, made here and stored. */
export type PairAlg = 'ES256' | 'EdDSA'

/** A key pair at rest. */
export interface StoredSigningKey {
  /** RFC 7638 thumbprint. */
  readonly kid: string
  readonly alg: PairAlg
  readonly publicJwk: JWK
  /** PKCS#8, encrypted: see stored-private-key.ts. */
  readonly privateKey: string
  /** The id of the secret whose key encrypts it. */
  readonly encryptedWith: string
  readonly createdAt: number
  /** When it stopped signing; `null` while it signs. */
  readonly retiredAt: number | null
}

/** Every method throws {@link StoreUnavailable} when the store cannot be reached. */
export interface SigningKeyStore {
  /** The key that signs and those retired after `retiredAfter`. */
  list(alg: PairAlg, retiredAfter: number): Promise<readonly StoredSigningKey[]>
  /**
   * Makes `key` the one that signs, unless another already does: of many callers one succeeds, and the rest find its
   * key in the list. With `replaces`, retires that one first.
   */
  add(key: StoredSigningKey, options: { replaces: string | null; now: number }): Promise<void>
}
