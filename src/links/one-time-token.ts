import { encodeBase64url, parseBase64url } from '../crypto/base64url'
import { constantTimeEqual } from '../crypto/constant-time'
import { randomBytes } from '../crypto/random'
import { hashSecret } from '../sessions/session-token'

/** Names the purpose of a mailed link. */
export type TokenPurpose = 'register' | 'verify-email' | 'reset-password' | 'sign-in' | 'change-email'

const MINUTE = 60
const HOUR = 60 * MINUTE

/**
 * Sets how long each works. NIST SP 800-63B-4 §4.2.1.2 allows 24 hours by mail for recovery; what opens an account by itself lives
 * shorter. The texts of the mails say the same (mail/texts).
 */
export const TOKEN_LIFETIME_SECONDS: Readonly<Record<TokenPurpose, number>> = {
  register: 24 * HOUR,
  'verify-email': 24 * HOUR,
  'reset-password': HOUR,
  'sign-in': 15 * MINUTE,
  'change-email': 24 * HOUR,
}

/** A secret as it is handed out, and as it is stored. */
export interface MintedSecret {
  /** 32 random bytes, base64url. */
  readonly text: string
  /** SHA-256 of the bytes, base64url. */
  readonly hash: string
}

/** Mints a one-time token, or the secret that binds one to the browser or client that asked for it. */
export async function mintSecret(): Promise<MintedSecret> {
  return toSecret(randomBytes(SECRET_BYTES))
}

/** Returns 32 bytes that nobody can guess as a secret. */
export async function toSecret(bytes: Uint8Array<ArrayBuffer>): Promise<MintedSecret> {
  return { text: encodeBase64url(bytes), hash: await hashSecret(bytes) }
}

/** Returns the hash under which a secret is stored, or `null` if the text is not of the form. */
export async function hashSecretText(text: string): Promise<string | null> {
  const bytes = text.length === SECRET_LENGTH ? parseBase64url(text) : null
  return bytes && hashSecret(bytes)
}

/** Returns whether a secret that was presented is the one that was stored. */
export async function matchesSecret(presented: string | null, storedHash: string | null): Promise<boolean> {
  const hash = presented === null ? null : await hashSecretText(presented)
  if (hash === null || storedHash === null) return false
  const encoder = new TextEncoder()
  return constantTimeEqual(encoder.encode(hash), encoder.encode(storedHash))
}

const SECRET_BYTES = 32
const SECRET_LENGTH = 43
