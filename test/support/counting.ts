import { env } from 'cloudflare:workers'
import { onTestFinished, vi } from 'vitest'
import { type OwnService, ownService } from './service'

/** What some work cost. */
export interface Costs {
  /** Calls that reach D1, a batch being one. */
  readonly d1: number
  readonly kvReads: number
  readonly kvWrites: number
  readonly kvDeletes: number
  /** Password hashes, in units of the configured cost. */
  readonly hashes: number
  /** Of JWTs, as are the verifications. */
  readonly signatures: number
  readonly verifications: number
}

/** Records the iterations of every PBKDF2 call, for the rest of this test. */
export function recordPbkdf2(): () => readonly number[] {
  const spy = vi.spyOn(crypto.subtle, 'deriveBits')
  onTestFinished(() => spy.mockRestore())
  return () => {
    const parameters = spy.mock.calls.map(([algorithm]) => algorithm as { name: string; iterations?: number })
    return parameters.filter(({ name }) => name === 'PBKDF2').map(({ iterations = 0 }) => iterations)
  }
}

/** A Janus of one's own that counts: `costsOf` says what work with it cost, what is done behind a response included. */
export function countingService(overrides: Record<string, unknown> = {}): {
  readonly service: OwnService
  readonly costsOf: (work: () => Promise<unknown>) => Promise<Costs>
} {
  const storage = { d1: 0, kvReads: 0, kvWrites: 0, kvDeletes: 0 }
  const pbkdf2 = recordPbkdf2()
  const signatures = recordJwtCalls('sign')
  const verifications = recordJwtCalls('verify')
  const service = ownService({
    DB: countingD1(env.DB, () => storage.d1++),
    SESSIONS: countingKv(env.SESSIONS, (cost) => storage[cost]++),
    ...overrides,
  })

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

function countingD1(db: D1Database, count: () => void): D1Database {
  const originals = new WeakMap<D1PreparedStatement, D1PreparedStatement>()

  function countingStatement(statement: D1PreparedStatement): D1PreparedStatement {
    const counted = intercept(statement, {
      bind: (...values: unknown[]) => countingStatement(statement.bind(...values)),
      ...Object.fromEntries(
        (['first', 'all', 'run', 'raw'] as const).map((name) => [
          name,
          (...args: unknown[]) => {
            count()
            return (statement[name] as (...args: unknown[]) => unknown).apply(statement, args)
          },
        ]),
      ),
    })
    originals.set(counted, statement)
    return counted
  }

  return intercept(db, {
    prepare: (sql: string) => countingStatement(db.prepare(sql)),
    batch: (statements: readonly D1PreparedStatement[]) => {
      count()
      return db.batch(statements.map((statement) => originals.get(statement) ?? statement))
    },
    exec: (sql: string) => {
      count()
      return db.exec(sql)
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
