import type { Rotation, RotationTerms } from '../../sessions/session-store'
import { type MailQueue, mailIds, type QueuedRow } from './mail-queue'
import { type LiveSessionRow, toLiveSession } from './session-row'
import { endContext, JOIN_LIVE_ACCOUNT } from './sessions'
import { ifChanged, type SqlValue, type Statement, sql } from './statement'

// The rotation of refresh tokens: those of Janus itself, and those of its clients (client-rotation.ts).

export interface RotatedRow extends LiveSessionRow {
  readonly refresh_counter: number
}

/** A refresh token: its session, and how many came before it. */
export interface Token {
  readonly id: string
  readonly counter: number
}

/** Describes who presents a refresh token, by what its session must be like: a token of another holder does nothing. */
export interface Holder {
  readonly condition: string
  readonly values: Readonly<Record<string, SqlValue>>
}

/**
 * Returns the statement that moves the refresh counter of a session on for exactly one caller. It stands alone, because nearly every refresh
 * needs nothing else: {@link useOld} follows where it found no row.
 */
export function useCurrent(
  token: Token,
  { now, idleExpiresAt, reuseSeconds }: RotationTerms,
  holder: Holder,
): Statement<RotatedRow> {
  return sql(
    // guard: a refresh token is used once
    `UPDATE sessions
        SET refresh_counter = refresh_counter + 1, refreshed_at = :now, last_seen_at = :now,
            idle_expires_at = min(:idle_expires_at, expires_at), recent_rotations = ${RECENT_ROTATIONS}
      WHERE id = :id AND refresh_counter = :counter AND ${holder.condition}
        AND ended_at IS NULL AND idle_expires_at > :now AND expires_at > :now
        AND EXISTS (SELECT 1 FROM users WHERE id = user_id AND disabled_at IS NULL)
     RETURNING *, (SELECT roles FROM users WHERE id = user_id) AS roles`,
    {
      ...token,
      ...holder.values,
      now,
      idle_expires_at: idleExpiresAt,
      reuse_seconds: reuseSeconds,
    },
  )
}

/** Returns the steps for a token that is not the current one: it is repeated within its window, or a thief's. */
export function useOld(
  mailQueue: MailQueue,
  token: Token,
  { now, reuseSeconds, source }: RotationTerms,
  holder: Holder,
) {
  const held = { ...token, ...holder.values, now }
  return {
    reused: sql<{ id: string }>(
      // guard: reuse of a refresh token ends its session
      `UPDATE sessions SET ended_at = :now, end_reason = 'refresh-token-reused', end_context = :context
        WHERE id = :id AND ended_at IS NULL AND ${holder.condition} AND refresh_counter > :counter
          AND :counter < coalesce(${LOWEST_RECENT}, refresh_counter)
          AND NOT (refresh_counter = :counter + 1 AND refreshed_at >= :now - :reuse_seconds)
       RETURNING id`,
      { ...held, reuse_seconds: reuseSeconds, context: endContext({ actorId: null, source }) },
    ),
    ownerTold: ifChanged(
      'reused',
      mailQueue.noticeIfChanged({ kind: 'refresh-token-reused', source, now }, { sessionId: token.id }),
    ),
    live: sql<RotatedRow>(
      `SELECT sessions.*, users.roles FROM sessions ${JOIN_LIVE_ACCOUNT}
        WHERE sessions.id = :id AND refresh_counter > :counter AND ${holder.condition}`,
      held,
    ),
  }
}

/** Returns what became of a token that was not the current one. */
export function toOldUse({
  reused,
  ownerTold,
  live: [row],
}: {
  readonly reused: readonly object[]
  readonly ownerTold: readonly QueuedRow[]
  readonly live: readonly RotatedRow[]
}): Rotation {
  if (reused.length > 0) return { outcome: 'reused', mailIds: mailIds(ownerTold) }
  if (!row) return { outcome: 'over' }
  return { outcome: 'repeated', live: toLiveSession(row), counter: row.refresh_counter }
}

// guard: a refresh token of a client is none of Janus itself
export const HELD_BY_JANUS: Holder = { condition: 'sessions.client_id IS NULL', values: {} }

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
