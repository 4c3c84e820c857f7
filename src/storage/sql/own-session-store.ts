import { nameOfUrl } from '../../oauth/app-metadata'
import type { Client } from '../../oauth/client'
import type { OwnSessionStore } from '../../sessions/own-session-store'
import type { DelegatedKind, ListedSession } from '../../sessions/session'
import type { EndedSession } from '../../sessions/session-store'
import { type SessionRow, toSession } from './session-row'
import { endContext } from './sessions'
import type { SqlDatabase } from './sql-database'
import { ifChanged, PREVIOUS_CHANGED, sql } from './statement'

/** Finds the sessions of a kind. */
const OF_KIND = {
  app: 'AND sessions.client_id IS NOT NULL AND sessions.key_hash IS NULL',
  'api-key': 'AND sessions.key_hash IS NOT NULL',
} as const satisfies Record<DelegatedKind, string>

/** Creates the store of the sessions of one's own account. */
export function createOwnSessionStore(db: SqlDatabase): OwnSessionStore {
  return {
    async end({ id, userId, kind }, { reason, by, now }) {
      const { ended } = await db.transaction({
        ended: sql<EndedSession>(
          // guard: a person ends a session of their own
          `UPDATE sessions SET ended_at = :now, end_reason = :reason, end_context = :context
            WHERE id = :id AND user_id = :user_id AND ended_at IS NULL ${kind ? OF_KIND[kind] : ''}
           RETURNING id, mode`,
          { id, user_id: userId, now, reason, context: endContext(by) },
        ),
        forgotten: ifChanged(
          'ended',
          sql(
            // guard: an app whose access was ended asks again
            `DELETE FROM oauth_consents
              WHERE user_id = :user_id AND client_id = (SELECT client_id FROM sessions WHERE id = :id)
                AND resource = coalesce((SELECT resource FROM sessions WHERE id = :id), '') AND ${PREVIOUS_CHANGED}`,
            { id, user_id: userId },
          ),
        ),
      })
      return ended[0] ?? null
    },

    async list(userId, { before, limit, kind }, now) {
      const rows = await db.all(
        sql<ListedSessionRow>(
          // guard: the list of sessions is that of one account
          // guard: API keys are not listed as sessions
          `SELECT sessions.*, oauth_clients.name AS client_name, oauth_clients.registered_by AS client_registered_by,
                  oauth_clients.redirect_uris AS client_redirect_uris
             FROM sessions LEFT JOIN oauth_clients ON oauth_clients.id = sessions.client_id
            WHERE sessions.user_id = :user_id AND ended_at IS NULL ${kind ? OF_KIND[kind] : 'AND sessions.key_hash IS NULL'}
              AND (sessions.created_at, sessions.id) < (:before_at, :before_id)
              AND idle_expires_at > :now AND expires_at > :now
            ORDER BY sessions.created_at DESC, sessions.id DESC LIMIT :limit`,
          {
            user_id: userId,
            before_at: before?.createdAt ?? Number.MAX_SAFE_INTEGER,
            before_id: before?.id ?? '',
            now,
            limit,
          },
        ),
      )
      return rows.map(toListedSession)
    },
  }
}

/** A session with the name of the client that it is of, if any. */
interface ListedSessionRow extends SessionRow {
  readonly client_name: string | null
  readonly client_registered_by: Client['registeredBy'] | null
  /** JSON. */
  readonly client_redirect_uris: string | null
}

function toListedSession(row: ListedSessionRow): ListedSession {
  const { client_id: id, client_name: name, scope, resource } = row
  const app =
    id === null
      ? null
      : { id, name: name ?? row.key_name ?? id, host: hostOfClient(row), scope: scope ?? '', resource }
  return { ...toSession(row), app, keyUsedAt: row.key_used_at }
}

/** Returns the host that an app is known by which no operator registered. */
function hostOfClient(row: ListedSessionRow): string | null {
  const { client_id: id, client_registered_by: registeredBy, client_redirect_uris: uris } = row
  if (registeredBy === 'document' && id !== null) return nameOfUrl(id)
  return registeredBy === 'itself' && uris !== null ? nameOfUrl(JSON.parse(uris)[0]) : null
}
