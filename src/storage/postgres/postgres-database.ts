import { PATIENCE_MS, reachToRead, StoreUnavailable } from '../../runtime/outage'
import {
  type ChangeOptions,
  planTransaction,
  RowExists,
  type Rows,
  reachingFor,
  rowsByName,
  type SqlDatabase,
  type Steps,
} from '../sql/sql-database'
import type { Statement } from '../sql/statement'
import type { Connections } from './connections'
import { ownRows, type PostgresQuery, translate } from './translate'

// guard: what changes something is serializable
const SERIALIZABLE = 'BEGIN ISOLATION LEVEL SERIALIZABLE'
const READ_COMMITTED = 'BEGIN ISOLATION LEVEL READ COMMITTED'
const SNAPSHOT = 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY'

export interface PostgresOptions {
  /** Sends a transaction in one flight. Otherwise each statement waits for the one before. */
  readonly pipeline: boolean
}

/**
 * Creates the database on PostgreSQL. Whatever changes something is serializable: at a lower level a session that begins while its password is being changed
 * would survive the change. Transactions that collide are run again, after a wait that grows and differs.
 */
export function createPostgresDatabase(connections: Connections, { pipeline }: PostgresOptions): SqlDatabase {
  const send = pipeline ? sendAtOnce : sendInTurn

  async function run<S extends Steps>(
    steps: S,
    begin: string,
    reaching: typeof reachToRead,
  ): Promise<Rows<S>> {
    const planned = planTransaction(steps)
    const queries = translate(planned.map(({ statement }) => statement))
    const results = await reaching('PostgreSQL', () =>
      untilItDoesNotCollide(() => connections.use((client) => send(client, begin, queries))),
    )
    return rowsByName(steps, planned, results)
  }

  async function ask<Row>(query: Statement<Row>): Promise<readonly Row[]> {
    const [translated] = translate([query])
    if (!translated) throw new Error('One statement makes one query')
    return reachToRead('PostgreSQL', () =>
      connections.use(async (client) => (await client.query(toConfig(translated))).rows),
    )
  }

  return {
    first: async (query) => (await ask(query))[0] ?? null,
    all: ask,
    read: (queries) => run(queries, SNAPSHOT, reachToRead),

    async change<Row>(statement: Statement<Row>, options: ChangeOptions = {}) {
      const { only } = await run({ only: statement }, SERIALIZABLE, reachingFor(options))
      return only as readonly Row[]
    },

    async transaction(steps, options = {}) {
      try {
        return await run(steps, options.hot ? READ_COMMITTED : SERIALIZABLE, reachingFor(options))
      } catch (error) {
        throw toRowExists(error) ?? error
      }
    },
  }
}

/** Describes what a transaction needs of a connection. */
interface Queryable {
  query(query: string | { text: string; values: unknown[] }): Promise<{ rows: Record<string, unknown>[] }>
}

/** Sends everything and then waits. After a statement that fails the rest fails too, and COMMIT rolls back. */
async function sendAtOnce(client: Queryable, begin: string, queries: readonly PostgresQuery[]) {
  const all = [begin, ...queries.map(toConfig), 'COMMIT'].map((query) => client.query(query))
  const settled = await Promise.allSettled(all)
  const results = settled.map((one) => {
    if (one.status === 'rejected') throw one.reason
    return one.value
  })
  return results.slice(1, -1).map(({ rows }) => ownRows(rows))
}

async function sendInTurn(client: Queryable, begin: string, queries: readonly PostgresQuery[]) {
  await client.query(begin)
  try {
    const results: (readonly unknown[])[] = []
    for (const query of queries) results.push(ownRows((await client.query(toConfig(query))).rows))
    await client.query('COMMIT')
    return results
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {})
    throw error
  }
}

function toConfig({ text, values }: PostgresQuery) {
  return { text, values: [...values] }
}

/** Serialization failures and deadlocks: the server has rolled the transaction back, and it may be run again. */
const COLLIDED = new Set(['40001', '40P01'])
const UNIQUE_VIOLATION = '23505'

const MOST_TRIES = 12
const LONGEST_WAIT_MS = 400

/**
 * Runs a transaction again while it collides with others. A key that exists may be a collision as well: the transaction that made the row
 * was not there yet for the conditions that ask for it, so they are asked once more.
 */
async function untilItDoesNotCollide<T>(transaction: () => Promise<T>): Promise<T> {
  const until = Date.now() + PATIENCE_MS.PostgreSQL
  for (let nth = 1; ; nth++) {
    try {
      return await transaction()
    } catch (error) {
      const code = codeOf(error)
      const mayAgain = COLLIDED.has(code) ? nth < MOST_TRIES : code === UNIQUE_VIOLATION && nth === 1
      const wait = Math.random() * Math.min(LONGEST_WAIT_MS, 10 * 2 ** nth)
      if (!mayAgain || Date.now() + wait >= until) throw error
      await new Promise((resolve) => setTimeout(resolve, wait))
    }
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}

function toRowExists(error: unknown): RowExists | null {
  if (!(error instanceof StoreUnavailable) || codeOf(error.cause) !== UNIQUE_VIOLATION) return null
  const { table } = error.cause as { readonly table?: unknown }
  return typeof table === 'string' ? new RowExists(error.store, error.cause, table) : null
}
