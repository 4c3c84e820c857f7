/** Encodes bytes as base64url without padding (RFC 4648 §5). */
export function encodeBase64url(bytes: Uint8Array): string {
  return bytes.toBase64({ alphabet: 'base64url', omitPadding: true })
}

/**
 * Decodes canonical base64url without padding (RFC 4648 §5), or gives `null`.
 *
 * The platform's decoder skips white space and accepts several spellings of the same last byte (§3.5). Encoding
 * the result again leaves one spelling for each byte string, so no secret has a twin.
 */
export function parseBase64url(text: string): Uint8Array<ArrayBuffer> | null {
  if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) return null
  const bytes = Uint8Array.fromBase64(text, { alphabet: 'base64url' })
  return encodeBase64url(bytes) === text ? bytes : null
}
