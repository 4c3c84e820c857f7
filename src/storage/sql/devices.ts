import { DEVICE_LIFETIME_SECONDS, type DeviceProof, MOST_DEVICES_OF_ACCOUNT } from '../../devices/device'
import type { RequestSource } from '../../request-source/request-source'
import { PREVIOUS_CHANGED, type Statement, sql } from './statement'

/**
 * Makes SQL that gives the device of the account of address `:email` that was presented in `:device_ids`, if one was. Without ids it reads
 * nothing.
 *
 * @param gives What of the entries of `:device_ids` it gives: `:device_ids` is a JSON array of `{id}`, or of `{id, key}`.
 */
export function presentedDevice(gives: 'id' | 'key' = 'id'): string {
  // guard: a device counts for its own account
  return `SELECT presented.value ->> '${gives}' FROM users JOIN devices ON devices.user_id = users.id
      JOIN json_each(:device_ids) AS presented ON devices.id = presented.value ->> 'id'
    WHERE :device_ids <> '[]' AND users.email_canonical = :email
      AND devices.last_seen_at > :now - ${DEVICE_LIFETIME_SECONDS} LIMIT 1`
}

/** Returns ids as statements take them: values of their own in JSON mean something else to every engine, members of an object do not. */
export function listOfIds(ids: readonly string[]): string {
  return JSON.stringify(ids.map((id) => ({ id })))
}

/** Describes whose device it is, and how its owner will recognise it. */
export interface ProvenAccount {
  readonly userId: string
  readonly source: RequestSource
  readonly now: number
}

/** Describes what a statement that makes or sees a device returns. */
export interface DeviceIdRow {
  readonly device_id: string
}

/**
 * Steps that make a client a device of an account, if session `sessionId` has just begun there: one that was presented is seen again, or
 * there is a new one. The id that the client then has: {@link deviceIn}.
 */
export function knowDevice(
  { newId, presentedIds }: DeviceProof,
  { userId, source, now }: ProvenAccount,
  sessionId: string,
) {
  const presented = listOfIds(presentedIds)
  const seen = { user_id: userId, presented, now, user_agent: source.userAgent, country: source.country }
  return {
    deviceSeen:
      presentedIds.length === 0
        ? null
        : sql<DeviceIdRow>(
            `UPDATE devices SET last_seen_at = :now, user_agent = :user_agent, country = :country
              WHERE user_id = :user_id AND id IN (SELECT value ->> 'id' FROM json_each(:presented) AS listed)
                AND last_seen_at > :now - ${DEVICE_LIFETIME_SECONDS}
                AND EXISTS (SELECT 1 FROM sessions WHERE id = :session_id)
             RETURNING id AS device_id`,
            { ...seen, session_id: sessionId },
          ),
    deviceAdded: sql<DeviceIdRow>(
      `INSERT INTO devices (user_id, id, created_at, last_seen_at, user_agent, country)
       SELECT :user_id, :new_id, :now, :now, :user_agent, :country
        WHERE EXISTS (SELECT 1 FROM sessions WHERE id = :session_id) AND NOT EXISTS (
          SELECT 1 FROM devices WHERE user_id = :user_id AND last_seen_at = :now
             AND id IN (SELECT value ->> 'id' FROM json_each(:presented) AS listed))
       RETURNING id AS device_id`,
      { ...seen, new_id: newId, session_id: sessionId },
    ),
    devicesReplaced: forgetReplaced({ newId, presentedIds }, userId),
  }
}

/** Makes a client a device of an account, if the statement right before changed a row; this one changes one, too. */
export function knowNewDevice(
  { newId }: DeviceProof,
  { userId, source, now }: ProvenAccount,
): Statement<DeviceIdRow> {
  return sql(
    `INSERT INTO devices (user_id, id, created_at, last_seen_at, user_agent, country)
     SELECT :user_id, :new_id, :now, :now, :user_agent, :country WHERE ${PREVIOUS_CHANGED}
     RETURNING id AS device_id`,
    { user_id: userId, new_id: newId, now, user_agent: source.userAgent, country: source.country },
  )
}

/** Forgets, if an account has a new device, those that it takes the place of, and the one used least recently if there are too many. */
export function forgetReplaced({ newId, presentedIds }: DeviceProof, userId: string): Statement {
  return sql(
    `DELETE FROM devices
      WHERE user_id = :user_id AND id <> :new_id
        AND EXISTS (SELECT 1 FROM devices WHERE user_id = :user_id AND id = :new_id)
        AND (id IN (SELECT value ->> 'id' FROM json_each(:presented) AS listed)
             OR ((SELECT count(*) FROM devices WHERE user_id = :user_id) > ${MOST_DEVICES_OF_ACCOUNT}
                 AND id = (SELECT id FROM devices WHERE user_id = :user_id AND id <> :new_id
                            ORDER BY last_seen_at, id LIMIT 1)))`,
    { user_id: userId, new_id: newId, presented: listOfIds(presentedIds) },
  )
}

/** Forgets the devices of an account but a new one, if the account has this very password hash: stolen credentials end with it. */
export function forgetDevicesOf(
  { newId }: DeviceProof,
  { userId, passwordHash }: { readonly userId: string; readonly passwordHash: string },
): Statement {
  return sql(
    // guard: a change of the password that does not happen forgets no device
    `DELETE FROM devices
      WHERE user_id = :user_id AND id <> :new_id
        AND EXISTS (SELECT 1 FROM users WHERE id = :user_id AND password_hash = :password_hash)`,
    { user_id: userId, new_id: newId, password_hash: passwordHash },
  )
}

/** Returns the id of the device that {@link knowDevice} saw again or made, or {@link knowNewDevice} made; `null` if there was none. */
export function deviceIn({
  deviceSeen = [],
  deviceAdded,
}: {
  readonly deviceSeen?: readonly DeviceIdRow[]
  readonly deviceAdded: readonly DeviceIdRow[]
}): string | null {
  return (deviceSeen[0] ?? deviceAdded[0])?.device_id ?? null
}
