import type { Clock } from '../../runtime/clock'
import type { CopyStore } from '../../sessions/copy-store'

/** Some 10 MiB at 1 KiB a copy. The copy that was written first makes room for the newest. */
const CAPACITY = 10_000

/** Keeps texts in the memory of this process. Another process, or another isolate of a Worker, has a store of its own. */
export function createMemoryCopyStore(clock: Clock, capacity = CAPACITY): CopyStore {
  // A Map keeps the order in which its keys came.
  const texts = new Map<string, { readonly text: string; readonly until: number }>()
  return {
    store: 'memory',
    mostDeletes: CAPACITY,

    async get(key) {
      const found = texts.get(key)
      if (!found || clock() < found.until) return found?.text ?? null
      texts.delete(key)
      return null
    },

    async set(key, text, seconds) {
      texts.delete(key)
      texts.set(key, { text, until: clock() + seconds })
      const [oldest] = texts.keys()
      if (texts.size > capacity && oldest !== undefined) texts.delete(oldest)
    },

    async delete(keys) {
      for (const key of keys) texts.delete(key)
    },
  }
}
