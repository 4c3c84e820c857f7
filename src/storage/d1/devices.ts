import { DEVICE_LIFETIME_SECONDS, type DeviceProof, MOST_DEVICES_OF_ACCOUNT } from '../../devices/device'
import type { Client } from '../../request-source/request-source'

/**
 * Makes SQL that gives the device of the account of an address that was presented, if one was. The parts are parameters of the
 * statement. Without ids it reads nothing.
 *
 * @param ids A JSON array of ids, or an object that names something by each id; then it gives that.
 */
export function presentedDevice(
  { email, ids, now }: { email: string; ids: string; now: string },
  gives: 'id' | 'value' = 'id',
): string {
  const id = gives === 'id' ? 'value' : 'key'
  const given = gives === 'id' ? 'devices.id' : `(SELECT value FROM json_each(${ids}) WHERE key = devices.id)`
  return `SELECT ${given} FROM users JOIN devices ON devices.user_id = users.id
    WHERE ${ids} NOT IN ('[]', '{}') AND users.email_canonical = ${email}
      AND devices.id IN (SELECT ${id} FROM json_each(${ids}))
      AND devices.last_seen_at > ${now} - ${DEVICE_LIFETIME_SECONDS} LIMIT 1`
}

/** Whose device it is, and how its owner will recognise it. */
export interface ProvenAccount {
  readonly userId: string
  readonly client: Client
  readonly now: number
}

/**
 * Statements that make a client a device of an account, if a session has just begun there: one that was presented is seen again, or there
 * is a new one. The id that the client then has: {@link deviceIn}.
 */
export function knowDevice(
  db: D1Database,
  proof: DeviceProof,
  { userId, client, now }: ProvenAccount,
  sessionId: string,
): readonly D1PreparedStatement[] {
  const presented = JSON.stringify(proof.presentedIds)
  return [
    db
      .prepare(
        `UPDATE devices SET last_seen_at = ?3, user_agent = ?4, country = ?5
          WHERE user_id = ?1 AND id IN (SELECT value FROM json_each(?2)) AND last_seen_at > ?3 - ?7
            AND EXISTS (SELECT 1 FROM sessions WHERE id = ?6)
         RETURNING id AS device_id`,
      )
      .bind(userId, presented, now, client.userAgent, client.country, sessionId, DEVICE_LIFETIME_SECONDS),
    db
      .prepare(
        `INSERT INTO devices (user_id, id, created_at, last_seen_at, user_agent, country)
         SELECT ?1, ?2, ?3, ?3, ?4, ?5
          WHERE EXISTS (SELECT 1 FROM sessions WHERE id = ?6) AND NOT EXISTS (
            SELECT 1 FROM devices WHERE user_id = ?1 AND id IN (SELECT value FROM json_each(?7)) AND last_seen_at = ?3)
         RETURNING id AS device_id`,
      )
      .bind(userId, proof.newId, now, client.userAgent, client.country, sessionId, presented),
    forgetReplaced(db, proof, userId),
  ]
}

/** Makes a client a device of an account, if the statement right before changed a row; this one changes one, too. */
export function knowNewDevice(
  db: D1Database,
  { newId }: DeviceProof,
  { userId, client, now }: ProvenAccount,
): D1PreparedStatement {
  return db
    .prepare(
      `INSERT INTO devices (user_id, id, created_at, last_seen_at, user_agent, country)
       SELECT ?1, ?2, ?3, ?3, ?4, ?5 WHERE changes() > 0
       RETURNING id AS device_id`,
    )
    .bind(userId, newId, now, client.userAgent, client.country)
}

/** If an account has a new device: forgets those that it takes the place of, and the one used least recently if there are too many. */
export function forgetReplaced(
  db: D1Database,
  { newId, presentedIds }: DeviceProof,
  userId: string,
): D1PreparedStatement {
  return db
    .prepare(
      // Of the row with the least, SQLite gives the other columns, too (sqlite.org/lang_select.html#bareagg).
      `DELETE FROM devices
        WHERE user_id = ?1 AND id <> ?2 AND EXISTS (SELECT 1 FROM devices WHERE user_id = ?1 AND id = ?2)
          AND (id IN (SELECT value FROM json_each(?3))
               OR ((SELECT count(*) FROM devices WHERE user_id = ?1) > ?4
                   AND id = (SELECT id FROM (SELECT id, min(last_seen_at) FROM devices WHERE user_id = ?1 AND id <> ?2))))`,
    )
    .bind(userId, newId, JSON.stringify(presentedIds), MOST_DEVICES_OF_ACCOUNT)
}

/** Forgets the devices of an account but a new one, if the account has this very password hash: stolen credentials end with it. */
export function forgetDevicesOf(
  db: D1Database,
  { newId }: DeviceProof,
  { userId, passwordHash }: { readonly userId: string; readonly passwordHash: string },
): D1PreparedStatement {
  return db
    .prepare(
      `DELETE FROM devices
        WHERE user_id = ?1 AND id <> ?2 AND EXISTS (SELECT 1 FROM users WHERE id = ?1 AND password_hash = ?3)`,
    )
    .bind(userId, newId, passwordHash)
}

/** The id of the device that the statements of a batch made or saw again; `null` if there was none. */
export function deviceIn(results: readonly D1Result[]): string | null {
  for (const { results: rows } of results) {
    for (const { device_id } of rows as { device_id?: string }[]) if (device_id) return device_id
  }
  return null
}
