import type { CopyStore } from '../../sessions/copy-store'

/** KV refuses a shorter life. */
const KV_MIN_TTL_SECONDS = 60

/** Keeps texts in Workers KV, each with an expiry. */
export function createKvCopyStore(kv: KVNamespace): CopyStore {
  return {
    store: 'KV',
    // Workers hold six connections open; the rest would wait anyway.
    mostDeletes: 6,

    get: (key) => kv.get(key),

    set: (key, text, seconds) => kv.put(key, text, { expirationTtl: Math.max(KV_MIN_TTL_SECONDS, seconds) }),

    async delete(keys) {
      await Promise.all(keys.map((key) => kv.delete(key)))
    },
  }
}
