import { reach, reachToDo } from '../../runtime/outage'
import { planTransaction, rowsByName, type SqlDatabase } from '../sql/sql-database'
import type { Statement } from '../sql/statement'

/** Cloudflare D1. It runs a batch as one transaction, and one transaction after another. */
export function createD1Database(db: Pick<D1Database, 'prepare' | 'batch'>): SqlDatabase {
  const prepare = ({ text, values }: Statement<unknown>) => db.prepare(text).bind(...values)
  return {
    first: <Row>(statement: Statement<Row>) => reach('D1', () => prepare(statement).first<Row>()),

    async all<Row>(statement: Statement<Row>) {
      const { results } = await reach('D1', () => prepare(statement).all<Row>())
      return results
    },

    async change<Row>(statement: Statement<Row>) {
      const { results } = await reachToDo('D1', () => prepare(statement).all<Row>())
      return results
    },

    async transaction(steps) {
      const planned = planTransaction(steps)
      const results = await reachToDo('D1', () =>
        db.batch(planned.map(({ statement }) => prepare(statement))),
      )
      return rowsByName(
        steps,
        planned,
        results.map(({ results: rows }) => rows),
      )
    },
  }
}
