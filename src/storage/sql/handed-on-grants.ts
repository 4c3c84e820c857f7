import type { RequestSource } from '../../request-source/request-source'
import { endContext } from './sessions'
import { type Statement, sql } from './statement'

// What apps were granted from a session that another took the place of, in the same browser. Such an end leads to no end of grants by
// itself (0034_oauth_grants.sql).

/** A session that took the place of another. */
interface Replacement {
  readonly oldId: string
  readonly newId: string
  /** Of the new one. */
  readonly userId: string
  readonly now: number
}

/** The old session has just ended so. */
const REPLACED = `EXISTS (SELECT 1 FROM sessions AS old
  WHERE old.id = :old_id AND old.ended_at = :now AND old.end_reason = 'replaced-by-sign-in')`

/** Lets grants come from the new session of the same account, so that they end when the person signs out of it. */
export function handOnGrants({ oldId, newId, userId, now }: Replacement): Statement {
  return sql(
    // guard: what was granted from a session ends with the one that took its place
    `UPDATE sessions SET parent_id = :new_id
      WHERE parent_id = :old_id AND user_id = :user_id AND ended_at IS NULL AND ${REPLACED}`,
    { old_id: oldId, new_id: newId, user_id: userId, now },
  )
}

/** Ends grants where another account signed in in place of the one that allowed them, but for those that outlive a sign-out. */
export function endGrantsOfOthers(
  { oldId, userId, now }: Omit<Replacement, 'newId'>,
  source: RequestSource,
): Statement {
  return sql(
    // guard: whoever gives up a browser to another account takes along what was granted there
    `UPDATE sessions SET ended_at = :now, end_reason = 'replaced-by-sign-in', end_context = :context
      WHERE parent_id = :old_id AND user_id <> :user_id AND ended_at IS NULL
        AND ' ' || scope || ' ' NOT LIKE '% offline_access %' AND ${REPLACED}`,
    { old_id: oldId, user_id: userId, now, context: endContext({ actorId: userId, source }) },
  )
}

/**
 * Lets the clients be told of grants that go on after another account signed in in place of the one that allowed them: to whoever sits there now, they
 * would show the account of somebody else (OpenID Connect Back-Channel Logout 1.0 §2.3). The end of the others is noticed by a trigger.
 */
export function tellOfOthers({ oldId, userId, now }: Omit<Replacement, 'newId'>): Statement {
  return sql(
    // guard: whoever gives up a browser to another account is signed out of the apps there
    `INSERT INTO logout_notices (grant_id, client_id, subject, ended_at, due_at)
     SELECT kept.id, told.id, CASE WHEN told.sector IS NULL THEN kept.user_id ELSE pairwise_subjects.subject END, :now, :now
       FROM sessions AS kept JOIN oauth_clients AS told ON told.id = kept.client_id
       LEFT JOIN pairwise_subjects
         ON pairwise_subjects.user_id = kept.user_id AND pairwise_subjects.sector = told.sector
      WHERE kept.parent_id = :old_id AND kept.user_id <> :user_id AND kept.ended_at IS NULL
        AND told.back_channel_logout_uri IS NOT NULL
        AND ' ' || kept.scope || ' ' LIKE '% openid %' AND ' ' || kept.scope || ' ' LIKE '% offline_access %' AND ${REPLACED}
     ON CONFLICT DO NOTHING`,
    { old_id: oldId, user_id: userId, now },
  )
}
