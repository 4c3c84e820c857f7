import { createGate, type Held } from './gate'

/** D1 with faults: it can be down, refuse to write, or lose its answers. */
export interface FaultyD1 {
  prepare(sql: string): D1PreparedStatement
  batch(statements: D1PreparedStatement[]): Promise<D1Result[]>
  /** Sends something on a round trip with these faults, as if it were this SQL. */
  roundTrip<T>(sql: string, run: () => Promise<T>): Promise<T>

  /** The SQL of every round trip asked for, done or not; a batch is one. Emptied by assignment of `length`. */
  readonly calls: string[]
  /** From now on everything throws, or only what writes, or whose SQL matches. Nothing is done. */
  fail(what?: 'everything' | 'writes' | RegExp): void
  /** From now on what writes, or whose SQL matches, is done and throws all the same: the answer was lost on the way. */
  loseAnswers(of?: RegExp): void
  /** The nth round trip from now throws, and that one only: nothing is done, or the answer is lost. */
  failNth(n: number, how: 'not-done' | 'answer-lost'): void
  /** Nothing throws any more. */
  recover(): void
  /** Stops the next round trip whose SQL matches before it does anything. */
  hold(sql: RegExp): Held
}

export function faultyD1(db: D1Database): FaultyD1 {
  const calls: string[] = []
  const gate = createGate<string>()
  const known = new WeakMap<D1PreparedStatement, { real: D1PreparedStatement; sql: string }>()
  let failing: RegExp | null = null
  let losing: RegExp | null = null
  let nth: { left: number; how: 'not-done' | 'answer-lost' } | null = null

  /** Counts a round trip, and tells how it fails if it is the one that should. */
  function nthFault(): 'not-done' | 'answer-lost' | null {
    if (!nth) return null
    nth.left -= 1
    return nth.left === 0 ? nth.how : null
  }

  async function roundTrip<T>(sql: string, run: () => Promise<T>): Promise<T> {
    calls.push(sql)
    await gate.pass(sql)
    const fault = nthFault()
    if (failing?.test(sql) || fault === 'not-done') throw overloaded()
    const result = await run()
    if (losing?.test(sql) || fault === 'answer-lost') throw new Error('D1_ERROR: Network connection lost.')
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
    roundTrip,

    calls,
    fail(what = 'everything') {
      failing = what === 'everything' ? /^/ : what === 'writes' ? WRITES : what
    },
    loseAnswers(of = WRITES) {
      losing = of
    },
    failNth(n, how) {
      nth = { left: n, how }
    },
    recover() {
      failing = null
      losing = null
      nth = null
    },
    hold(sql) {
      return gate.hold((other) => sql.test(other))
    },
  }
}

const WRITES = /\b(INSERT|UPDATE|DELETE)\b/

function overloaded(): Error {
  return new Error('D1_ERROR: D1 DB is overloaded. Requests queued for too long.')
}
