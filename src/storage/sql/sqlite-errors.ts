import { StoreUnavailable } from '../../runtime/outage'
import { RowExists } from './sql-database'

/** Returns the {@link RowExists} that an error of SQLite means, or `null`. It names the columns of whichever unique index it looked at first. */
export function sqliteRowExists(error: unknown): RowExists | null {
  if (!(error instanceof StoreUnavailable)) return null
  const [, table] = /UNIQUE constraint failed: (\w+)\./.exec(String(error.cause)) ?? []
  return table === undefined ? null : new RowExists(error.store, error.cause, table)
}
