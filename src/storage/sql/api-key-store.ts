import { auditEvent } from '../../audit/audit-event'
import { type ApiKeyStore, clientOfKey, dayOf, MOST_API_KEYS, type NewApiKey } from '../../oauth/api-key'
import { recordIfChanged } from './audit-log'
import { type MailQueue, mailIds } from './mail-queue'
import { type LiveSessionRow, toLiveSession } from './session-row'
import { JOIN_LIVE_ACCOUNT } from './sessions'
import type { SqlDatabase } from './sql-database'
import { ifChanged, type Statement, sql } from './statement'

/** Creates the store of API keys. A key is a row of sessions, so every end of a session is one of a key. */
export function createApiKeyStore(
  db: SqlDatabase,
  { mailQueue }: { readonly mailQueue: MailQueue },
): ApiKeyStore {
  return {
    async create(key) {
      const { id, userId, source, now } = key
      const event = {
        at: now,
        actorId: userId,
        subjectId: userId,
        sessionId: id,
        mode: 'token',
        source,
      } as const
      const notice = { kind: 'api-key-created', source, now } as const
      const { begun, ownerTold, others } = await db.transaction({
        begun: insertKey(key),
        recorded: ifChanged('begun', recordIfChanged(auditEvent('api-key-created', event))),
        ownerTold: ifChanged('recorded', mailQueue.noticeIfChanged(notice, { userId })),
        others: sql<{ open: number }>(`SELECT ${OPEN_KEYS} AS open`, { user_id: userId, now }),
      })
      if (begun.length > 0) return { outcome: 'created', mailIds: mailIds(ownerTold) }
      return { outcome: (others[0]?.open ?? 0) < MOST_API_KEYS ? 'over' : 'too-many' }
    },

    async use(hash, now) {
      const { found } = await db.transaction(
        {
          // guard: the use of a key is written once a day
          used: sql(
            `UPDATE sessions SET key_used_at = :day
              WHERE key_hash = :hash AND (key_used_at IS NULL OR key_used_at < :day) AND ended_at IS NULL AND expires_at > :now`,
            { hash, day: dayOf(now), now },
          ),
          // guard: a key works while it and its account do
          found: sql<LiveSessionRow>(
            `SELECT sessions.*, users.roles FROM sessions ${JOIN_LIVE_ACCOUNT} WHERE sessions.key_hash = :hash`,
            { hash, now },
          ),
        },
        { outcomeMatters: false },
      )
      const [row] = found
      if (!row || row.scope === null || row.resource === null) return null
      return { live: toLiveSession(row), scope: row.scope, resource: row.resource }
    },
  }
}

const OPEN_KEYS = `(SELECT count(*) FROM sessions AS own WHERE own.user_id = :user_id AND own.ended_at IS NULL
  AND own.key_hash IS NOT NULL AND own.expires_at > :now)`

/** Makes the session of a key, which rests on the proofs of the session that was checked, if that is live still. */
function insertKey(key: NewApiKey): Statement<{ id: string }> {
  return sql(
    // guard: an account has so many API keys
    // guard: a key is made in a session of its person that is live
    `INSERT INTO sessions (id, user_id, mode, refresh_counter, refreshed_at, created_at, authenticated_at, last_seen_at,
                           idle_expires_at, expires_at, amr, methods, client_id, scope, resource, key_name, key_hash)
     SELECT :id, sessions.user_id, 'token', 0, :now, :now, sessions.authenticated_at, :now,
            :expires_at, :expires_at, sessions.amr, sessions.methods, :client_id, :scope, :resource, :name, :hash
       FROM sessions ${JOIN_LIVE_ACCOUNT}
      WHERE sessions.id = :session_id AND sessions.user_id = :user_id AND sessions.client_id IS NULL
        AND ${OPEN_KEYS} < ${MOST_API_KEYS}
     RETURNING id`,
    {
      id: key.id,
      user_id: key.userId,
      session_id: key.sessionId,
      client_id: clientOfKey(key.id),
      scope: key.scope,
      resource: key.resource,
      name: key.name,
      hash: key.hash,
      expires_at: key.expiresAt,
      now: key.now,
    },
  )
}
