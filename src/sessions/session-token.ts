import { encodeBase64url, parseBase64url } from '../crypto/base64url'
import { randomBytes } from '../crypto/random'
import { sha256 } from '../crypto/sha256'

/** The value of the session cookie, taken apart. Unverified. */
export interface SessionToken {
  readonly sessionId: string
  readonly secret: Uint8Array<ArrayBuffer>
}

/**
 * Mints the token of a session and the hash to store for it. The token is given to the client and kept nowhere.
 *
 * @param secret 32 bytes that nobody else can tell; random unless given.
 */
export async function mintSessionToken(
  sessionId: string,
  secret: Uint8Array<ArrayBuffer> = randomBytes(SECRET_BYTES),
): Promise<{ token: string; secretHash: string }> {
  return { token: formatSessionToken(sessionId, secret), secretHash: await hashSecret(secret) }
}

/** Returns the token: `<id>.<secret>`, 16 and 32 bytes, base64url without padding (RFC 4648 §5). */
export function formatSessionToken(sessionId: string, secret: Uint8Array): string {
  return `${sessionId}.${encodeBase64url(secret)}`
}

/** Takes a token apart, or gives `null` when it is not of the form. */
export function parseSessionToken(text: string): SessionToken | null {
  if (!/^[\w-]{22}\.[\w-]{43}$/.test(text)) return null
  const [sessionId = '', secretText = ''] = text.split('.')
  const secret = parseBase64url(secretText)
  return secret && { sessionId, secret }
}

/** Hashes a secret. A plain SHA-256 is enough for 32 random bytes: there is nothing to guess. */
export async function hashSecret(secret: Uint8Array<ArrayBuffer>): Promise<string> {
  return encodeBase64url(await sha256(secret))
}

const SECRET_BYTES = 32
