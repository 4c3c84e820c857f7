import type { Keyring } from './keyring'

/**
 * Derives 32 bytes from names and secrets: HMAC-SHA-256 under a key of `AUTH_SECRET`. Equal parts give equal bytes, and nobody without the
 * key can tell them, whatever else they know.
 */
export type DerivedSecrets = (...parts: readonly string[]) => Promise<Uint8Array<ArrayBuffer>>

export function createDerivedSecrets({
  keyring,
  issuer,
}: {
  readonly keyring: Keyring
  readonly issuer: string
}): DerivedSecrets {
  return async (...parts) => {
    const { key } = await keyring.newest('derived-secret')
    // As JSON, so that no two lists of parts are one text.
    const text = new TextEncoder().encode(JSON.stringify([issuer, ...parts]))
    return new Uint8Array(await crypto.subtle.sign('HMAC', key, text))
  }
}
