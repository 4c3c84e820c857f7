import { env } from 'cloudflare:workers'
import type { CopyStore } from '../../src/sessions/copy-store'
import { createDurableObjectCopyStore } from '../../src/storage/durable-object/copy-store'
import { createKvCopyStore } from '../../src/storage/kv/copy-store'
import { createMemoryCopyStore } from '../../src/storage/memory/copy-store'
import { type FaultyD1, faultyD1 } from './faulty-d1'
import { guardedApp } from './guarded-app'
import { type Answer, send } from './person'
import { type OwnService, ownService } from './service'

/**
 * Names the faults of a store of copies. `slow`: it never answers. `full`: it takes no writes. `evicting`: it forgets at will.
 * `nonsense`: it gives back what nobody wrote.
 */
export type CopyFault = 'down' | 'slow' | 'full' | 'evicting' | 'nonsense'

/** A store of copies with a fault that a test sets, and a memory of what it once held. */
export interface FaultyCopies extends CopyStore {
  fault: CopyFault | null
  /** Every call, by its name. Emptied by assignment of `length`. */
  readonly calls: string[]
  /** Puts everything back that was ever written, as a restored snapshot or a failover to a late replica does. */
  restore(): Promise<void>
  /** Writes a text under every key that was ever written. */
  overwrite(text: (key: string) => Promise<string>): Promise<void>
}

const NONSENSE = '\u0000{"session":null}'

export function faultyCopies(copyStore: CopyStore): FaultyCopies {
  const { signal } = new AbortController()
  const written = new Map<string, { readonly text: string; readonly seconds: number }>()

  async function perform<T>(call: string, run: () => Promise<T>): Promise<T> {
    store.calls.push(call)
    if (store.fault === 'down') throw new Error('Connection refused')
    if (store.fault === 'slow') return new Promise<never>(() => {})
    return run()
  }

  const store: FaultyCopies = {
    store: copyStore.store,
    mostDeletes: copyStore.mostDeletes,
    fault: null,
    calls: [],
    get: (key, signal) =>
      perform('get', async () => {
        if (store.fault === 'evicting') return null
        return store.fault === 'nonsense' ? NONSENSE : copyStore.get(key, signal)
      }),
    set: (key, text, seconds, signal) =>
      perform('set', async () => {
        if (store.fault === 'full') throw new Error('OOM command not allowed')
        written.set(key, { text, seconds })
        await copyStore.set(key, text, seconds, signal)
      }),
    delete: (keys, signal) => perform('delete', () => copyStore.delete(keys, signal)),
    async restore() {
      for (const [key, { text, seconds }] of written) await copyStore.set(key, text, seconds, signal)
    },
    async overwrite(textFor) {
      for (const key of written.keys()) await copyStore.set(key, await textFor(key), 60, signal)
    },
  }
  return store
}

/** A Janus with copies of one kind, with that kind's faults, and an app that it guards. */
export interface CopyPlace extends OwnService {
  readonly db: FaultyD1
  readonly copies: FaultyCopies
  /** Asks the protected route of the app, which needs no live session. */
  askApp(client: { readonly headers: Record<string, string> }): Promise<Answer>
}

/** One kind of copies, as `SESSION_COPIES` names it. */
export interface CopyKind {
  readonly name: string
  readonly settings: Readonly<Record<string, unknown>>
  /** `null`: every place has a store of its own, which cannot fail. */
  readonly open: (() => CopyStore) | null
}

export const KV_COPIES: CopyKind = {
  name: 'kv',
  settings: {},
  open: () => createKvCopyStore(env.SESSIONS),
}

export const DURABLE_OBJECT_COPIES: CopyKind = {
  name: 'durable-object',
  settings: { SESSION_COPIES: 'durable-object', SESSIONS: undefined },
  open: () => createDurableObjectCopyStore(env.COPIES),
}

export const MEMORY_COPIES: CopyKind = {
  name: 'memory',
  settings: { SESSION_COPIES: 'memory', SESSIONS: undefined },
  open: null,
}

export const NO_COPIES: CopyKind = {
  name: 'none',
  settings: { SESSION_COPIES: 'none', SESSIONS: undefined },
  open: null,
}

export function createCopyPlace({ name, settings, open }: CopyKind): CopyPlace {
  const db = faultyD1(env.DB)
  const copies = faultyCopies(open?.() ?? createMemoryCopyStore(() => 0))
  const binding = name === 'kv' ? { SESSIONS: kvOver(copies) } : {}
  const service = ownService({ ...settings, ...binding, DB: db }, { createSessionCopies: () => copies })
  const app = guardedApp(service)
  const askApp: CopyPlace['askApp'] = ({ headers }) => send(app, 'GET', '/protected', { headers })
  return Object.assign(service, { db, copies, askApp })
}

/** Returns the binding of Workers KV that a store of copies is read and written through. */
function kvOver(copies: CopyStore) {
  const { signal } = new AbortController()
  return {
    get: (key: string) => copies.get(key, signal),
    put: (key: string, text: string, { expirationTtl }: { expirationTtl: number }) =>
      copies.set(key, text, expirationTtl, signal),
    delete: (key: string) => copies.delete([key], signal),
  }
}
