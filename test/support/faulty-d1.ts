import { createGate, type Held } from './gate'

/** D1 with faults: it can be down, refuse to write, or lose its answers. */
export interface FaultyD1 {
  prepare(sql: string): D1PreparedStatement
  batch(statements: D1PreparedStatement[]): Promise<D1Result[]>

  /** The SQL of every round trip asked for, done or not; a batch is one. Emptied by assignment of `length`. */
  readonly calls: string[]
  /** From now on everything throws, or only what writes. Nothing is done. */
  fail(what?: 'everything' | 'writes'): void
  /** From now on writes are done, and throw all the same: the answer was lost on the way. */
  loseAnswers(): void
  /** Nothing throws any more. */
  recover(): void
  /** Stops the next round trip whose SQL matches before it does anything. */
  hold(sql: RegExp): Held
}

export function faultyD1(db: D1Database): FaultyD1 {
  const calls: string[] = []
  const gate = createGate<string>()
  const known = new WeakMap<D1PreparedStatement, { real: D1PreparedStatement; sql: string }>()
  let fault: 'none' | 'everything' | 'writes' | 'lost-answers' = 'none'

  async function roundTrip<T>(sql: string, run: () => Promise<T>): Promise<T> {
    calls.push(sql)
    await gate.pass(sql)
    const writes = /\b(INSERT|UPDATE|DELETE)\b/.test(sql)
    if (fault === 'everything' || (fault === 'writes' && writes)) throw overloaded()
    const result = await run()
    if (fault === 'lost-answers' && writes) throw new Error('D1_ERROR: Network connection lost.')
    return result
  }

  function wrap(real: D1PreparedStatement, sql: string): D1PreparedStatement {
    const wrapped = new Proxy(real, {
      get(target, name) {
        if (name === 'bind') return (...values: unknown[]) => wrap(target.bind(...values), sql)
        const method = Reflect.get(target, name)
        return (...given: unknown[]) => roundTrip(sql, () => method.apply(target, given))
      },
    })
    known.set(wrapped, { real, sql })
    return wrapped
  }

  return {
    prepare: (sql) => wrap(db.prepare(sql), sql),
    batch(statements) {
      const batch = statements.map((statement) => known.get(statement) ?? { real: statement, sql: '' })
      const sql = batch.map((statement) => statement.sql).join(';\n')
      return roundTrip(sql, () => db.batch(batch.map(({ real }) => real)))
    },

    calls,
    fail(what = 'everything') {
      fault = what
    },
    loseAnswers() {
      fault = 'lost-answers'
    },
    recover() {
      fault = 'none'
    },
    hold(sql) {
      return gate.hold((other) => sql.test(other))
    },
  }
}

function overloaded(): Error {
  return new Error('D1_ERROR: D1 DB is overloaded. Requests queued for too long.')
}
