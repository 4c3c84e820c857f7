import type { TokenStatusStore } from '../../oauth/token-status'
import { grantedBy } from './grants'
import { type ClientRow, findProven, PROVEN } from './proven-client'
import type { LiveSessionRow } from './session-row'
import { endContext, JOIN_LIVE_ACCOUNT } from './sessions'
import type { SqlDatabase } from './sql-database'
import { sql } from './statement'
import { JOIN_TOLD, subjectOf, TOLD, type ToldRow } from './told-clients'

/** Creates the store that knows whether tokens of clients are live. */
export function createTokenStatusStore(db: SqlDatabase): TokenStatusStore {
  return {
    async revoke(client, { sessionId, spent }, { source, now }) {
      const presented = { client_id: client.clientId, client_secret: client.secretHash }
      const { proven } = await db.transaction({
        proven: findProven(client),
        ended: sql(
          // guard: a client ends what it was granted, and nothing of another
          // guard: a client ends nothing before it has proven who it is
          `UPDATE sessions SET ended_at = :now, end_reason = 'revoked-by-app', end_context = :context
            WHERE id = :id AND client_id = :client_id AND ended_at IS NULL AND ${PROVEN}`,
          { id: sessionId ?? '', now, context: endContext({ actorId: null, source }), ...presented },
        ),
        spent: spent
          ? sql(
              `INSERT INTO used_challenges (challenge_id, expires_at) SELECT :id, :expires_at WHERE ${PROVEN}
               ON CONFLICT DO NOTHING`,
              { id: spent.id, expires_at: spent.expiresAt, ...presented },
            )
          : null,
      })
      return proven.length > 0
    },

    async find(caller, { clientId, sessionId, spent }, now) {
      const { callers, grants, clients } = await db.read({
        callers: findProven(caller),
        grants: sql<LiveSessionRow & ToldRow & { refresh_counter: number }>(
          // guard: a grant that was ended is inactive at once
          `SELECT sessions.*, users.roles, ${TOLD} FROM sessions ${JOIN_LIVE_ACCOUNT} LEFT ${JOIN_TOLD}
            WHERE sessions.id = :id AND (oauth_clients.id IS NOT NULL OR sessions.key_hash IS NOT NULL)`,
          { id: sessionId ?? '', now },
        ),
        clients: sql<Pick<ClientRow, 'grants'>>(
          // guard: a token that was revoked is inactive
          `SELECT grants FROM oauth_clients WHERE id = :id
              AND NOT EXISTS (SELECT 1 FROM used_challenges WHERE challenge_id = :spent)`,
          { id: clientId ?? '', spent: spent?.id ?? '' },
        ),
      })
      const [asking] = callers
      const [grant] = grants
      const [client] = clients
      const subject = grant ? subjectOf(grant, grant.user_id) : null
      return {
        // guard: a public client cannot ask about tokens
        caller: asking && asking.secret_hash !== null ? { id: asking.id, serves: asking.serves } : null,
        grant:
          grant && subject !== null
            ? { ...grantedBy(grant, subject), refreshCounter: grant.refresh_counter }
            : null,
        client: client ? { grants: JSON.parse(client.grants) } : null,
      }
    },
  }
}
