/** Encodes bytes as hex in small letters. Node 24 has no `toHex`, and the command seals the audit trail on it. */
export function encodeHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
