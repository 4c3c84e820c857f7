import { encodeBase64url } from '../../crypto/base64url'
import { randomBytes } from '../../crypto/random'
import { hashText } from '../../crypto/sha256'
import { nameOfUrl } from '../../oauth/app-metadata'
import type { SelfRegisteredStore } from '../../oauth/self-registered-store'
import { findSourceWait, sourceThrottled, spendSource } from './budgets'
import { type ClientRow, toClient } from './proven-client'
import type { SqlDatabase } from './sql-database'
import { ifChanged, PREVIOUS_CHANGED, type Statement, sql } from './statement'

/** Limits fetches from one host: so many at once, and then one each so many seconds. The limit on clients bounds what one of them causes at many. */
const FETCH_LIMIT = { burst: 10, seconds: 6 }

const DAY_SECONDS = 24 * 60 * 60

/** Says how long an app is kept that nobody has used, and one that somebody has, in seconds. */
const KEPT_SECONDS = { unused: DAY_SECONDS, used: 90 * DAY_SECONDS }

export function createSelfRegisteredStore(db: SqlDatabase): SelfRegisteredStore {
  return {
    async mayFetch(place, now) {
      const { burst, seconds } = FETCH_LIMIT
      const key = await hashText(`client-document ${place}`)
      const sources = [{ key, seconds, room: (burst - 1) * seconds }]
      return (await db.change(spendSource({ sources, now }), { outcomeMatters: false })).length > 0
    },

    async saveDocument({ id, name, redirectUris, scopes, keys, freshUntil, countsUntil, now }) {
      const [row] = await db.change(
        sql<ClientRow>(
          // A client with keys has a secret that nobody knows, so no statement takes it for a public one.
          // guard: an app that signs is no public client
          `INSERT INTO oauth_clients (id, name, redirect_uris, scopes, jwks, secret_hash, created_at, registered_by, fresh_until,
                                      counts_until, kept_until)
           VALUES (:id, :name, :redirect_uris, :scopes, :jwks, :secret_hash, :now, 'document', :fresh_until,
                   :counts_until, :kept_until)
           ON CONFLICT (id) DO UPDATE SET name = excluded.name, redirect_uris = excluded.redirect_uris,
             scopes = excluded.scopes, jwks = excluded.jwks, fresh_until = excluded.fresh_until,
             counts_until = excluded.counts_until,
             secret_hash = CASE WHEN excluded.jwks IS NULL THEN NULL ELSE COALESCE(oauth_clients.secret_hash, excluded.secret_hash) END
           WHERE oauth_clients.registered_by = 'document'
           RETURNING *`,
          {
            id,
            name: name ?? nameOfUrl(id),
            redirect_uris: JSON.stringify(redirectUris),
            scopes: JSON.stringify(scopes),
            jwks: keys && JSON.stringify({ keys }),
            secret_hash: keys && encodeBase64url(randomBytes(32)),
            fresh_until: freshUntil,
            counts_until: countsUntil,
            kept_until: now + KEPT_SECONDS.unused,
            now,
          },
        ),
        { outcomeMatters: false },
      )
      if (!row) throw new Error('The id of a document is that of another client')
      return toClient(row)
    },

    async withdrawDocument(id) {
      const withdrawn = sql(
        // One without keys stays one that must prove itself.
        `UPDATE oauth_clients SET redirect_uris = '[]', jwks = CASE WHEN jwks IS NULL THEN NULL ELSE '{"keys":[]}' END
          WHERE id = :id AND registered_by = 'document'`,
        { id },
      )
      await db.change(withdrawn, { outcomeMatters: false })
    },

    async postponeDocument(id, freshUntil) {
      const postponed = sql(
        `UPDATE oauth_clients SET fresh_until = :fresh_until, counts_until = COALESCE(counts_until, fresh_until)
          WHERE id = :id AND registered_by = 'document'`,
        { id, fresh_until: freshUntil },
      )
      await db.change(postponed, { outcomeMatters: false })
    },

    async register({ id, name, redirectUris, scopes, sources, now }) {
      const { spent, waits } = await db.transaction(
        {
          spent: spendSource({ sources, now }),
          registered: ifChanged(
            'spent',
            sql(
              // guard: who has registered too much registers nothing
              `INSERT INTO oauth_clients (id, name, redirect_uris, scopes, created_at, registered_by, kept_until)
               SELECT :id, :name, :redirect_uris, :scopes, :now, 'itself', :kept_until WHERE ${PREVIOUS_CHANGED}`,
              {
                id,
                name: name ?? nameOfUrl(redirectUris[0] ?? ''),
                redirect_uris: JSON.stringify(redirectUris),
                scopes: JSON.stringify(scopes),
                kept_until: now + KEPT_SECONDS.unused,
                now,
              },
            ),
          ),
          waits: findSourceWait({ sources, now }),
        },
        { outcomeMatters: false },
      )
      return spent.length > 0 ? { outcome: 'registered' } : sourceThrottled(waits)
    },

    async forgetUnused(now, limit) {
      await db.change(
        sql(
          // guard: an app that somebody is connected to is kept
          `DELETE FROM oauth_clients WHERE id IN
             (SELECT id FROM oauth_clients
               WHERE kept_until < :now
                 AND (SELECT id FROM sessions WHERE client_id = oauth_clients.id AND ended_at IS NULL LIMIT 1) IS NULL
               ORDER BY kept_until, id LIMIT :limit)`,
          { now, limit },
        ),
        { outcomeMatters: false },
      )
    },
  }
}

/** Keeps an app that no operator registered because somebody uses it. At most one write a day. */
export function keepUsedClient(id: string, now: number): Statement {
  return sql(
    'UPDATE oauth_clients SET kept_until = :kept_until WHERE id = :id AND kept_until < :kept_until - :day',
    { id, kept_until: now + KEPT_SECONDS.used, day: DAY_SECONDS },
  )
}
