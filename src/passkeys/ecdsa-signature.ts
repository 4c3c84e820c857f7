/**
 * Returns an ECDSA signature over P-256 as Web Crypto takes it, r and s of 32 bytes each, from the DER that authenticators send
 * (RFC 3279 §2.2.3), or `null`. Every signature has one spelling: shortest lengths, no zero in front that is not needed, nothing behind.
 */
export function parseEcdsaSignature(der: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> | null {
  // Two integers of at most 33 bytes: the length is one byte.
  if (der[0] !== SEQUENCE || der[1] !== der.length - 2 || der.length > MAX_LENGTH) return null
  const r = readInteger(der, 2)
  const s = r && readInteger(der, r.end)
  if (!s || s.end !== der.length) return null
  const raw = new Uint8Array(2 * SIZE)
  raw.set(r.value, SIZE - r.value.length)
  raw.set(s.value, 2 * SIZE - s.value.length)
  return raw
}

const [SEQUENCE, INTEGER] = [0x30, 0x02]
const SIZE = 32
const MAX_LENGTH = 2 + 2 * (2 + SIZE + 1)

/** Reads a positive integer of at most 32 bytes. */
function readInteger(der: Uint8Array<ArrayBuffer>, at: number) {
  const length = der[at + 1] ?? 0
  const end = at + 2 + length
  if (der[at] !== INTEGER || length === 0 || end > der.length) return null
  const [first = 0, second = 0] = der.subarray(at + 2, end)
  if (first >= 0x80) return null
  // A zero in front only where the next bit would make the number negative.
  if (first === 0 && length > 1 && second < 0x80) return null
  const value = der.subarray(first === 0 ? at + 3 : at + 2, end)
  return value.length <= SIZE ? { value, end } : null
}
