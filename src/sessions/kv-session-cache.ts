import * as v from 'valibot'
import { reach } from '../outage'
import type { LiveSession } from './session'
import type { SessionCache } from './session-cache'

/** KV refuses a shorter life. */
const KV_MIN_TTL_SECONDS = 60

/** Sessions in Workers KV under `session:<id>`, each with an expiry. */
export function createKvSessionCache(kv: KVNamespace): SessionCache {
  return {
    async find(id) {
      const text = await reach('KV', () => kv.get(key(id)))
      return text === null ? null : parseRecord(text)
    },

    async save(live, now) {
      const expirationTtl = Math.max(KV_MIN_TTL_SECONDS, live.session.idleExpiresAt - now)
      await reach('KV', () => kv.put(key(live.session.id), JSON.stringify(live), { expirationTtl }))
    },

    // KV is remembered by nobody here: src/sessions/session-memo.ts is put before it.
    forget() {},

    async delete(id) {
      await reach('KV', () => kv.delete(key(id)))
    },

    async ping() {
      await reach('KV', () => kv.get(key('ping')))
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
})

/** What another version wrote is treated as absent: the session store has the truth. */
function parseRecord(text: string): LiveSession | null {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), Record), text)
  return parsed.success ? parsed.output : null
}
