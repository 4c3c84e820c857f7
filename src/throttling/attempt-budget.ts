import type { Source } from './source-limit'

/** Describes who makes an attempt at a password, as far as is known before the store is asked. */
export type Attempter =
  /** Somebody in a live session. */
  | { readonly in: 'session'; readonly sessionId: string }
  /** Anybody else: a device of the account, or a stranger. */
  | {
      readonly in: 'open'
      readonly accountKey: string
      /** Of genuine credentials. Whether one is of this account only the store knows. */
      readonly deviceIds: readonly string[]
      /** Strangers are let through only while their source has anything left. */
      readonly sources: readonly Source[]
    }

/**
 * Describes whose budget an attempt is counted against. All have the same free attempts, delays and maximum. What strangers spend keeps
 * neither a device of the account nor a session waiting.
 */
export interface ChosenBudget {
  readonly of: 'session' | 'device' | 'strangers'
  /** The id of the session or of the device, or the key of the account. */
  readonly key: string
}

/** An attempt that was counted, and may go on. */
export interface ReservedAttempt {
  readonly budget: ChosenBudget
  /** Until when it keeps other attempts of the budget waiting. */
  readonly blockedUntil: number
}
