import * as v from 'valibot'
import type { Restores } from '../restores/restores'
import { createBreaker } from '../runtime/breaker'
import type { Clock } from '../runtime/clock'
import type { Log } from '../runtime/log'
import { reach } from '../runtime/outage'
import type { CopyStore } from './copy-store'
import { ProvenMethods } from './proven-methods'
import type { LiveSession } from './session'
import type { SessionCache } from './session-cache'
import type { SignedTexts } from './signed-texts'

interface SessionCopyParts {
  readonly copyStore: CopyStore
  readonly signedTexts: SignedTexts
  readonly restores: Restores
  /** Says how long a copy is accepted after it was written; `null`: until its session expires. */
  readonly copySeconds: number | null
  readonly clock: Clock
  readonly log: Log
}

/**
 * Creates the cache of sessions on a store of texts: each copy under `session:<id>`, signed, with an expiry.
 *
 * A copy counts as absent if Janus did not sign it, if it is older than `copySeconds`, or if it was written before the database was put back.
 * Its age is in what is signed, so a store that forgets expiries, is restored from a snapshot, or was cut off for a while cannot make a
 * copy last longer.
 */
export function createSessionCopies(parts: SessionCopyParts): SessionCache {
  const { copyStore, signedTexts, restores, copySeconds, clock, log } = parts
  const { store } = copyStore
  const reachUnlessLate = createBreaker(store)

  return {
    store,

    async find(id) {
      const [text, restoredAt] = await Promise.all([
        reachUnlessLate((signal) => copyStore.get(keyOf(id), signal)),
        restores.lastAt(),
      ])
      if (text === null) return null
      const json = await signedTexts.open(keyOf(id), text)
      if (json === null) {
        log('session-copy-rejected', { session_id: id })
        return null
      }
      const record = parseRecord(json)
      // guard: a copy written before the database was put back is ignored
      if (!record || record.writtenAt <= restoredAt) return null
      // A copy from the future has an unknown age.
      // guard: a copy is accepted for SESSION_COPY_SECONDS
      const isFresh = copySeconds === null || Math.abs(clock() - record.writtenAt) < copySeconds
      return isFresh ? record.live : null
    },

    async save(live, now) {
      const left = live.session.idleExpiresAt - now
      const seconds = Math.max(1, copySeconds === null ? left : Math.min(left, copySeconds))
      const key = keyOf(live.session.id)
      const text = await signedTexts.sign(key, JSON.stringify({ ...live, writtenAt: now }))
      await reachUnlessLate((signal) => copyStore.set(key, text, seconds, signal))
    },

    async delete(ids) {
      for (let start = 0; start < ids.length; start += copyStore.mostDeletes) {
        const keys = ids.slice(start, start + copyStore.mostDeletes).map(keyOf)
        // Always tried: a copy that stays is one that is still accepted.
        await reach(store, (signal) => copyStore.delete(keys, signal))
      }
    },
  }
}

/** Keeps no copies: every request asks the session store. */
export const NO_SESSION_COPIES: SessionCache = {
  store: null,
  find: async () => null,
  save: async () => {},
  delete: async () => {},
}

function keyOf(id: string): string {
  return `session:${id}`
}

const Record = v.object({
  session: v.object({
    id: v.string(),
    userId: v.string(),
    mode: v.literal('session'),
    createdAt: v.number(),
    authenticatedAt: v.number(),
    methods: ProvenMethods,
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
  // guard: a signed copy of another version is ignored
  if (!parsed.success) return null
  const { writtenAt, ...live } = parsed.output
  return { live, writtenAt }
}
