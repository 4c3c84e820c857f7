import { encodeBase64url, parseBase64url } from './base64url'
import type { Keyring, SealingPurpose } from './keyring'
import { randomBytes } from './random'

/** Describes what was encrypted, and with the key of which secret. */
export interface Sealed {
  /** `<nonce>.<ciphertext>`, base64url. */
  readonly text: string
  readonly secretId: string
}

/** AES-GCM wants a nonce of 96 bits, never used twice with a key (NIST SP 800-38D §8.2.2). */
const NONCE_BYTES = 12

/**
 * Encrypts with AES-256-GCM under a key derived from the newest secret.
 *
 * @param name Authenticated along, so that one ciphertext cannot be put in the place of another.
 */
export async function seal(
  keyring: Keyring,
  purpose: SealingPurpose,
  name: string,
  bytes: BufferSource,
): Promise<Sealed> {
  const { secretId, key } = await keyring.newest(purpose)
  const nonce = randomBytes(NONCE_BYTES)
  const ciphertext = await crypto.subtle.encrypt(aesGcm(nonce, name), key, bytes)
  return { text: `${encodeBase64url(nonce)}.${encodeBase64url(new Uint8Array(ciphertext))}`, secretId }
}

/** Returns what was sealed, or `null` if no configured secret decrypts it. */
export async function unseal(
  keyring: Keyring,
  purpose: SealingPurpose,
  name: string,
  sealed: Sealed,
): Promise<ArrayBuffer | null> {
  const [nonce, ciphertext] = sealed.text.split('.').map(parseBase64url)
  const keys = await keyring.all(purpose)
  const key = keys.find(({ secretId }) => secretId === sealed.secretId)?.key
  if (!nonce || !ciphertext || !key) return null
  try {
    return await crypto.subtle.decrypt(aesGcm(nonce, name), key, ciphertext)
  } catch {
    // Web Crypto says only that it failed: what was stored was altered. The caller reports it.
    return null
  }
}

function aesGcm(nonce: Uint8Array<ArrayBuffer>, name: string) {
  // guard: a private key is bound to its id
  return { name: 'AES-GCM', iv: nonce, additionalData: new TextEncoder().encode(name) }
}
