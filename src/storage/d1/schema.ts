import type { SqlDatabase } from '../sql/sql-database'
import { sql } from '../sql/statement'

/** The newest migration, which this version of the code is written for. A test holds it against the folder. */
export const NEWEST_MIGRATION = '0044_unread_documents.sql'

/** Returns whether every migration has been applied. @throws {StoreUnavailable} Also when none ever was. */
export async function isSchemaCurrent(db: SqlDatabase): Promise<boolean> {
  const applied = sql('SELECT 1 FROM d1_migrations WHERE name = :name', { name: NEWEST_MIGRATION })
  return (await db.first<object>(applied)) !== null
}
