import { encodeBase64url } from './base64url'

/** Returns the SHA-256 (FIPS 180-4) of bytes: 32 bytes. */
export async function sha256(bytes: BufferSource): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
}

/** Returns the SHA-256 of a text in UTF-8, base64url. */
export async function hashText(text: string): Promise<string> {
  return encodeBase64url(await sha256(new TextEncoder().encode(text)))
}
