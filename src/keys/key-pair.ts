import type { JWK } from 'jose'
import { encodeBase64url } from '../crypto/base64url'
import type { Keyring } from '../crypto/keyring'
import { seal, unseal } from '../crypto/sealing'
import { sha256 } from '../crypto/sha256'
import type { PairAlg, StoredSigningKey } from './signing-key-store'

const PAIR_ALGORITHMS = {
  ES256: { name: 'ECDSA', namedCurve: 'P-256' },
  EdDSA: { name: 'Ed25519' },
  RS256: {
    name: 'RSASSA-PKCS1-v1_5',
    hash: 'SHA-256',
    modulusLength: 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
  },
} as const satisfies Record<PairAlg, SubtleCryptoGenerateKeyAlgorithm>

/** Generates a key pair, its private part encrypted with a key derived from the newest secret. */
export async function generateKeyPair(
  keyring: Keyring,
  { alg, generation, signsFrom }: Pick<StoredSigningKey, 'alg' | 'generation' | 'signsFrom'>,
): Promise<StoredSigningKey> {
  const generated = await crypto.subtle.generateKey(PAIR_ALGORITHMS[alg], true, ['sign', 'verify'])
  const { publicKey, privateKey } = generated as CryptoKeyPair
  const members = publicMembers((await crypto.subtle.exportKey('jwk', publicKey)) as JsonWebKey & JWK)
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
  const members = publicMembers(publicJwk) as JsonWebKey
  return crypto.subtle.importKey('jwk', members, PAIR_ALGORITHMS[alg], false, ['verify'])
}

/** Returns the members of a public key that are required, in the order of the alphabet (RFC 7638 §3.2). */
function publicMembers({ crv, e, kty, n, x, y }: JWK): JWK {
  // Named one by one, so that no private member can ever be published.
  return JSON.parse(JSON.stringify(kty === 'RSA' ? { e, kty, n } : { crv, kty, x, y })) as JWK
}

/** Returns the name of a public key, made of the key itself (RFC 7638 §3.1). */
async function thumbprint(members: JWK): Promise<string> {
  return encodeBase64url(await sha256(new TextEncoder().encode(JSON.stringify(members))))
}

/** Returns the name that a ciphertext is bound to, so that one key cannot take the place of another. */
function sealedName({ alg, kid }: Pick<StoredSigningKey, 'alg' | 'kid'>): string {
  return `${alg}:${kid}`
}
