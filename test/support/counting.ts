import { env } from 'cloudflare:workers'
import { onTestFinished, vi } from 'vitest'
import type { OperationCost } from '../../lab/costs/operations'
import { ALL_PARTS, type OwnService, ownService } from './service'

/** Counts the rows that D1 bills: those of tables and indexes that statements read and wrote. */
export type Rows = Pick<OperationCost, 'rowsRead' | 'rowsWritten'>

/** Counts the other costs of some work. */
export type Costs = Omit<OperationCost, keyof Rows>

/** Records the iterations of every PBKDF2 call, for the rest of this test. */
export function recordPbkdf2(): () => readonly number[] {
  const spy = vi.spyOn(crypto.subtle, 'deriveBits')
  onTestFinished(() => spy.mockRestore())
  return () => {
    const parameters = spy.mock.calls.map(([algorithm]) => algorithm as { name: string; iterations?: number })
    return parameters.filter(({ name }) => name === 'PBKDF2').map(({ iterations = 0 }) => iterations)
  }
}

/**
 * Returns a Janus of one's own that counts: `costsOf` says what work with it cost, what is done behind a response included, and `rowsOf` what it
 * cost in rows of D1.
 */
export function countingService(
  overrides: Record<string, unknown> = {},
  parts: Parameters<typeof ownService>[2] = ALL_PARTS,
): {
  readonly service: OwnService
  readonly costsOf: (work: () => Promise<unknown>) => Promise<Costs>
  readonly rowsOf: (work: () => Promise<unknown>) => Promise<Rows>
} {
  const storage = { d1: 0, kvReads: 0, kvWrites: 0, kvDeletes: 0 }
  const rows = { rowsRead: 0, rowsWritten: 0 }
  const pbkdf2 = recordPbkdf2()
  const signatures = recordJwtCalls('sign')
  const verifications = recordJwtCalls('verify')
  const bound = {
    DB: countingD1(env.DB, (metas) => {
      storage.d1++
      for (const meta of metas) {
        rows.rowsRead += meta.rows_read
        rows.rowsWritten += meta.rows_written
      }
    }),
    SESSIONS: countingKv(env.SESSIONS, (cost) => storage[cost]++),
    ...overrides,
  }
  const service = ownService(bound, {}, parts)

  function total(): Costs {
    const iterations = pbkdf2().reduce((sum, each) => sum + each, 0)
    return {
      ...storage,
      hashes: iterations / service.services.config.passwordIterations,
      signatures: signatures(),
      verifications: verifications(),
    }
  }

  return {
    service,
    async costsOf(work) {
      const before = total()
      await work()
      const after = total()
      const spent = Object.entries(after).map(([cost, sum]) => [cost, sum - before[cost as keyof Costs]])
      return Object.fromEntries(spent)
    },
    async rowsOf(work) {
      const before = { ...rows }
      await work()
      return {
        rowsRead: rows.rowsRead - before.rowsRead,
        rowsWritten: rows.rowsWritten - before.rowsWritten,
      }
    },
  }
}

/** Refresh tokens and peppers are HMACs; what JWTs are signed with here is not. */
function recordJwtCalls(method: 'sign' | 'verify'): () => number {
  const spy = vi.spyOn(crypto.subtle, method)
  onTestFinished(() => spy.mockRestore())
  return () => {
    const calls: readonly (readonly unknown[])[] = spy.mock.calls
    return calls.filter(([algorithm]) => (algorithm as { name?: string }).name === 'ECDSA').length
  }
}

/** Methods that would slip past a counter are refused, so a new way to storage is counted or fails. */
function intercept<T extends object>(target: T, methods: Record<string, (...args: never[]) => unknown>): T {
  return new Proxy(target, {
    get(_, name) {
      const method = methods[String(name)]
      if (method) return method
      throw new Error(`${String(name)} is not counted yet`)
    },
  })
}

/** @param count Told of each round trip, with what D1 says of each of its statements. */
function countingD1(db: D1Database, count: (metas: readonly D1Meta[]) => void): D1Database {
  const originals = new WeakMap<D1PreparedStatement, D1PreparedStatement>()

  async function counted(statement: D1PreparedStatement): Promise<D1Result> {
    const result = await statement.all()
    count([result.meta])
    return result
  }

  function countingStatement(statement: D1PreparedStatement): D1PreparedStatement {
    const counting = intercept(statement, {
      bind: (...values: unknown[]) => countingStatement(statement.bind(...values)),
      all: () => counted(statement),
      run: () => counted(statement),
      // The binding's own `first` does not say what it read.
      first: async (column?: string) => {
        const [row] = (await counted(statement)).results as Record<string, unknown>[]
        if (row === undefined) return null
        return column === undefined ? row : row[column]
      },
    })
    originals.set(counting, statement)
    return counting
  }

  return intercept(db, {
    // Of another database than D1, which says nothing of rows.
    roundTrip: async <T>(_: string, run: () => Promise<T>) => {
      const result = await run()
      count([])
      return result
    },
    prepare: (sql: string) => countingStatement(db.prepare(sql)),
    batch: async (statements: readonly D1PreparedStatement[]) => {
      const results = await db.batch(statements.map((statement) => originals.get(statement) ?? statement))
      count(results.map(({ meta }) => meta))
      return results
    },
  })
}

const KV_COSTS = { get: 'kvReads', list: 'kvReads', put: 'kvWrites', delete: 'kvDeletes' } as const

function countingKv(
  kv: KVNamespace,
  count: (cost: (typeof KV_COSTS)[keyof typeof KV_COSTS]) => void,
): KVNamespace {
  const methods = Object.entries(KV_COSTS).map(([name, cost]) => [
    name,
    (...args: unknown[]) => {
      count(cost)
      return (kv[name as keyof typeof KV_COSTS] as (...args: unknown[]) => unknown).apply(kv, args)
    },
  ])
  return intercept(kv, Object.fromEntries(methods))
}
