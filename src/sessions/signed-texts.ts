import { encodeBase64url, parseBase64url } from '../crypto/base64url'
import type { Keyring } from '../crypto/keyring'

/**
 * Signs what Janus leaves where others may write: copies of sessions in a store, seals in a browser. Whoever writes there can therefore
 * neither sign anybody in nor change what a session says.
 *
 * A signed text is `<secret id>.<MAC>.<JSON>`. The MAC is HMAC-SHA-256 over issuer, key and JSON, with a key derived from a configured
 * secret for one purpose.
 */
export interface SignedTexts {
  /** Signs a text. @param key Whose it is: where a copy is stored, or the session token of a seal. For another key it is not valid. */
  sign(key: string, json: string): Promise<string>
  /** Returns the JSON, or `null` if no holder of a configured secret wrote it for this key. */
  open(key: string, text: string): Promise<string | null>
}

export function createSignedTexts({
  keyring,
  issuer,
  purpose,
}: {
  readonly keyring: Keyring
  readonly issuer: string
  readonly purpose: 'session-copy' | 'session-seal'
}): SignedTexts {
  // Neither an issuer nor a key has a line break, so no two triples give the same bytes.
  // guard: the signature of a copy covers its issuer
  // guard: the signature of a copy covers its key
  const macInput = (key: string, json: string) => new TextEncoder().encode(`${issuer}\n${key}\n${json}`)

  return {
    async sign(key, json) {
      const { secretId, key: macKey } = await keyring.newest(purpose)
      const mac = await crypto.subtle.sign('HMAC', macKey, macInput(key, json))
      return `${secretId}.${encodeBase64url(new Uint8Array(mac))}.${json}`
    },

    async open(key, text) {
      const [, secretId, macText = '', json = ''] = SIGNED_COPY.exec(text) ?? []
      const mac = parseBase64url(macText)
      if (!mac) return null
      // The id names the secret, so that a rotation costs no second verification.
      const secret = (await keyring.all(purpose)).find((each) => each.secretId === secretId)
      if (!secret) return null
      // Web Crypto compares in constant time.
      // guard: a copy in KV that Janus did not sign is ignored
      return (await crypto.subtle.verify('HMAC', secret.key, mac, macInput(key, json))) ? json : null
    },
  }
}

const SIGNED_COPY = /^([\w-]{8})\.([\w-]{43})\.(\{.*\})$/s
