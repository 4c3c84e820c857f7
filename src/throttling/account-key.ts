import { encodeBase64url } from '../crypto/base64url'
import type { Keyring } from '../crypto/keyring'

/** Names an account by its canonical address without telling the address. */
export type AccountKeys = (canonicalEmail: string) => Promise<string>

/**
 * Creates keys of attempts, and of records about addresses that have no account: HMAC-SHA-256, base64url. What somebody
 * typed may be another's address, or a password in the wrong field, and is not kept.
 *
 * A new `AUTH_SECRET` begins new counts; that costs an attacker a rotation.
 */
export function createAccountKeys(keyring: Keyring): AccountKeys {
  return async (canonicalEmail) => {
    const { key } = await keyring.newest('account-key')
    const mac = await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(canonicalEmail))
    return encodeBase64url(new Uint8Array(mac))
  }
}
