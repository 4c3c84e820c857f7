import { calculateJwkThumbprint, importJWK, type JWK } from 'jose'
import { encodeBase64url, parseBase64url } from '../crypto/base64url'
import type { Keyring } from '../crypto/keyring'
import { randomBytes } from '../crypto/random'
import type { PairAlg, StoredSigningKey } from './signing-key-store'

const PAIR_ALGORITHMS = {
  ES256: { name: 'ECDSA', namedCurve: 'P-256' },
  EdDSA: { name: 'Ed25519' },
} as const satisfies Record<PairAlg, { name: string; namedCurve?: string }>

/** AES-GCM wants a nonce of 96 bits, never used twice with a key (NIST SP 800-38D §8.2.2). */
const NONCE_BYTES = 12

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
  const kid = await calculateJwkThumbprint(members)

  const { secretId, key } = await keyring.newest('signing-key-encryption')
  const nonce = randomBytes(NONCE_BYTES)
  const pkcs8 = (await crypto.subtle.exportKey('pkcs8', privateKey)) as ArrayBuffer
  const ciphertext = await crypto.subtle.encrypt(aesGcm(nonce, { alg, kid }), key, pkcs8)
  return {
    kid,
    alg,
    generation,
    signsFrom,
    publicJwk: { ...members, kid, alg, use: 'sig' },
    privateKey: `${encodeBase64url(nonce)}.${encodeBase64url(new Uint8Array(ciphertext))}`,
    encryptedWith: secretId,
    rotationRequested: false,
  }
}

/** The private key, not extractable, or `null` if no configured secret decrypts it. */
export async function decryptPrivateKey(
  stored: StoredSigningKey,
  keyring: Keyring,
): Promise<CryptoKey | null> {
  const [nonce, ciphertext] = stored.privateKey.split('.').map(parseBase64url)
  const keys = await keyring.all('signing-key-encryption')
  const key = keys.find(({ secretId }) => secretId === stored.encryptedWith)?.key
  if (!nonce || !ciphertext || !key) return null
  try {
    const pkcs8 = await crypto.subtle.decrypt(aesGcm(nonce, stored), key, ciphertext)
    return await crypto.subtle.importKey('pkcs8', pkcs8, PAIR_ALGORITHMS[stored.alg], false, ['sign'])
  } catch {
    // Web Crypto says only that it failed: the row was altered. The caller reports and replaces the key.
    return null
  }
}

export async function importPublicKey(stored: StoredSigningKey): Promise<CryptoKey> {
  const key = await importJWK(stored.publicJwk, stored.alg)
  if (key instanceof Uint8Array) throw new TypeError('A public key is no shared secret')
  return key
}

/** Algorithm and id are authenticated along, so that one key's ciphertext cannot be put in the place of another's. */
function aesGcm(nonce: Uint8Array<ArrayBuffer>, { alg, kid }: Pick<StoredSigningKey, 'alg' | 'kid'>) {
  return { name: 'AES-GCM', iv: nonce, additionalData: new TextEncoder().encode(`${alg}:${kid}`) }
}
