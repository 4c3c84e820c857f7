import { reachToRead } from '../../runtime/outage'
import {
  type ChangeOptions,
  planTransaction,
  type Rows,
  reachingFor,
  rowsByName,
  type SqlDatabase,
  type Steps,
} from '../sql/sql-database'
import { sqliteRowExists } from '../sql/sqlite-errors'
import type { Statement } from '../sql/statement'

/** Opens Cloudflare D1. It runs a batch as one transaction, and one transaction after another. */
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
        throw sqliteRowExists(error) ?? error
      }
    },
  }
}
