import { DEVICE_LIFETIME_SECONDS, type Device, type DeviceStore } from '../../devices/device'
import type { SqlDatabase } from './sql-database'
import { sql } from './statement'

/** Creates the store of devices. The statements that make them are in devices.ts, for the transactions that prove an account. */
export function createDeviceStore(db: SqlDatabase): DeviceStore {
  return {
    async list(userId, now) {
      const rows = await db.all(
        sql<DeviceRow>('SELECT * FROM devices WHERE user_id = :user_id AND last_seen_at > :since', {
          user_id: userId,
          since: now - DEVICE_LIFETIME_SECONDS,
        }),
      )
      // There are only so many.
      return rows.map(toDevice).sort((a, b) => b.lastSeenAt - a.lastSeenAt)
    },

    async forgetUnused(now, limit) {
      await db.change(
        sql(
          `DELETE FROM devices WHERE (user_id, id) IN
             (SELECT user_id, id FROM devices WHERE last_seen_at <= :until ORDER BY last_seen_at, user_id, id LIMIT :limit)`,
          { until: now - DEVICE_LIFETIME_SECONDS, limit },
        ),
        { outcomeMatters: false },
      )
    },
  }
}

interface DeviceRow {
  readonly id: string
  readonly created_at: number
  readonly last_seen_at: number
  readonly user_agent: string | null
  readonly country: string | null
}

function toDevice(row: DeviceRow): Device {
  return {
    id: row.id,
    createdAt: row.created_at,
    lastSeenAt: row.last_seen_at,
    userAgent: row.user_agent,
    country: row.country,
  }
}
