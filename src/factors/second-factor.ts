import type { Keyring } from '../crypto/keyring'
import { type Sealed, seal, unseal } from '../crypto/sealing'
import type { DeviceProof } from '../devices/device'
import type { StartedSession } from '../identity/user-store'
import type { RequestSource } from '../request-source/request-source'
import type { WithMail } from '../runtime/queued-mail'
import type { PreparedSession } from '../sessions/prepared-session'
import type { Renewal, Renewed } from '../sessions/renewal'

/** A second factor as its owner sees it. */
export interface OwnSecondFactor {
  readonly totpSince: number | null
  readonly recoveryCodesLeft: number
  /** Says when every factor is removed (seconds), because somebody says that all are lost; `null`: nobody does. */
  readonly recoveryDueAt: number | null
}

/** The seeds of authenticator apps, sealed for one account. */
export interface TotpSeeds {
  seal(userId: string, seed: Uint8Array<ArrayBuffer>): Promise<Sealed>
  /** Returns the seed, or `null` if no configured secret decrypts it for this account. */
  open(userId: string, sealed: Sealed): Promise<Uint8Array<ArrayBuffer> | null>
  /** Seals the seed of a factor that is not confirmed: it goes to the client and comes back with the first code. */
  sealOffer(holder: string, offer: OfferedSeed): Promise<string>
  /** Returns what was offered, or `null` if it was not offered to this holder, or cannot be decrypted. @param holder An account, or a sign-in that waits. */
  openOffer(holder: string, text: string): Promise<OfferedSeed | null>
}

/** A seed that was shown, and until when it may be confirmed. */
export interface OfferedSeed {
  readonly seed: Uint8Array<ArrayBuffer>
  readonly expiresAt: number
}

const INSTANT_BYTES = 8

export function createTotpSeeds(keyring: Keyring): TotpSeeds {
  return {
    seal: (userId, seed) => seal(keyring, 'totp-seed', `factor ${userId}`, seed),

    async open(userId, sealed) {
      const bytes = await unseal(keyring, 'totp-seed', `factor ${userId}`, sealed)
      return bytes && new Uint8Array(bytes)
    },

    async sealOffer(holder, { seed, expiresAt }) {
      const bytes = new Uint8Array(INSTANT_BYTES + seed.length)
      new DataView(bytes.buffer).setBigUint64(0, BigInt(expiresAt))
      bytes.set(seed, INSTANT_BYTES)
      const { text, secretId } = await seal(keyring, 'totp-seed', `offer ${holder}`, bytes)
      return `${secretId}.${text}`
    },

    async openOffer(holder, text) {
      const [, secretId = '', sealed = ''] = /^([\w-]{8})\.([\w-]+\.[\w-]+)$/.exec(text) ?? []
      const opened = await unseal(keyring, 'totp-seed', `offer ${holder}`, { text: sealed, secretId })
      if (!opened || opened.byteLength <= INSTANT_BYTES) return null
      return {
        expiresAt: Number(new DataView(opened).getBigUint64(0)),
        seed: new Uint8Array(opened.slice(INSTANT_BYTES)),
      }
    },
  }
}

/** A change of a second factor, and the session that takes the place of every session there was. */
export interface FactorChange {
  readonly prepared: PreparedSession
  readonly device: DeviceProof
  readonly source: RequestSource
  readonly now: number
}

/** Holds what is presented of the factor of one's own account. */
export type OwnFactor =
  /** `step`: the one whose code was typed; `null`: of none that is accepted now. */
  | { readonly method: 'totp'; readonly step: number | null }
  | { readonly method: 'recovery'; readonly codeHash: string }

export type FactorRenewal =
  | (Renewed & { readonly outcome: 'renewed' })
  | ({ readonly outcome: 'wrong-code' } & WithMail)
  | { readonly outcome: 'throttled'; readonly retryAfterSeconds: number }

/**
 * The truth about second factors. Each change ends every session of the account, starts another for whoever made it, and tells the owner.
 * Every method throws {@link StoreUnavailable} when the store cannot be reached; a write that threw may still have happened.
 */
export interface SecondFactorStore {
  find(userId: string): Promise<OwnSecondFactor>
  /**
   * Sets the authenticator app of an account, in place of the one there is, and its recovery codes. `null`, and nothing done, if the session
   * is over or the account disabled, or a code of `step` or later was used.
   */
  setTotp(
    change: FactorChange & {
      readonly sealed: Sealed
      /** The step of the code that confirmed it: that code is used. */
      readonly step: number
      readonly recoveryHashes: readonly string[]
      readonly replacedSessionId: string
    },
  ): Promise<StartedSession | null>
  /**
   * Removes the second factor and its recovery codes. `null`, and nothing done, if there is none.
   *
   * @param change.onlyBesidePasskey Whether nothing is done either if the account has no passkey.
   */
  remove(
    change: FactorChange & { readonly replacedSessionId: string; readonly onlyBesidePasskey: boolean },
  ): Promise<StartedSession | null>
  /**
   * Counts a try against the account, uses the factor up and renews the session, in one transaction. One caller ever uses a code.
   */
  renewSession(renewal: Renewal & { readonly factor: OwnFactor }): Promise<FactorRenewal>
  /** Gives an account new recovery codes in place of those there are. `null`, and nothing done, if it has no second factor. */
  setRecoveryCodes(codes: {
    readonly userId: string
    readonly sessionId: string
    readonly hashes: readonly string[]
    readonly source: RequestSource
    readonly now: number
  }): Promise<WithMail | null>
  /** Returns seeds that are sealed under another secret than `secretId`, at most `limit`. */
  findSealedBefore(
    secretId: string,
    limit: number,
  ): Promise<readonly { readonly userId: string; readonly sealed: Sealed }[]>
  /** Stores a seed anew, if it still is as it was. */
  reseal(userId: string, from: Sealed, to: Sealed): Promise<void>
}
