import { reach, reachToDo, reachToDoOnce, reachToRead, StoreUnavailable } from '../../runtime/outage'
import {
  type ChangeOptions,
  planTransaction,
  RowExists,
  type Rows,
  rowsByName,
  type SqlDatabase,
  type Steps,
} from '../sql/sql-database'
import type { Statement } from '../sql/statement'

/** Cloudflare D1. It runs a batch as one transaction, and one transaction after another. */
export function createD1Database(db: Pick<D1Database, 'prepare' | 'batch'>): SqlDatabase {
  const prepare = ({ text, values }: Statement<unknown>) => db.prepare(text).bind(...values)

  async function run<S extends Steps>(steps: S, reaching: typeof reachToRead): Promise<Rows<S>> {
    const planned = planTransaction(steps)
    const results = await reaching('D1', () => db.batch(planned.map(({ statement }) => prepare(statement))))
    return rowsByName(
      steps,
      planned,
      results.map(({ results: rows }) => rows),
    )
  }

  return {
    first: <Row>(query: Statement<Row>) => reachToRead('D1', () => prepare(query).first<Row>()),

    async all<Row>(query: Statement<Row>) {
      const { results } = await reachToRead('D1', () => prepare(query).all<Row>())
      return results
    },

    read: (queries) => run(queries, reachToRead),

    async change<Row>(statement: Statement<Row>, options: ChangeOptions = {}) {
      const { results } = await reachingFor(options)('D1', () => prepare(statement).all<Row>())
      return results
    },

    async transaction(steps, options = {}) {
      try {
        return await run(steps, reachingFor(options))
      } catch (error) {
        throw toRowExists(error) ?? error
      }
    },
  }
}

function reachingFor({ outcomeMatters = true, repeatable = false }: ChangeOptions): typeof reachToRead {
  if (!outcomeMatters) return reach
  return repeatable ? reachToDoOnce : reachToDo
}

/** SQLite names the columns of whichever unique index it looked at first. */
function toRowExists(error: unknown): RowExists | null {
  if (!(error instanceof StoreUnavailable)) return null
  const [, table] = /UNIQUE constraint failed: (\w+)\./.exec(String(error.cause)) ?? []
  return table === undefined ? null : new RowExists(error.store, error.cause, table)
}
