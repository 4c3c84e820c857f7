import type { IdTokenAlg } from '../../keys/signing-key-store'
import type { OpenIdStore } from '../../oauth/openid-store'
import { type LiveSessionRow, parseRoles, toSession } from './session-row'
import { JOIN_LIVE_ACCOUNT } from './sessions'
import type { SqlDatabase } from './sql-database'
import { sql } from './statement'
import { JOIN_TOLD, personOf, subjectOf, TOLD, type ToldRow } from './told-clients'

/** Creates the store of what OpenID Connect adds. */
export function createOpenIdStore(db: SqlDatabase): OpenIdStore {
  return {
    async findPerson({ id, clientId, now }) {
      const row = await db.first(
        sql<LiveSessionRow & ToldRow>(
          // guard: a grant that has ended tells nothing of a person
          `SELECT sessions.*, users.roles, ${TOLD} FROM sessions ${JOIN_LIVE_ACCOUNT} ${JOIN_TOLD}
            WHERE sessions.id = :id AND sessions.client_id = :client_id`,
          { id, client_id: clientId, now },
        ),
      )
      const subject = row && subjectOf(row, row.user_id)
      if (!row || subject === null) return null
      return { ...personOf(row), subject, roles: parseRoles(row.roles), methods: toSession(row).methods }
    },

    async claimNotices({ now, until, limit }) {
      const { due } = await db.transaction(
        {
          due: sql<NoticeRow>(
            // guard: one caller tells a client
            `UPDATE logout_notices SET due_at = :until, attempts = attempts + 1
              WHERE grant_id IN (SELECT grant_id FROM logout_notices WHERE due_at <= :now ORDER BY due_at, grant_id LIMIT :limit)
                AND due_at <= :now
             RETURNING grant_id, client_id, subject, ended_at, attempts,
               (SELECT back_channel_logout_uri FROM oauth_clients WHERE id = client_id) AS uri,
               (SELECT id_token_alg FROM oauth_clients WHERE id = client_id) AS alg`,
            { now, until, limit },
          ),
        },
        { outcomeMatters: false },
      )
      return due.map(({ uri, alg, ...row }) => ({
        grantId: row.grant_id,
        clientId: row.client_id,
        subject: row.subject,
        endedAt: row.ended_at,
        attempts: row.attempts,
        to: uri === null || alg === null ? null : { uri, alg },
      }))
    },

    async forgetNotice(grantId) {
      await db.change(sql('DELETE FROM logout_notices WHERE grant_id = :grant_id', { grant_id: grantId }), {
        outcomeMatters: false,
      })
    },

    async postponeNotice(grantId, dueAt) {
      await db.change(
        sql('UPDATE logout_notices SET due_at = :due_at WHERE grant_id = :grant_id', {
          grant_id: grantId,
          due_at: dueAt,
        }),
        { outcomeMatters: false },
      )
    },
  }
}

interface NoticeRow {
  readonly grant_id: string
  readonly client_id: string
  readonly subject: string | null
  readonly ended_at: number
  readonly attempts: number
  readonly uri: string | null
  readonly alg: IdTokenAlg | null
}
