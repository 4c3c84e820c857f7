import { encodeBase64url } from '../crypto/base64url'
import { randomBytes } from '../crypto/random'
import { hashText } from '../crypto/sha256'
import type { Client, ClientProof } from './client'
import type { Grant, NewGrant } from './oauth-store'
import type { Granted, Resource } from './scopes'

/** Says how long a person may take to enter a code and to decide, in seconds. */
export const DEVICE_CODE_SECONDS = 10 * 60

/** Says how many seconds a device waits between two questions, and how many more when it asks too soon (RFC 8628 §3.5). */
export const POLL_SECONDS = 5

/** Letters without vowels, so that no code is a word, and none that look alike (RFC 8628 §6.1): 20 to the power of 8 codes. */
const LETTERS = 'BCDFGHJKLMNPQRSTVWXZ'
const CODE_LENGTH = 8

/** A request of a device, as its person is asked about it. */
export interface DeviceRequest {
  /** Hash of the code that was entered. */
  readonly userCodeHash: string
  readonly client: Client
  /** Of the person who entered it. */
  readonly email: string
  /** As the device sent it; `null`: it named none. */
  readonly scope: string | null
  readonly resource: string | null
}

/** A person who is signed in and entered a code. */
export interface DeviceOwner {
  readonly userId: string
  readonly sessionId: string
}

export type DevicePoll =
  | { readonly outcome: 'granted'; readonly grant: Grant }
  /** Settings have nothing of what was allowed; the code stays as it is. */
  | { readonly outcome: 'unserved'; readonly granted: Granted }
  | { readonly outcome: 'unknown-client' | 'pending' | 'too-soon' | 'denied' | 'expired' | 'invalid' }

/** Stores requests of devices. Every method throws {@link StoreUnavailable} when the store cannot be reached. */
export interface DeviceGrantStore {
  /** Starts a request of a client that may use the grant. `null`: the client has not proven who it is. */
  start(
    client: ClientProof,
    request: {
      readonly codeHash: string
      readonly userCodeHash: string
      readonly scope: string | null
      readonly resource: string | null
      readonly expiresAt: number
    },
  ): Promise<Client | null>
  /** Makes who entered a code its owner: from then on nobody else is asked about it. `null`: it is unknown, expired, decided, or another's. */
  claim(userCodeHash: string, owner: DeviceOwner, now: number): Promise<DeviceRequest | null>
  /** Notes what the owner decided, once. `false`: it is too late, or somebody else's. */
  decide(
    userCodeHash: string,
    owner: DeviceOwner,
    decision: { readonly allowed: boolean; readonly scope: string; readonly resource: string | null },
    now: number,
  ): Promise<boolean>
  /** Takes the device code of a client for exactly one caller, once its person has allowed it, and only for what settings name still. */
  poll(
    client: ClientProof,
    code: {
      readonly codeHash: string
      readonly resource: string | null
      readonly served: readonly Resource[]
    },
    grant: NewGrant,
  ): Promise<DevicePoll>
  /** Forgets requests that expired before an instant, at most `limit`. */
  forget(expiredBefore: number, limit: number): Promise<void>
}

/** Returns a new code for a person to enter, in two groups. */
export function mintUserCode(): string {
  let code = ''
  while (code.length < CODE_LENGTH) {
    const [byte = 255] = randomBytes(1)
    // Every letter is as likely as another: 240 is a multiple of 20.
    if (byte < 240) code += LETTERS[byte % LETTERS.length]
  }
  return `${code.slice(0, 4)}-${code.slice(4)}`
}

/** Returns a code in its one form, whatever its case, its blanks and its hyphens; `null` if it cannot be one. */
export function parseUserCode(text: string): string | null {
  const letters = text.toUpperCase().replace(/[\s\p{Pd}]/gu, '')
  const isCode = letters.length === CODE_LENGTH && [...letters].every((letter) => LETTERS.includes(letter))
  return isCode ? `${letters.slice(0, 4)}-${letters.slice(4)}` : null
}

export function hashUserCode(code: string): Promise<string> {
  return hashText(`user code\n${code}`)
}

/** Returns a new device code: 256 bits. */
export function mintDeviceCode(): string {
  return encodeBase64url(randomBytes(32))
}
