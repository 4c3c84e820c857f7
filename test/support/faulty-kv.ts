import { createGate, type Held } from './gate'

export type KvOperation = 'get' | 'put' | 'delete'

/**
 * Workers KV as one place of the network sees it, with the weaknesses that a local KV lacks. What it writes reaches
 * the real namespace at once; what it reads may be behind.
 */
export interface FaultyKv {
  get(key: string, options?: Partial<KVNamespaceGetOptions<undefined>>): Promise<string | null>
  put(key: string, value: string, options?: KVNamespacePutOptions): Promise<void>
  delete(key: string): Promise<void>

  /** Every operation asked for, whether it was done or not. Emptied by assignment of `length`. */
  readonly calls: { readonly operation: KvOperation; readonly key: string }[]
  /** From now on these operations throw. */
  fail(...operations: KvOperation[]): void
  /** From now on `put` throws, as when the writes of a day are used up. */
  fillUp(): void
  /** Nothing throws any more. */
  recover(): void
  /** From now on what was once read of a key is read again, whoever writes: KV promises nothing sooner, even here. */
  fallBehind(): void
  /** From now on a key that was missed once stays missing. */
  cacheMisses(): void
  /** Reads see what is there again. */
  catchUp(): void
  /** Stops the next such operation before it does anything. */
  hold(operation: KvOperation): Held
}

export function faultyKv(kv: KVNamespace): FaultyKv {
  const calls: FaultyKv['calls'] = []
  const gate = createGate<KvOperation>()
  const remembered = new Map<string, string | null>()
  let remembers: 'nothing' | 'misses' | 'everything' = 'nothing'
  let failing: readonly KvOperation[] = []
  let full = false

  async function enter(operation: KvOperation, key: string): Promise<void> {
    calls.push({ operation, key })
    await gate.pass(operation)
    if (failing.includes(operation))
      throw new Error(`KV ${operation.toUpperCase()} failed: 500 Internal Error`)
    if (full && operation === 'put') throw new Error('KV put() limit exceeded for the day.')
  }

  return {
    async get(key, options) {
      await enter('get', key)
      const before = remembered.get(key)
      if (before !== undefined) return before
      const value = await kv.get(key, options)
      if (remembers === 'everything' || (remembers === 'misses' && value === null)) remembered.set(key, value)
      return value
    },
    async put(key, value, options) {
      await enter('put', key)
      await kv.put(key, value, options)
    },
    async delete(key) {
      await enter('delete', key)
      await kv.delete(key)
    },

    calls,
    fail(...operations) {
      failing = operations
    },
    fillUp() {
      full = true
    },
    recover() {
      failing = []
      full = false
    },
    fallBehind() {
      remembers = 'everything'
    },
    cacheMisses() {
      remembers = 'misses'
    },
    catchUp() {
      remembers = 'nothing'
      remembered.clear()
    },
    hold(operation) {
      return gate.hold((other) => other === operation)
    },
  }
}
