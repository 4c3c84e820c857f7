import type { ClientProof } from '../../oauth/client'
import type { Rotation, RotationTerms } from '../../sessions/session-store'
import { type MailQueue, mailIds, type QueuedRow } from './mail-queue'
import { type LiveSessionRow, toLiveSession } from './session-row'
import { endContext, JOIN_LIVE_ACCOUNT } from './sessions'
import { ifChanged, sql } from './statement'

// The rotation of refresh tokens: those of Janus itself, and those of its clients.

interface RotatedRow extends LiveSessionRow {
  readonly refresh_counter: number
}

/**
 * Returns the steps that move the refresh counter of a session on for exactly one caller. They stand in a transaction of their own.
 *
 * @param client Who presents the token; `null`: a client of Janus itself. A token of another holder does nothing.
 */
export function rotate(
  mailQueue: MailQueue,
  { id, counter }: { readonly id: string; readonly counter: number },
  { now, idleExpiresAt, reuseSeconds, source }: RotationTerms,
  client: ClientProof | null,
) {
  const held = client === null ? HELD_BY_JANUS : HELD_BY_CLIENT
  const holder = client === null ? {} : { client_id: client.clientId, client_secret: client.secretHash }
  const token = { id, counter, now, ...holder }
  const window = { ...token, reuse_seconds: reuseSeconds }
  return {
    rotated: sql<{ id: string }>(
      // guard: a refresh token is used once
      `UPDATE sessions
          SET refresh_counter = refresh_counter + 1, refreshed_at = :now, last_seen_at = :now,
              idle_expires_at = min(:idle_expires_at, expires_at), recent_rotations = ${RECENT_ROTATIONS}
        WHERE id = :id AND refresh_counter = :counter AND ${held}
          AND ended_at IS NULL AND idle_expires_at > :now AND expires_at > :now
          AND EXISTS (SELECT 1 FROM users WHERE id = user_id AND disabled_at IS NULL)
       RETURNING id`,
      { ...window, idle_expires_at: idleExpiresAt },
    ),
    // Sees what the step before did, so the winner's own rotation is no reuse.
    reused: sql<{ id: string }>(
      // guard: reuse of a refresh token ends its session
      `UPDATE sessions SET ended_at = :now, end_reason = 'refresh-token-reused', end_context = :context
        WHERE id = :id AND ended_at IS NULL AND ${held} AND refresh_counter > :counter
          AND :counter < coalesce(${LOWEST_RECENT}, refresh_counter)
          AND NOT (refresh_counter = :counter + 1 AND refreshed_at >= :now - :reuse_seconds)
       RETURNING id`,
      { ...window, context: endContext({ actorId: null, source }) },
    ),
    ownerTold: ifChanged(
      'reused',
      mailQueue.noticeIfChanged({ kind: 'refresh-token-reused', source, now }, { sessionId: id }),
    ),
    live: sql<RotatedRow>(
      `SELECT sessions.*, users.roles FROM sessions ${JOIN_LIVE_ACCOUNT}
        WHERE sessions.id = :id AND refresh_counter > :counter AND ${held}`,
      token,
    ),
  }
}

/** Returns what a rotation did. */
export function toRotation({
  rotated,
  reused,
  ownerTold,
  live,
}: {
  readonly rotated: readonly object[]
  readonly reused: readonly object[]
  readonly ownerTold: readonly QueuedRow[]
  readonly live: readonly RotatedRow[]
}): Rotation {
  if (reused.length > 0) return { outcome: 'reused', mailIds: mailIds(ownerTold) }
  const [row] = live
  if (!row) return { outcome: 'over' }
  const outcome = rotated.length > 0 ? 'rotated' : 'repeated'
  return { outcome, live: toLiveSession(row), counter: row.refresh_counter }
}

// guard: a refresh token of a client is none of Janus itself
const HELD_BY_JANUS = 'sessions.client_id IS NULL'

// guard: a refresh token of one client is none of another
/** The client of the session presents it, and has proven who it is. */
const HELD_BY_CLIENT = `sessions.client_id = :client_id AND EXISTS (
  SELECT 1 FROM oauth_clients WHERE oauth_clients.id = :client_id AND secret_hash IS NOT DISTINCT FROM :client_secret)`

/** The instant of an entry of `recent_rotations`, which is `[instant, counter]`. */
const INSTANT = 'CAST(value ->> 0 AS BIGINT)'

// guard: rotations are forgotten when their window is over
/**
 * The rotations of a session in the last `:reuse_seconds` before `:now`, and that of `:counter` at `:now` if it is the first of its
 * second.
 */
const RECENT_ROTATIONS = `(
  SELECT '[' || string_agg(entry, ',') || ']' FROM
    (SELECT CAST(value AS TEXT) AS entry FROM json_each(recent_rotations) AS old WHERE ${INSTANT} >= :now - :reuse_seconds
     UNION ALL SELECT '[' || CAST(:now AS BIGINT) || ',' || CAST(:counter AS BIGINT) || ']'
      WHERE NOT EXISTS (SELECT 1 FROM json_each(recent_rotations) AS old WHERE ${INSTANT} = :now)) AS recent)`

// guard: a refresh token is repeated only within the window of its own rotation
/** The lowest counter that was moved on in the last `:reuse_seconds` before `:now`. Every one above it was moved on later. */
const LOWEST_RECENT = `(SELECT min(CAST(value ->> 1 AS BIGINT)) FROM json_each(recent_rotations) AS old
  WHERE ${INSTANT} >= :now - :reuse_seconds)`
