import type { LinkStore, NotedLink, SpentLink } from '../../links/link-store'
import type { TokenPurpose } from '../../links/one-time-token'
import type { SqlDatabase } from './sql-database'
import { PREVIOUS_CHANGED, type Statement, sql } from './statement'
import { toCredentials, type UserRow } from './user-row'

interface SpentRow extends UserRow {
  readonly purpose: TokenPurpose
  readonly token_hash: string
  readonly binding_hash: string | null
  readonly device_id: string | null
  readonly return_to: string | null
}

/** Finds links that were used seconds ago. */
export function createUsedLinks(db: SqlDatabase): Pick<LinkStore, 'findSpent'> {
  return {
    async findSpent(tokenHash, usedSince) {
      const row = await db.first(
        sql<SpentRow>(
          // guard: a used link gets the first outcome for seconds only
          `SELECT users.*, purpose, token_hash, binding_hash, device_id, return_to
             FROM used_links JOIN users ON users.id = used_links.user_id AND disabled_at IS NULL
            WHERE token_hash = :token_hash AND used_at >= :used_since`,
          { token_hash: tokenHash, used_since: usedSince },
        ),
      )
      return row && toSpentLink(row)
    },
  }
}

/** Notes that a link was used, if the statement right before changed a row; this one changes one, too. */
export function noteUse(
  { tokenHash, bindingHash, returnTo, now }: NotedLink,
  did: { readonly purpose: TokenPurpose; readonly userId: string; readonly deviceId: string | null },
): Statement {
  return sql(
    `INSERT INTO used_links (token_hash, purpose, user_id, binding_hash, device_id, return_to, used_at)
     SELECT :token_hash, :purpose, :user_id, :binding_hash, :device_id, :return_to, :now WHERE ${PREVIOUS_CHANGED}`,
    {
      token_hash: tokenHash,
      purpose: did.purpose,
      user_id: did.userId,
      binding_hash: bindingHash,
      device_id: did.deviceId,
      return_to: returnTo,
      now,
    },
  )
}

/** Forgets links that were used before an instant, at most `limit`. */
export function forgetUsedLinks(before: number, limit: number): Statement {
  return sql(
    `DELETE FROM used_links WHERE token_hash IN
       (SELECT token_hash FROM used_links WHERE used_at < :before ORDER BY used_at, token_hash LIMIT :limit)`,
    { before, limit },
  )
}

function toSpentLink(row: SpentRow): SpentLink {
  return {
    tokenHash: row.token_hash,
    purpose: row.purpose,
    account: toCredentials(row),
    bindingHash: row.binding_hash,
    deviceId: row.device_id,
    returnTo: row.return_to,
  }
}
