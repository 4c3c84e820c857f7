import type { D1Bindings } from '../../src/config/bindings'

/** Counts the calls to storage. A batch is one round trip to D1. */
export interface StorageCosts {
  readonly d1: number
  readonly kvReads: number
  readonly kvWrites: number
  readonly kvDeletes: number
}

/** Bindings that count, and what was spent on them since they were made. */
export interface StorageMeter {
  readonly bindings: D1Bindings
  spent(): StorageCosts
}

/**
 * Counts every call that reaches D1 or KV. A method that would slip past the count throws, so that a new way to
 * storage is counted or noticed.
 */
export function createStorageMeter(bindings: D1Bindings): StorageMeter {
  const costs = { d1: 0, kvReads: 0, kvWrites: 0, kvDeletes: 0 }
  return {
    bindings: {
      ...bindings,
      DB: meteredD1(bindings.DB, () => costs.d1++),
      ...(bindings.SESSIONS && { SESSIONS: meteredKv(bindings.SESSIONS, (cost) => costs[cost]++) }),
    },
    spent: () => ({ ...costs }),
  }
}

type Method = (...args: never[]) => unknown

function meteredD1(db: D1Database, count: () => void): D1Database {
  const originals = new WeakMap<D1PreparedStatement, D1PreparedStatement>()

  function meteredStatement(statement: D1PreparedStatement): D1PreparedStatement {
    const metered = only(statement, {
      ...counted(statement, { first: count, all: count, run: count, raw: count }),
      bind: (...values: unknown[]) => meteredStatement(statement.bind(...values)),
    })
    originals.set(metered, statement)
    return metered
  }

  return only(db, {
    ...counted(db, { exec: count }),
    prepare: (sql: string) => meteredStatement(db.prepare(sql)),
    batch: (statements: readonly D1PreparedStatement[]) => {
      count()
      return db.batch(statements.map((statement) => originals.get(statement) ?? statement))
    },
  })
}

function meteredKv(
  kv: KVNamespace,
  count: (cost: 'kvReads' | 'kvWrites' | 'kvDeletes') => void,
): KVNamespace {
  const read = () => count('kvReads')
  const write = () => count('kvWrites')
  const remove = () => count('kvDeletes')
  return only(kv, counted(kv, { get: read, getWithMetadata: read, list: read, put: write, delete: remove }))
}

/** Returns the named methods of `target`, each of which counts before it does its work. */
function counted(target: object, methods: Readonly<Record<string, () => void>>): Record<string, Method> {
  const entries = Object.entries(methods).map(([name, count]) => [
    name,
    (...args: unknown[]) => {
      count()
      return Reflect.get(target, name).apply(target, args)
    },
  ])
  return Object.fromEntries(entries)
}

function only<T extends object>(target: T, methods: Readonly<Record<string, Method>>): T {
  return new Proxy(target, {
    get(_, name) {
      const method = methods[String(name)]
      if (method) return method
      throw new Error(`${String(name)} is not metered`)
    },
  })
}
