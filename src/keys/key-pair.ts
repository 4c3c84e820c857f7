import type { JWK } from 'jose'
import { encodeBase64url } from '../crypto/base64url'
import type { Keyring } from '../crypto/keyring'
import { seal, unseal } from '../crypto/sealing'
import { sha256 } from '../crypto/sha256'
import type { PairAlg, StoredSigningKey } from './signing-key-store'

const PAIR_ALGORITHMS = {
  ES256: { name: 'ECDSA', namedCurve: 'P-256' },
  EdDSA: { name: 'Ed25519' },
} as const satisfies Record<PairAlg, { name: string; namedCurve?: string }>

/** Generates a key pair, its private part encrypted with a key derived from the newest secret. */
export async function generateKeyPair(
  keyring: Keyring,
  { alg, generation, signsFrom }: Pick<StoredSigningKey, 'alg' | 'generation' | 'signsFrom'>,
): Promise<StoredSigningKey> {
  const generated = await crypto.subtle.generateKey(PAIR_ALGORITHMS[alg], true, ['sign', 'verify'])
  const { publicKey, privateKey } = generated as CryptoKeyPair
  const { kty, crv, x, y } = (await crypto.subtle.exportKey('jwk', publicKey)) as JsonWebKey & JWK
  // Named one by one, so that no private member can ever be published.
  const members = { kty, crv, x, ...(y === undefined ? {} : { y }) } as JWK
  const kid = await thumbprint(members)

  const pkcs8 = (await crypto.subtle.exportKey('pkcs8', privateKey)) as ArrayBuffer
  const sealed = await seal(keyring, 'signing-key-encryption', sealedName({ alg, kid }), pkcs8)
  return {
    kid,
    alg,
    generation,
    signsFrom,
    publicJwk: { ...members, kid, alg, use: 'sig' },
    privateKey: sealed.text,
    encryptedWith: sealed.secretId,
    rotationRequested: false,
  }
}

/** Returns the private key, not extractable, or `null` if no configured secret decrypts it. */
export async function decryptPrivateKey(
  stored: StoredSigningKey,
  keyring: Keyring,
): Promise<CryptoKey | null> {
  const sealed = { text: stored.privateKey, secretId: stored.encryptedWith }
  const pkcs8 = await unseal(keyring, 'signing-key-encryption', sealedName(stored), sealed)
  return pkcs8 && crypto.subtle.importKey('pkcs8', pkcs8, PAIR_ALGORITHMS[stored.alg], false, ['sign'])
}

export function importPublicKey({ alg, publicJwk }: StoredSigningKey): Promise<CryptoKey> {
  const { kty = '', crv = '', x = '', y = null } = publicJwk
  const members = { kty, crv, x, ...(y === null ? {} : { y }) }
  return crypto.subtle.importKey('jwk', members, PAIR_ALGORITHMS[alg], false, ['verify'])
}

/** Returns the name of a public key, made of the key itself (RFC 7638 §3.1): its required members in the order of the alphabet. */
async function thumbprint({ crv, kty, x, y }: JWK): Promise<string> {
  return encodeBase64url(await sha256(new TextEncoder().encode(JSON.stringify({ crv, kty, x, y }))))
}

/** So that one key's ciphertext cannot be put in the place of another's. */
function sealedName({ alg, kid }: Pick<StoredSigningKey, 'alg' | 'kid'>): string {
  return `${alg}:${kid}`
}
