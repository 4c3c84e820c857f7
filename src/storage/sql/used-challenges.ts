import type { SqlDatabase } from './sql-database'
import { PREVIOUS_CHANGED, type Statement, sql } from './statement'

/** Notes that something was used that works once: the challenge of a passkey, a sign-in at a provider. Of many uses one changes a row. */
// guard: a challenge of a passkey works once
export function useOnce({
  id,
  expiresAt,
}: {
  readonly id: string
  readonly expiresAt: number
}): Statement<{ challenge_id: string }> {
  return sql(
    `INSERT INTO used_challenges (challenge_id, expires_at) VALUES (:id, :expires_at)
     ON CONFLICT DO NOTHING RETURNING challenge_id`,
    { id, expires_at: expiresAt },
  )
}

/** Uses as {@link useOnce} does, if the statement right before changed a row, which has looked that it was not used. */
export function useIfUnused({
  id,
  expiresAt,
}: {
  readonly id: string
  readonly expiresAt: number
}): Statement<{ challenge_id: string }> {
  return sql(
    `INSERT INTO used_challenges (challenge_id, expires_at)
     SELECT :id, :expires_at WHERE ${PREVIOUS_CHANGED} RETURNING challenge_id`,
    { id, expires_at: expiresAt },
  )
}

/** Describes what the sweep does about things that work once. */
export interface UsedChallenges {
  /** Forgets what has expired and could be used no more, at most `limit`. */
  forget(now: number, limit: number): Promise<void>
}

/** Makes what forgets them. They are of several parts, each of which may be left out, and are forgotten once. */
export function createUsedChallenges(db: SqlDatabase): UsedChallenges {
  return {
    async forget(now, limit) {
      await db.change(
        sql(
          `DELETE FROM used_challenges WHERE challenge_id IN
             (SELECT challenge_id FROM used_challenges WHERE expires_at <= :now ORDER BY expires_at, challenge_id LIMIT :limit)`,
          { now, limit },
        ),
        { outcomeMatters: false },
      )
    },
  }
}
