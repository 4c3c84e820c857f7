import { type DeviceGrantStore, type DevicePoll, POLL_SECONDS } from '../../oauth/device-grant'
import { DEVICE_GRANT } from '../../oauth/grant-types'
import { isOAuthError } from '../../oauth/oauth-error'
import { type Resource, servedScope } from '../../oauth/scopes'
import { startGrant, toGrant } from './grants'
import { type ClientRow, findProven, PROVEN, toClient } from './proven-client'
import { SERVED, servedValues } from './served-resources'
import { JOIN_LIVE_ACCOUNT } from './sessions'
import type { SqlDatabase } from './sql-database'
import { sql } from './statement'

interface DeviceRow {
  readonly scope: string | null
  readonly resource: string | null
  readonly expires_at: number
  readonly next_poll_at: number
  readonly allowed: number | null
  readonly redeemed_as: string | null
}

/** The owner of a code, while their session is live. */
const LIVE_OWNER = `EXISTS (SELECT 1 FROM sessions ${JOIN_LIVE_ACCOUNT}
  WHERE sessions.id = :session_id AND sessions.user_id = :user_id AND sessions.client_id IS NULL)`

/** Creates the store of the requests of devices. */
export function createDeviceGrantStore(
  db: SqlDatabase,
  { maxSessions }: { readonly maxSessions: number },
): DeviceGrantStore {
  return {
    async start(client, { codeHash, userCodeHash, scope, resource, expiresAt }) {
      const { proven } = await db.transaction({
        started: sql(
          // guard: a client starts no request of a device that may not use it
          // guard: a client starts no request of a device before it has proven who it is
          `INSERT INTO device_codes (code_hash, user_code_hash, client_id, scope, resource, expires_at, wait_seconds)
           SELECT :code_hash, :user_code_hash, id, :scope, :resource, :expires_at, :wait_seconds FROM oauth_clients
            WHERE id = :client_id AND secret_hash IS NOT DISTINCT FROM :client_secret AND grants LIKE :grant`,
          {
            code_hash: codeHash,
            user_code_hash: userCodeHash,
            scope,
            resource,
            expires_at: expiresAt,
            wait_seconds: POLL_SECONDS,
            client_id: client.clientId,
            client_secret: client.secretHash,
            grant: `%"${DEVICE_GRANT}"%`,
          },
        ),
        proven: findProven(client),
      })
      const [row] = proven
      return row ? toClient(row) : null
    },

    async claim(userCodeHash, { userId, sessionId }, now) {
      const { claimed, clients } = await db.transaction({
        claimed: sql<DeviceRow>(
          // guard: who entered a code owns it
          `UPDATE device_codes SET user_id = :user_id, session_id = :session_id
            WHERE user_code_hash = :user_code_hash AND expires_at > :now AND allowed IS NULL
              AND (user_id IS NULL OR user_id = :user_id) AND ${LIVE_OWNER}
           RETURNING *`,
          { user_code_hash: userCodeHash, user_id: userId, session_id: sessionId, now },
        ),
        clients: sql<ClientRow & { email: string }>(
          `SELECT oauth_clients.*, users.email FROM device_codes
             JOIN oauth_clients ON oauth_clients.id = device_codes.client_id JOIN users ON users.id = device_codes.user_id
            WHERE user_code_hash = :user_code_hash AND user_id = :user_id`,
          { user_code_hash: userCodeHash, user_id: userId },
        ),
      })
      const [request] = claimed
      const [client] = clients
      if (!request || !client) return null
      const { scope, resource } = request
      return { userCodeHash, client: toClient(client), email: client.email, scope, resource }
    },

    async decide(userCodeHash, { userId, sessionId }, { allowed, scope, resource }, now) {
      const decided = await db.change(
        sql<{ code_hash: string }>(
          // guard: only the owner of a code decides about it, once
          `UPDATE device_codes SET allowed = :allowed, scope = :scope, resource = :resource, session_id = :session_id
            WHERE user_code_hash = :user_code_hash AND user_id = :user_id AND expires_at > :now AND allowed IS NULL
              AND ${LIVE_OWNER}
           RETURNING code_hash`,
          {
            user_code_hash: userCodeHash,
            user_id: userId,
            session_id: sessionId,
            allowed: allowed ? 1 : 0,
            scope,
            resource,
            now,
          },
        ),
      )
      return decided.length > 0
    },

    async poll(client, { codeHash, resource, served }, newGrant) {
      const { grantId, now } = newGrant
      const presented = { client_id: client.clientId, client_secret: client.secretHash }
      const code = { code_hash: codeHash, client_id: client.clientId }
      const { proven, before, begun, told } = await db.transaction({
        proven: findProven(client),
        before: sql<DeviceRow>(
          // guard: a device code is of its client
          'SELECT * FROM device_codes WHERE code_hash = :code_hash AND client_id = :client_id',
          code,
        ),
        polled: sql(
          // guard: a device that asks too soon waits longer
          `UPDATE device_codes SET wait_seconds = wait_seconds + CASE WHEN :now < next_poll_at THEN :more ELSE 0 END,
                  next_poll_at = :now + wait_seconds + CASE WHEN :now < next_poll_at THEN :more ELSE 0 END
            WHERE code_hash = :code_hash AND client_id = :client_id AND allowed IS NULL AND expires_at > :now AND ${PROVEN}`,
          { ...code, ...presented, now, more: POLL_SECONDS },
        ),
        redeemed: sql<{ code_hash: string }>(
          // guard: a device code is taken once
          // guard: a device code is of its resource
          // guard: a device code expires
          // guard: a device code is taken by its client alone
          // guard: a device code is taken by a client that has proven who it is
          // guard: a device code ends with the session that allowed it
          // guard: a device code for what settings name no more is not used up
          `UPDATE device_codes SET redeemed_as = :grant_id
            WHERE code_hash = :code_hash AND client_id = :client_id AND allowed = 1 AND redeemed_as IS NULL
              AND expires_at > :now AND (CAST(:resource AS TEXT) IS NULL OR resource = :resource) AND ${PROVEN}
              AND EXISTS (SELECT 1 FROM sessions ${JOIN_LIVE_ACCOUNT} WHERE sessions.id = session_id) AND ${SERVED}
           RETURNING code_hash`,
          { ...code, ...presented, resource, grant_id: grantId, now, ...servedValues(served) },
        ),
        ...startGrant('device_codes', { client, codeHash, ...newGrant }, maxSessions),
      })
      if (proven.length === 0) return { outcome: 'unknown-client' }
      const [row] = before
      const [taken] = begun
      if (taken) {
        const grant = toGrant(taken, told)
        return grant ? { outcome: 'granted', grant } : { outcome: 'invalid' }
      }
      if (!row || row.redeemed_as !== null) return { outcome: 'invalid' }
      if (row.expires_at <= now) return { outcome: 'expired' }
      if (row.allowed === 0) return { outcome: 'denied' }
      if (row.allowed === 1) return notTaken(row, served)
      return { outcome: now < row.next_poll_at ? 'too-soon' : 'pending' }
    },

    async forget(expiredBefore, limit) {
      await db.change(
        sql(
          `DELETE FROM device_codes WHERE code_hash IN
             (SELECT code_hash FROM device_codes WHERE expires_at < :expired_before ORDER BY expires_at, code_hash LIMIT :limit)`,
          { expired_before: expiredBefore, limit },
        ),
        { outcomeMatters: false },
      )
    },
  }
}

/** Returns why a code that was allowed was not taken. */
function notTaken({ scope, resource }: DeviceRow, served: readonly Resource[]): DevicePoll {
  const granted = { scope: scope ?? '', resource }
  return isOAuthError(servedScope(granted.scope, resource, served))
    ? { outcome: 'unserved', granted }
    : { outcome: 'invalid' }
}
