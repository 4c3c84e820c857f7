/** Records the end of the audit trail at an instant. A restored database has not come so far, or has another end. */
export interface Mark {
  readonly seq: number
  readonly chainHash: string
  readonly at: number
}

/** Keeps the mark beside the database, where restoring the database does not touch it. */
export interface MarkStore {
  /** Returns the mark last set, which may be a minute or more out of date; `null` if there is none. @throws {StoreUnavailable} */
  find(): Promise<Mark | null>
  /** Replaces the mark. @throws {StoreUnavailable} */
  set(mark: Mark): Promise<void>
}
