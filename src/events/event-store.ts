import type { EventRow } from './event'
import type { ReceiverName } from './receiver'

/**
 * The place of each receiver in the audit trail. The trail is the outbox: what happened stands in it, written in the transaction of what it
 * records, so an event costs nothing more. Every method throws {@link StoreUnavailable} when the store cannot be reached.
 */
export interface EventStore {
  /** Returns those of the receivers that have something to look at and are due. One that is new begins at the end of the trail. */
  findBehind(receivers: readonly ReceiverName[], now: number): Promise<readonly ReceiverName[]>
  /**
   * Takes a receiver for one caller until `until`, with the rows after its place, at most `limit`, and from before `settledBefore`; `null` if
   * another caller has it.
   */
  claim(
    receiver: ReceiverName,
    terms: {
      readonly now: number
      readonly until: number
      readonly settledBefore: number
      readonly limit: number
    },
  ): Promise<ClaimedEvents | null>
  /** Moves a receiver on, if it is where it was, and lets others have it from `dueAt` on. */
  settle(receiver: ReceiverName, move: ReceiverMove): Promise<void>
  /** Settles as {@link settle} does, past an event that is given up, and records that. */
  giveUp(receiver: ReceiverName, move: ReceiverMove, event: GivenUp): Promise<void>
}

export interface ClaimedEvents {
  readonly place: number
  /** Counts the failed attempts to deliver the event after the place. */
  readonly attempts: number
  readonly rows: readonly EventRow[]
}

export interface ReceiverMove {
  readonly from: number
  readonly to: number
  readonly attempts: number
  readonly dueAt: number
}

export interface GivenUp {
  readonly id: string
  readonly now: number
}
