/** Caches values in the memory of this isolate. It is bounded: the least recently used entry is removed first. */
export interface Memo<V> {
  readonly size: number
  /** Returns the value, if it is cached and `now` is before its end. */
  get(key: string, now: number): V | null
  /** Caches a value until an instant, in seconds. */
  set(key: string, value: V, until: number): void
  /** Forgets every value that fits: looks at all there are. */
  deleteWhere(fits: (value: V) => boolean): void
}

/** A few MiB of an isolate's 128, at some 1 KiB an entry. */
export const MEMO_CAPACITY = 5000

export function createMemo<V>(capacity = MEMO_CAPACITY): Memo<V> {
  // A Map keeps the order in which keys came: the first is the one that was not used for longest.
  const entries = new Map<string, { readonly value: V; readonly until: number }>()

  return {
    get size() {
      return entries.size
    },

    get(key, now) {
      const entry = entries.get(key)
      if (!entry) return null
      entries.delete(key)
      // guard: what is remembered has an end
      if (now >= entry.until) return null
      entries.set(key, entry)
      return entry.value
    },

    set(key, value, until) {
      entries.delete(key)
      entries.set(key, { value, until })
      // guard: what is remembered has a bound
      if (entries.size <= capacity) return
      const [oldest] = entries.keys()
      if (oldest !== undefined) entries.delete(oldest)
    },

    deleteWhere(fits) {
      for (const [key, { value }] of entries) if (fits(value)) entries.delete(key)
    },
  }
}
