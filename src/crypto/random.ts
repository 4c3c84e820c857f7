/** Bytes from the platform's cryptographically secure generator. */
export function randomBytes(lengthBytes: number): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(lengthBytes))
}
