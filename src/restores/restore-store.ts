import type { Mark } from './mark'

/** Describes what the database knows of restores. Every method throws {@link StoreUnavailable} when the database cannot be reached. */
export interface RestoreStore {
  /** Returns when `janus restored` last ran; 0: never. */
  findLastAt(): Promise<number>
  /**
   * Returns whether the database was put back to before a mark, and `janus restored` has not run since: the audit trail only grows, so a
   * database that lacks what the mark names is older than the mark.
   */
  wasPutBack(mark: Mark): Promise<boolean>
}
