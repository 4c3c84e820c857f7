import type { RecordedEvent } from './audit-event'

/** The audit trail about one account, for its owner. Throws {@link StoreUnavailable} when the store cannot be reached. */
export interface Activity {
  /** Returns the events of one account, newest first, at most `limit`, before place `before` if it is given. */
  list(subjectId: string, page: { before: number | null; limit: number }): Promise<readonly RecordedEvent[]>
}
