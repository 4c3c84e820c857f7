/** Bytes from the platform's cryptographically secure generator. */
export function randomBytes(lengthBytes: number): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(lengthBytes))
}

/** Returns whether a text has the form of an id: 16 bytes, base64url. A store is asked for no other, because not every one takes every text. */
export function isId(text: string): boolean {
  return /^[\w-]{22}$/.test(text)
}
