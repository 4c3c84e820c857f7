import * as v from 'valibot'
import type { Restores } from '../../restores/restores'
import type { Log } from '../../runtime/log'
import { reach } from '../../runtime/outage'
import type { LiveSession } from '../../sessions/session'
import type { SessionCache } from '../../sessions/session-cache'
import type { SignedCopies } from '../../sessions/signed-copies'

/** KV refuses a shorter life. */
const KV_MIN_TTL_SECONDS = 60

/** Sessions in Workers KV under `session:<id>`, each signed and with an expiry. */
export function createKvSessionCache(
  kv: KVNamespace,
  {
    copies,
    restores,
    log,
  }: { readonly copies: SignedCopies; readonly restores: Restores; readonly log: Log },
): SessionCache {
  return {
    // A copy that Janus did not sign, or wrote before the database was put back, counts as absent: the session store has the truth.
    async find(id) {
      const [text, restoredAt] = await Promise.all([reach('KV', () => kv.get(key(id))), restores.lastAt()])
      if (text === null) return null
      const json = await copies.open(key(id), text)
      if (json === null) {
        log('session-copy-rejected', { session_id: id })
        return null
      }
      const record = parseRecord(json)
      return record && record.writtenAt > restoredAt ? record.live : null
    },

    async save(live, now) {
      const expirationTtl = Math.max(KV_MIN_TTL_SECONDS, live.session.idleExpiresAt - now)
      const copy = await copies.sign(key(live.session.id), JSON.stringify({ ...live, writtenAt: now }))
      await reach('KV', () => kv.put(key(live.session.id), copy, { expirationTtl }))
    },

    async delete(id) {
      await reach('KV', () => kv.delete(key(id)))
    },
  }
}

function key(id: string): string {
  return `session:${id}`
}

const Record = v.object({
  session: v.object({
    id: v.string(),
    userId: v.string(),
    mode: v.literal('session'),
    createdAt: v.number(),
    authenticatedAt: v.number(),
    amr: v.picklist(['pwd', 'otp']),
    lastSeenAt: v.number(),
    idleExpiresAt: v.number(),
    expiresAt: v.number(),
    userAgent: v.nullable(v.string()),
    country: v.nullable(v.string()),
  }),
  roles: v.array(v.string()),
  secretHash: v.string(),
  writtenAt: v.number(),
})

/** Returns `null` for a record of another version. */
function parseRecord(json: string): { readonly live: LiveSession; readonly writtenAt: number } | null {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), Record), json)
  if (!parsed.success) return null
  const { writtenAt, ...live } = parsed.output
  return { live, writtenAt }
}
