import type { AuditRow, SourceDigest } from './audit-chain'
import type { AuditEvent } from './audit-event'

/**
 * The audit trail. What changes something is recorded in the transaction of the change, by the store that makes it; this
 * records what was refused, seals and forgets. Every method throws {@link StoreUnavailable} when the store cannot
 * be reached.
 */
export interface AuditLog {
  record(event: AuditEvent): Promise<void>
  /** Returns the hash at the end of the sealed part, and the oldest rows after it that happened before `until`. */
  findUnsealed(until: number, limit: number): Promise<{ head: string; rows: readonly AuditRow[] }>
  /**
   * Sets the hashes of rows that have none yet, in order from the first that has none. `false`, and nothing done, if somebody else has sealed
   * that one: with the salts of another, the hashes are others.
   */
  seal(hashes: readonly SealedRow[]): Promise<boolean>
  /**
   * Forgets the addresses and agents in sealed rows about accounts that are deleted: of a few accounts, at most `limit` rows of each. An account
   * that was deleted before `until` and has no such row left is done. Gives how many rows lost them.
   */
  forgetSources(until: number, limit: number): Promise<number>
  /**
   * Forgets the oldest rows, at most `limit`, as far as they are sealed and from before `until`, and remembers where the
   * chain then begins. The newest row always stays. Gives how many are gone.
   */
  prune(until: number, limit: number): Promise<number>
}

export interface SealedRow {
  readonly seq: number
  readonly hash: string
  /** `null`: the row has no address and no agent. */
  readonly source?: SourceDigest | null
}
