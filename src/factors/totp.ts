import { constantTimeEqual } from '../crypto/constant-time'

// One-time codes of authenticator apps: TOTP (RFC 6238) over HOTP (RFC 4226), with what every app supports: SHA-1, six digits, 30 seconds.

/** For how long one code is shown. */
export const TOTP_STEP_SECONDS = 30

/** The length that RFC 4226 §4 R6 recommends. */
export const TOTP_SEED_BYTES = 20

const DIGITS = 6

export interface HotpTerms {
  readonly hash: 'SHA-1' | 'SHA-256' | 'SHA-512'
  readonly digits: number
}

/** Returns the code for a counter (RFC 4226 §5.3). */
export async function hotp(
  seed: Uint8Array<ArrayBuffer>,
  counter: number,
  { hash, digits }: HotpTerms = { hash: 'SHA-1', digits: DIGITS },
): Promise<string> {
  const key = await crypto.subtle.importKey('raw', seed, { name: 'HMAC', hash }, false, ['sign'])
  const message = new DataView(new ArrayBuffer(8))
  message.setBigUint64(0, BigInt(counter))
  const mac = new DataView(await crypto.subtle.sign('HMAC', key, message))
  const offset = mac.getUint8(mac.byteLength - 1) & 0x0f
  const truncated = mac.getUint32(offset) & 0x7fffffff
  return String(truncated % 10 ** digits).padStart(digits, '0')
}

/** Returns the step of an instant: the counter of its code. */
export function totpStep(now: number): number {
  return Math.floor(now / TOTP_STEP_SECONDS)
}

/** Returns the steps whose codes are accepted at an instant: its own and the one before, for whoever types slowly (RFC 6238 §5.2). */
export function acceptedSteps(now: number): readonly number[] {
  return [totpStep(now), totpStep(now) - 1]
}

/** Returns the step whose code was typed, of those that are accepted at `now`; `null` if it is none of them. */
export async function findStep(
  seed: Uint8Array<ArrayBuffer>,
  code: string,
  now: number,
): Promise<number | null> {
  const encoder = new TextEncoder()
  let found: number | null = null
  for (const step of acceptedSteps(now)) {
    if (constantTimeEqual(encoder.encode(await hotp(seed, step)), encoder.encode(code))) found ??= step
  }
  return found
}

/** Returns what a QR code or a link hands to an authenticator app (Google Authenticator, Key URI Format). */
export function otpauthUri(of: {
  readonly brand: string
  readonly account: string
  readonly seed: Uint8Array
}): string {
  // A colon separates brand and account, so neither may hold one.
  const label = [of.brand, of.account].map((text) => encodeURIComponent(text.replaceAll(':', ' '))).join(':')
  const query = `secret=${encodeBase32(of.seed)}&issuer=${encodeURIComponent(of.brand.replaceAll(':', ' '))}`
  return `otpauth://totp/${label}?${query}&algorithm=SHA1&digits=${DIGITS}&period=${TOTP_STEP_SECONDS}`
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** Encodes as base32 without padding (RFC 4648 §6). */
export function encodeBase32(bytes: Uint8Array): string {
  let bits = ''
  for (const byte of bytes) bits += byte.toString(2).padStart(8, '0')
  return bits.replace(/.{1,5}/g, (five) => BASE32[Number.parseInt(five.padEnd(5, '0'), 2)] ?? '')
}
