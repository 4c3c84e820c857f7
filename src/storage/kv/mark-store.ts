import * as v from 'valibot'
import type { MarkStore } from '../../restores/mark'
import { reach } from '../../runtime/outage'

/** Known to `janus doctor` (packages/cli/doctor/check-restore.ts). */
const KEY = 'audit-mark'

const StoredMark = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ seq: v.number(), chainHash: v.string(), at: v.number() }),
)

/** Keeps the mark in Workers KV, without an expiry. */
export function createKvMarkStore(kv: KVNamespace): MarkStore {
  return {
    async find() {
      const parsed = v.safeParse(StoredMark, await reach('KV', () => kv.get(KEY)))
      return parsed.success ? parsed.output : null
    },

    async set(mark) {
      await reach('KV', () => kv.put(KEY, JSON.stringify(mark)))
    },
  }
}

/** Stands in where there is no KV. A database that was put back is then not noticed, and `janus restored` runs only if an operator knows. */
export const NO_MARK_STORE: MarkStore = { find: async () => null, set: async () => {} }
