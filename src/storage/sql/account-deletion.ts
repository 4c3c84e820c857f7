import { auditEvent } from '../../audit/audit-event'
import type { OwnDeletion } from '../../identity/own-account-store'
import type { EndedSession } from '../../sessions/session-store'
import { recordIfChanged } from './audit-log'
import { endSessionsOf, selectEndedOf } from './sessions'
import type { SqlDatabase } from './sql-database'
import { ifChanged, sql } from './statement'

/**
 * Holds where another account that is not disabled has the role `:admin_role`, as JSON has it. Only accounts with roles are looked through, which
 * have an index of their own (0036_accounts_with_roles.sql).
 */
const ANOTHER_ADMINISTERS = `EXISTS (SELECT 1 FROM users AS other
    WHERE other.roles <> '[]' AND other.id > '' AND other.id <> :user_id AND other.disabled_at IS NULL
      AND replace(other.roles, :admin_role, '') <> other.roles)`

/** Deletes an account for its owner and ends its sessions; `null`, and nothing done, if its hash is another or nobody else would administer. */
export async function deleteOwnAccount(
  db: SqlDatabase,
  { userId, session, passwordHash, source }: OwnDeletion,
  { adminRole, now }: { readonly adminRole: string; readonly now: number },
): Promise<readonly EndedSession[] | null> {
  const event = auditEvent('account-deleted', {
    at: now,
    actorId: userId,
    subjectId: userId,
    sessionId: session.id,
    mode: session.mode,
    source,
  })
  // guard: the last administrator stays
  const stays = `AND (replace(users.roles, :admin_role, '') = users.roles OR ${ANOTHER_ADMINISTERS})`
  const ofRole = { admin_role: JSON.stringify(adminRole) }
  const { deleted, ended } = await db.transaction({
    ending: endSessionsOf({
      userId,
      except: null,
      reason: 'account-deleted',
      by: { actorId: userId, source },
      now,
      // guard: a deletion that does not happen ends no session
      ifPasswordHash: passwordHash,
      ifAlso: { condition: stays, values: ofRole },
    }),
    deleted: sql<{ id: string }>(
      // guard: an account is deleted only with the password that it has
      // guard: an account that was disabled is not deleted by its owner
      `DELETE FROM users WHERE id = :user_id AND password_hash IS NOT DISTINCT FROM :password_hash AND disabled_at IS NULL ${stays}
       RETURNING id`,
      { user_id: userId, password_hash: passwordHash, ...ofRole },
    ),
    recorded: ifChanged('deleted', recordIfChanged(event)),
    ended: selectEndedOf(userId),
  })
  return deleted.length > 0 ? ended : null
}

/** Returns whether an account has the role, and no other account that is not disabled has it. */
export async function isLastAdministrator(
  db: SqlDatabase,
  userId: string,
  adminRole: string,
): Promise<boolean> {
  const last = sql<object>(
    `SELECT 1 FROM users WHERE id = :user_id AND replace(roles, :admin_role, '') <> roles AND NOT ${ANOTHER_ADMINISTERS}`,
    { user_id: userId, admin_role: JSON.stringify(adminRole) },
  )
  return (await db.first(last)) !== null
}
