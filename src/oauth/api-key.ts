import { randomBytes } from '../crypto/random'
import { hashText } from '../crypto/sha256'
import type { RequestSource } from '../request-source/request-source'
import type { WithMail } from '../runtime/queued-mail'
import type { LiveSession } from '../sessions/session'

// Personal API keys: what a person makes for a program of their own. A key is exchanged for access tokens, and opens nothing by itself.

/** The type of a key that is exchanged (RFC 8693 §3). */
export const API_KEY_TYPE = 'urn:janus:token-type:api-key'

/** Bounds the open keys of an account. */
export const MOST_API_KEYS = 20

/** Bounds the life of a key, in days. Every key ends: one that nobody remembers shall not work for ever. */
export const API_KEY_DAYS = { least: 1, most: 366, usual: 90 }

const DAY_SECONDS = 24 * 60 * 60

/** Scanners of secrets find it by this. */
const PREFIX = 'jk_'

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** 62 to the power of 43 is more than 2 to the power of 256. */
const SECRET_LENGTH = 43
const CHECKSUM_LENGTH = 6

/** Returns a new key: `jk_`, 43 random digits of base 62, and six of their CRC-32. */
export function mintApiKey(): string {
  let secret = ''
  while (secret.length < SECRET_LENGTH) {
    const [byte = 255] = randomBytes(1)
    // Every digit is as likely as another: 248 is a multiple of 62.
    if (byte < 248) secret += DIGITS[byte % 62]
  }
  return `${PREFIX}${secret}${checksumOf(secret)}`
}

/** Returns whether a text can be a key: its checksum tells, without a store being asked. */
export function isApiKey(text: string): boolean {
  const [, secret = '', checksum] = /^jk_([0-9A-Za-z]{43})([0-9A-Za-z]{6})$/.exec(text) ?? []
  // guard: what cannot be a key costs no trip to the store
  return checksum !== undefined && checksum === checksumOf(secret)
}

/** Returns what is stored of a key. A plain SHA-256 is enough for 256 random bits. */
export function hashApiKey(key: string): Promise<string> {
  return hashText(`api key\n${key}`)
}

/** Returns the CRC-32 (ISO/IEC 3309) of a text of ASCII, in base 62. */
function checksumOf(text: string): string {
  let crc = -1
  for (const byte of new TextEncoder().encode(text)) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (0xedb88320 & -(crc & 1))
  }
  let rest = ~crc >>> 0
  let digits = ''
  while (digits.length < CHECKSUM_LENGTH) {
    digits = `${DIGITS[rest % 62]}${digits}`
    rest = Math.floor(rest / 62)
  }
  return digits
}

/** Returns the beginning of a day in UTC. */
export function dayOf(at: number): number {
  return at - (at % DAY_SECONDS)
}

/** Returns when a key of so many days ends. */
export function endOfDays(now: number, days: number): number {
  return now + days * DAY_SECONDS
}

/** Returns the client that a key is in tokens and lists. No account and no registered client has such an id. */
export function clientOfKey(keyId: string): string {
  return `k_${keyId}`
}

/** A key as it is made. */
export interface NewApiKey {
  readonly id: string
  readonly hash: string
  readonly name: string
  readonly scope: string
  readonly resource: string
  readonly expiresAt: number
  /** The session of its owner, whose proofs it rests on. */
  readonly userId: string
  readonly sessionId: string
  readonly source: RequestSource
  readonly now: number
}

/** A key that was presented. */
export interface UsedApiKey {
  readonly live: LiveSession
  readonly scope: string
  readonly resource: string
}

/** Stores keys. What ends and lists sessions ends and lists them. Every method throws {@link StoreUnavailable} when the store cannot be reached. */
export interface ApiKeyStore {
  /** Makes a key, with the mail and the record of it. `over`: the session of its owner has ended. Otherwise nothing is done, either. */
  create(
    key: NewApiKey,
  ): Promise<({ readonly outcome: 'created' } & WithMail) | { readonly outcome: 'too-many' | 'over' }>
  /** Returns the live key of a hash, or `null`, and notes the day. One trip. */
  use(hash: string, now: number): Promise<UsedApiKey | null>
}
