import { encodeBase64url } from '../crypto/base64url'
import { randomBytes } from '../crypto/random'
import { sha256 } from '../crypto/sha256'
import { encodeBase32 } from './totp'

/** Counts the codes that an account gets at once. */
export const RECOVERY_CODES = 10

const BYTES = 15
const GROUP = 4

/** Codes as they are shown, once, and the hashes under which they are stored. */
export interface MintedRecoveryCodes {
  readonly codes: readonly string[]
  readonly hashes: readonly string[]
}

/**
 * Mints the recovery codes of an account: 120 random bits each, `abcd-efgh-…`. So many that a plain hash is enough (NIST SP 800-63B-4
 * §3.1.2.2 asks for a slow one below 112), and that they survive a rotation of `AUTH_SECRET`.
 */
export async function mintRecoveryCodes(): Promise<MintedRecoveryCodes> {
  const plain = Array.from({ length: RECOVERY_CODES }, () => encodeBase32(randomBytes(BYTES)).toLowerCase())
  return {
    codes: plain.map((code) => code.match(new RegExp(`.{${GROUP}}`, 'g'))?.join('-') ?? code),
    hashes: await Promise.all(plain.map(hashRecoveryCode)),
  }
}

/** The form of a code, once blanks and hyphens are gone. */
export const RECOVERY_CODE = /^[a-z2-7]{24}$/

/** Returns the hash under which a code is stored, of its form without hyphens. */
export async function hashRecoveryCode(code: string): Promise<string> {
  return encodeBase64url(await sha256(new TextEncoder().encode(code)))
}
