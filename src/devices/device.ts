import { encodeBase64url } from '../crypto/base64url'
import { randomBytes } from '../crypto/random'
import type { RequestSource } from '../request-source/request-source'
import type { Mode } from '../sessions/mode'

/** A browser or client in which somebody has proven that an account is theirs, as its owner recognises it. */
export interface Device {
  /** 16 random bytes, base64url. A handle for forgetting it: the credential has a MAC besides. */
  readonly id: string
  readonly createdAt: number
  /** Says when the account was last proven there (seconds). */
  readonly lastSeenAt: number
  readonly userAgent: string | null
  readonly country: string | null
}

/** Sets how long a device is known that nobody uses: as long as a browser keeps a cookie at most (RFC 6265bis §5.5). */
export const DEVICE_LIFETIME_SECONDS = 400 * 24 * 60 * 60

/** Sets how many devices an account has at most; the one that was used least recently goes. */
export const MOST_DEVICES_OF_ACCOUNT = 20

export function newDeviceId(): string {
  return encodeBase64url(randomBytes(16))
}

/** Describes what a proof of an account does about the device that it comes from. */
export interface DeviceProof {
  /** Of the genuine credentials that came along: one that is of the account stays as it is. */
  readonly presentedIds: readonly string[]
  /** Otherwise the account gets a new one of this id. */
  readonly newId: string
}

export function deviceProof(presentedIds: readonly string[], newId: string = newDeviceId()): DeviceProof {
  return { presentedIds, newId }
}

/** The devices of one account. Every method throws {@link StoreUnavailable} when the store cannot be reached. */
export interface DeviceStore {
  /** Lists those that are known at `now`, the one used last first. */
  list(userId: string, now: number): Promise<readonly Device[]>
  /** Forgets devices that nobody has used for so long that they are not known any more, at most `limit` of them. */
  forgetUnused(now: number, limit: number): Promise<void>
}

/** The devices of one account, for its owner. Throws as {@link DeviceStore} does. */
export interface OwnDeviceStore {
  /** Forgets one; `false` if the account has none of that id. */
  forget(target: ForgottenDevice): Promise<boolean>
}

export interface ForgottenDevice {
  readonly id: string
  /** Names the owner, and the session in which they act. */
  readonly by: { readonly userId: string; readonly sessionId: string; readonly mode: Mode }
  readonly source: RequestSource
  readonly now: number
}
