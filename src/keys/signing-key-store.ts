import type { JWK } from 'jose'

/** The algorithms whose keys are pairs, made here and stored. Access tokens are signed with the first two alone, ID tokens with {@link IdTokenAlg}. */
export type PairAlg = 'ES256' | 'EdDSA' | 'RS256'

/** The algorithms of ID tokens (OpenID Connect Core §15.1). Their keys sign nothing else. */
export type IdTokenAlg = 'RS256' | 'ES256'

/** A key pair at rest. */
export interface StoredSigningKey {
  /** RFC 7638 thumbprint. */
  readonly kid: string
  readonly alg: PairAlg
  /** Its place in the succession, from 1. */
  readonly generation: number
  /** From then on it signs, until its successor does. */
  readonly signsFrom: number
  readonly publicJwk: JWK
  /** PKCS#8, encrypted: see key-pair.ts. */
  readonly privateKey: string
  /** The id of the secret whose key encrypts it. */
  readonly encryptedWith: string
  /** An operator wants a successor. */
  readonly rotationRequested: boolean
}

/** Every method throws {@link StoreUnavailable} when the store cannot be reached. */
export interface SigningKeyStore {
  /** Returns the keys of an algorithm, oldest first. */
  list(alg: PairAlg): Promise<readonly StoredSigningKey[]>
  /** Adds a key, unless its generation is taken: of many callers one gets `true`, and the rest find its key in the list. */
  add(key: StoredSigningKey): Promise<boolean>
  /** Forgets the keys of an algorithm before a generation. */
  deleteBefore(alg: PairAlg, generation: number): Promise<void>
}
