import { reachToRead } from '../../runtime/outage'

/** The newest migration, which this version of the code is written for. A test holds it against the folder. */
export const NEWEST_MIGRATION = '0019_return_to.sql'

/** Whether every migration has been applied. @throws {StoreUnavailable} Also when none ever was. */
export async function isSchemaCurrent(db: D1Database): Promise<boolean> {
  const row = await reachToRead('D1', () =>
    db.prepare('SELECT 1 FROM d1_migrations WHERE name = ?1').bind(NEWEST_MIGRATION).first(),
  )
  return row !== null
}
