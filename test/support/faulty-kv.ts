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
  /** The nth operation from now throws, and that one only: nothing is done, or the answer is lost. */
  failNth(n: number, how: 'not-done' | 'answer-lost'): void
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
  let nth: { left: number; how: 'not-done' | 'answer-lost' } | null = null

  async function perform<T>(operation: KvOperation, key: string, run: () => Promise<T>): Promise<T> {
    calls.push({ operation, key })
    await gate.pass(operation)
    if (nth) nth.left -= 1
    const fault = nth?.left === 0 ? nth.how : null
    if (failing.includes(operation) || fault === 'not-done') throw internalError(operation)
    if (full && operation === 'put') throw new Error('KV put() limit exceeded for the day.')
    const result = await run()
    if (fault === 'answer-lost') throw internalError(operation)
    return result
  }

  return {
    get(key, options) {
      return perform('get', key, async () => {
        const before = remembered.get(key)
        if (before !== undefined) return before
        const value = await kv.get(key, options)
        if (remembers === 'everything' || (remembers === 'misses' && value === null))
          remembered.set(key, value)
        return value
      })
    },
    put: (key, value, options) => perform('put', key, () => kv.put(key, value, options)),
    delete: (key) => perform('delete', key, () => kv.delete(key)),

    calls,
    fail(...operations) {
      failing = operations
    },
    fillUp() {
      full = true
    },
    failNth(n, how) {
      nth = { left: n, how }
    },
    recover() {
      failing = []
      full = false
      nth = null
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

function internalError(operation: KvOperation): Error {
  return new Error(`KV ${operation.toUpperCase()} failed: 500 Internal Error`)
}
