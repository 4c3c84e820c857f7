import { auditEvent } from '../../audit/audit-event'
import type { OwnDeviceStore } from '../../devices/device'
import { recordIfChanged } from './audit-log'
import type { SqlDatabase } from './sql-database'
import { ifChanged, sql } from './statement'

/** Creates the store of the devices of one's own account. */
export function createOwnDeviceStore(db: SqlDatabase): OwnDeviceStore {
  return {
    async forget({ id, by, source, now }) {
      const { userId, sessionId, mode } = by
      const { forgotten } = await db.transaction({
        forgotten: sql<{ id: string }>(
          // guard: a device is forgotten by its owner alone
          'DELETE FROM devices WHERE user_id = :user_id AND id = :id RETURNING id',
          {
            user_id: userId,
            id,
          },
        ),
        recorded: ifChanged(
          'forgotten',
          recordIfChanged(
            auditEvent('device-forgotten', {
              at: now,
              actorId: userId,
              subjectId: userId,
              sessionId,
              mode,
              source,
            }),
          ),
        ),
      })
      return forgotten.length === 1
    },
  }
}
