import { encodeBase64url } from './base64url'

/** What a derived key is for. No two purposes share key material (RFC 5869 §3.2), so no artefact of one passes for another. */
export type KeyPurpose = 'refresh-token' | 'access-token' | 'signing-key-encryption' | 'password-pepper'

export interface DerivedKey {
  /** Names the secret the key comes from, and tells nothing else of it: 8 characters of base64url. */
  readonly secretId: string
  readonly key: CryptoKey
}

/** Keys derived from the configured secrets, one for each secret and purpose, the newest secret first. */
export interface Keyring {
  /** The key to make new things with. */
  newest(purpose: KeyPurpose): Promise<DerivedKey>
  /** All keys of a purpose, newest secret first, to check what was made before a rotation. */
  all(purpose: KeyPurpose): Promise<readonly DerivedKey[]>
}

/**
 * Derives keys from `AUTH_SECRET` with HKDF-SHA-256 (RFC 5869), once each.
 *
 * The salt is empty: the secret is required to be uniformly random (RFC 5869 §3.1), and the info string separates
 * purposes. The secrets themselves are not kept beyond the import, and no derived key can be exported.
 */
export function createKeyring(secrets: readonly [string, ...string[]]): Keyring {
  const [newestSecret, ...olderSecrets] = secrets
  const newest = importSecret(newestSecret)
  const older = olderSecrets.map(importSecret)
  const derived = new Map<KeyPurpose, readonly [Promise<DerivedKey>, ...Promise<DerivedKey>[]]>()

  function keysFor(purpose: KeyPurpose): readonly [Promise<DerivedKey>, ...Promise<DerivedKey>[]] {
    let keys = derived.get(purpose)
    if (!keys) {
      keys = [deriveKey(newest, purpose), ...older.map((secret) => deriveKey(secret, purpose))]
      derived.set(purpose, keys)
    }
    return keys
  }

  return {
    newest: (purpose) => keysFor(purpose)[0],
    all: (purpose) => Promise.all(keysFor(purpose)),
  }
}

interface ImportedSecret {
  readonly id: string
  readonly material: CryptoKey
}

const KEY_BITS = 256

const HMAC_SHA256 = {
  algorithm: { name: 'HMAC', hash: 'SHA-256', length: KEY_BITS },
  usages: ['sign', 'verify'],
}
const AES_256_GCM = { algorithm: { name: 'AES-GCM', length: KEY_BITS }, usages: ['encrypt', 'decrypt'] }

const KEY_KINDS: Record<KeyPurpose, { algorithm: { name: string; length: number }; usages: string[] }> = {
  'refresh-token': HMAC_SHA256,
  'access-token': HMAC_SHA256,
  'password-pepper': HMAC_SHA256,
  'signing-key-encryption': AES_256_GCM,
}

async function importSecret(secret: string): Promise<ImportedSecret> {
  const material = await crypto.subtle.importKey('raw', new TextEncoder().encode(secret), 'HKDF', false, [
    'deriveBits',
    'deriveKey',
  ])
  const id = await crypto.subtle.deriveBits(hkdf('secret-id'), material, 48)
  return { id: encodeBase64url(new Uint8Array(id)), material }
}

async function deriveKey(secret: Promise<ImportedSecret>, purpose: KeyPurpose): Promise<DerivedKey> {
  const { id, material } = await secret
  const { algorithm, usages } = KEY_KINDS[purpose]
  return {
    secretId: id,
    key: await crypto.subtle.deriveKey(hkdf(purpose), material, algorithm, false, usages),
  }
}

function hkdf(purpose: KeyPurpose | 'secret-id') {
  const info = new TextEncoder().encode(`janus/v1/${purpose}`)
  return { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info }
}
