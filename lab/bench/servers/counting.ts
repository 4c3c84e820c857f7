/** Counts the calls to storage since the Worker started. */
export interface StorageCounts {
  /** Calls that reach D1, a batch being one. */
  d1Calls: number
  d1Statements: number
  kvReads: number
  kvWrites: number
  kvDeletes: number
}

/** Returns a D1 that counts. A method that is not counted is refused, so nothing slips past. */
export function countingD1(db: D1Database, counts: StorageCounts): D1Database {
  const originals = new WeakMap<D1PreparedStatement, D1PreparedStatement>()

  function spend(statements: number): void {
    counts.d1Calls += 1
    counts.d1Statements += statements
  }

  function countingStatement(statement: D1PreparedStatement): D1PreparedStatement {
    const run = (name: 'first' | 'all' | 'run' | 'raw') => {
      return (...args: unknown[]) => {
        spend(1)
        return Reflect.apply(statement[name], statement, args)
      }
    }
    const counted = intercept(statement, {
      bind: (...values: unknown[]) => countingStatement(statement.bind(...values)),
      first: run('first'),
      all: run('all'),
      run: run('run'),
      raw: run('raw'),
    })
    originals.set(counted, statement)
    return counted
  }

  return intercept(db, {
    prepare: (sql: string) => countingStatement(db.prepare(sql)),
    batch: (statements: readonly D1PreparedStatement[]) => {
      spend(statements.length)
      return db.batch(statements.map((statement) => originals.get(statement) ?? statement))
    },
    exec: (sql: string) => {
      spend(1)
      return db.exec(sql)
    },
  })
}

const KV_METHODS = { get: 'kvReads', list: 'kvReads', put: 'kvWrites', delete: 'kvDeletes' } as const

/** Returns a KV that counts in the same way. */
export function countingKv(kv: KVNamespace, counts: StorageCounts): KVNamespace {
  const names = ['get', 'list', 'put', 'delete'] as const
  const methods = names.map((name) => [
    name,
    (...args: unknown[]) => {
      counts[KV_METHODS[name]] += 1
      return Reflect.apply(kv[name], kv, args)
    },
  ])
  return intercept(kv, Object.fromEntries(methods))
}

function intercept<T extends object>(target: T, methods: Record<string, (...args: never[]) => unknown>): T {
  return new Proxy(target, {
    get(of, name) {
      const method = methods[String(name)]
      if (method) return method
      // Libraries ask what kind of object a binding is; that reads nothing.
      if (typeof name === 'symbol' || !(name in of) || name === 'constructor') return Reflect.get(of, name)
      throw new Error(`${name} is not counted yet`)
    },
  })
}
