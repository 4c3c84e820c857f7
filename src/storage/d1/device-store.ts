import { DEVICE_LIFETIME_SECONDS, type Device, type DeviceStore } from '../../devices/device'
import { reach, reachToRead } from '../../runtime/outage'
import { recordEvent } from './audit-log'

/** Devices in D1. What makes them stands in the transactions that prove an account: d1-devices.ts. */
export function createD1DeviceStore(db: D1Database): DeviceStore {
  return {
    async list(userId, now) {
      const found = await reachToRead('D1', () =>
        db
          .prepare('SELECT * FROM devices WHERE user_id = ?1 AND last_seen_at > ?2')
          .bind(userId, now - DEVICE_LIFETIME_SECONDS)
          .all<DeviceRow>(),
      )
      // There are only so many.
      return found.results.map(toDevice).sort((a, b) => b.lastSeenAt - a.lastSeenAt)
    },

    async forget({ id, by, client, now }) {
      const { userId, sessionId, mode } = by
      const [forgotten] = await reach('D1', () =>
        db.batch([
          db.prepare('DELETE FROM devices WHERE user_id = ?1 AND id = ?2 RETURNING id').bind(userId, id),
          recordEvent(
            db,
            {
              at: now,
              event: 'device-forgotten',
              outcome: 'success',
              reason: null,
              actorId: userId,
              subjectId: userId,
              accountKey: null,
              sessionId,
              mode,
              client,
            },
            'if-changed',
          ),
        ]),
      )
      return forgotten?.results.length === 1
    },

    async forgetUnused(now, limit) {
      await reach('D1', () =>
        db
          .prepare(
            `DELETE FROM devices WHERE (user_id, id) IN
               (SELECT user_id, id FROM devices WHERE last_seen_at <= ?1 ORDER BY last_seen_at, user_id, id LIMIT ?2)`,
          )
          .bind(now - DEVICE_LIFETIME_SECONDS, limit)
          .run(),
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
