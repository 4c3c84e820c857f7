import { encodeBase64url } from './base64url'

/** Names the purpose of a derived key. No two purposes share key material (RFC 5869 §3.2), so no artefact of one passes for another. */
export type KeyPurpose =
  | 'refresh-token'
  | 'access-token'
  | SealingPurpose
  | 'password-pepper'
  | 'account-key'
  | 'device-credential'
  | 'session-copy'
  | 'session-seal'
  | 'derived-secret'
  | 'sign-in-code'
  | 'passkey-challenge'
  | 'second-factor-code'

/** Describes what is encrypted at rest: see sealing.ts. */
export type SealingPurpose =
  | 'signing-key-encryption'
  | 'mail-encryption'
  | 'totp-seed'
  | 'social-sign-in'
  | 'authorization-request'

export interface DerivedKey {
  /** Names the secret the key comes from, and tells nothing else of it: 8 characters of base64url. */
  readonly secretId: string
  readonly key: CryptoKey
}

/** Keys derived from the configured secrets, one for each secret and purpose, the newest secret first. */
export interface Keyring {
  /** Returns the key for new artefacts. */
  newest(purpose: KeyPurpose): Promise<DerivedKey>
  /** Returns all keys of a purpose, newest secret first, to check what was made before a rotation. */
  all(purpose: KeyPurpose): Promise<readonly DerivedKey[]>
}

/**
 * Derives keys from `AUTH_SECRET` with HKDF-SHA-256 (RFC 5869), at first use and once each.
 *
 * The salt is empty: the secret is required to be uniformly random (RFC 5869 §3.1), and the info string separates
 * purposes. No derived key can be exported.
 */
export function createKeyring([newest, ...older]: readonly [string, ...string[]]): Keyring {
  const derived = new Map<KeyPurpose, Promise<readonly [DerivedKey, ...DerivedKey[]]>>()

  function keysFor(purpose: KeyPurpose): Promise<readonly [DerivedKey, ...DerivedKey[]]> {
    const cached = derived.get(purpose)
    if (cached) return cached
    const keys = Promise.all([
      deriveKey(newest, purpose),
      ...older.map((secret) => deriveKey(secret, purpose)),
    ] as const)
    derived.set(purpose, keys)
    // A failure is not remembered.
    keys.catch(() => derived.delete(purpose))
    return keys
  }

  return {
    newest: async (purpose) => (await keysFor(purpose))[0],
    all: keysFor,
  }
}

const KEY_BITS = 256
const SECRET_ID_BITS = 48

const HMAC_SHA256 = {
  algorithm: { name: 'HMAC', hash: 'SHA-256', length: KEY_BITS },
  usages: ['sign', 'verify'],
}
const AES_256_GCM = { algorithm: { name: 'AES-GCM', length: KEY_BITS }, usages: ['encrypt', 'decrypt'] }

const KEY_KINDS: Record<KeyPurpose, { algorithm: { name: string; length: number }; usages: string[] }> = {
  'refresh-token': HMAC_SHA256,
  'access-token': HMAC_SHA256,
  'password-pepper': HMAC_SHA256,
  'account-key': HMAC_SHA256,
  'device-credential': HMAC_SHA256,
  'session-copy': HMAC_SHA256,
  'session-seal': HMAC_SHA256,
  'derived-secret': HMAC_SHA256,
  'sign-in-code': HMAC_SHA256,
  'second-factor-code': HMAC_SHA256,
  'passkey-challenge': HMAC_SHA256,
  'signing-key-encryption': AES_256_GCM,
  'mail-encryption': AES_256_GCM,
  'totp-seed': AES_256_GCM,
  'social-sign-in': AES_256_GCM,
  'authorization-request': AES_256_GCM,
}

async function deriveKey(secret: string, purpose: KeyPurpose): Promise<DerivedKey> {
  const material = await crypto.subtle.importKey('raw', new TextEncoder().encode(secret), 'HKDF', false, [
    'deriveBits',
    'deriveKey',
  ])
  const id = await crypto.subtle.deriveBits(hkdf('secret-id'), material, SECRET_ID_BITS)
  const { algorithm, usages } = KEY_KINDS[purpose]
  return {
    secretId: encodeBase64url(new Uint8Array(id)),
    key: await crypto.subtle.deriveKey(hkdf(purpose), material, algorithm, false, usages),
  }
}

function hkdf(purpose: KeyPurpose | 'secret-id') {
  const info = new TextEncoder().encode(`janus/v1/${purpose}`)
  return { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info }
}
