import { env } from 'cloudflare:workers'
import { type Connections, connectEachTime } from '../../src/storage/postgres/connections'
import { createPostgresDatabase } from '../../src/storage/postgres/postgres-database'
import { checkPostgres } from '../../src/storage/postgres/schema'
import { translate } from '../../src/storage/postgres/translate'
import { planTransaction, type SqlDatabase } from '../../src/storage/sql/sql-database'
import type { SqlValue } from '../../src/storage/sql/statement'
import type { CreateDatabase } from '../../src/wiring/truths'
import type { FaultyD1 } from '../support/faulty-d1'

/** The database that start-server.ts has migrated. Nobody connects to it, so it can be copied. */
export const TEMPLATE = 'janus'

/** The name of this runtime's database. Files that share a runtime share it, as they share a D1; so does the Worker that they test. */
const own = globalThis as typeof globalThis & { ownDatabase?: Promise<string> }

/** Makes this runtime a database of its own, unless it has one. */
export async function prepareDatabase(): Promise<void> {
  own.ownDatabase ??= copyTemplate()
  await own.ownDatabase
}

async function copyTemplate(): Promise<string> {
  const name = `runtime_${crypto.randomUUID().replaceAll('-', '')}`
  await connectionsTo(async () => 'postgres').use((client) =>
    client.query(`CREATE DATABASE ${name} TEMPLATE ${TEMPLATE}`),
  )
  return name
}

/** Connects as src/wiring/postgres-database.ts does, to a database of the server behind the Hyperdrive binding. */
function connectionsTo(database: () => Promise<string>): Connections {
  return {
    async use(work) {
      const url = new URL(env.HYPERDRIVE?.connectionString ?? '')
      url.pathname = `/${await database()}`
      return connectEachTime(() => `${url}`, { pipeline: false }).use(work)
    },
    close: async () => {},
  }
}

/** Connects to this runtime's database. */
export const connections = connectionsTo(async () => (await own.ownDatabase) ?? '')

/** Returns the connections to this runtime's database, as PgBouncer counts them. */
export async function openClients(): Promise<readonly unknown[]> {
  const name = await own.ownDatabase
  const { rows } = await connectionsTo(async () => 'pgbouncer').use((client) => client.query('SHOW CLIENTS'))
  return rows.filter(({ database }) => database === name)
}

/** Opens this runtime's database for a Janus. */
export const createOwnPostgres: CreateDatabase = () => truthOn(createPostgresDatabase(connections, TURNS))

const TURNS = { pipeline: false } as const

function truthOn(db: SqlDatabase) {
  const check = async () => (await checkPostgres(db)).join('; ') || null
  return { db, check }
}

/** A query as it is sent. */
export interface Sent {
  readonly text: string
  readonly values: readonly unknown[]
}

/** Intercepts the round trips between a Janus and its database in a test. */
export interface RoundTrips extends Pick<FaultyD1, 'roundTrip'> {
  /** Is told of every query. */
  readonly note?: (query: Sent) => void
}

/** Opens this runtime's database with the faults that a test sets: each round trip goes through `faulty`, under the text of its statements. */
export function createFaultyPostgres({ roundTrip, note }: RoundTrips): CreateDatabase {
  const noted: Connections['use'] = (work) =>
    connections.use((client) => {
      const { query } = client
      client.query = ((sent: string | Sent) => {
        if (typeof sent === 'object') note?.(sent)
        return (query as (sent: unknown) => unknown).call(client, sent)
      }) as typeof client.query
      return work(client)
    })
  const use = note ? noted : connections.use
  const through = (text: string) =>
    createPostgresDatabase({ ...connections, use: (work) => roundTrip(text, () => use(work)) }, TURNS)
  const textOf = (steps: Parameters<typeof planTransaction>[0]) =>
    planTransaction(steps)
      .map(({ statement }) => statement.text)
      .join(';\n')
  const db: SqlDatabase = {
    first: (query) => through(query.text).first(query),
    all: (query) => through(query.text).all(query),
    change: (statement, options) => through(statement.text).change(statement, options),
    read: (queries) => through(textOf(queries)).read(queries),
    transaction: (steps, options) => through(textOf(steps)).transaction(steps, options),
  }
  return () => truthOn(db)
}

interface Prepared {
  readonly text: string
  readonly values: readonly SqlValue[]
}

/**
 * Returns this runtime's database with the methods of D1, for the statements with which tests look into storage and arrange it. Janus itself
 * has none of it.
 */
export function asD1(): D1Database {
  const prepared = new WeakMap<object, Prepared>()

  async function run(statements: readonly Prepared[]): Promise<D1Result[]> {
    return connections.use(async (client) => {
      await client.query('BEGIN')
      const results: D1Result[] = []
      for (const { text, values } of translate(statements)) {
        const { rows, rowCount } = await client.query({ text, values: [...values] })
        results.push({
          success: true,
          results: rows,
          meta: { changes: rowCount ?? 0 },
        } as unknown as D1Result)
      }
      await client.query('COMMIT')
      return results
    })
  }

  function prepare(text: string, values: readonly SqlValue[] = []): D1PreparedStatement {
    const one = async () => (await run([{ text, values }]))[0]
    const statement = {
      bind: (...given: SqlValue[]) => prepare(text, given),
      all: one,
      run: one,
      async first(column?: string) {
        const [row = null] = ((await one())?.results ?? []) as Record<string, unknown>[]
        return column === undefined || row === null ? row : row[column]
      },
    } as unknown as D1PreparedStatement
    prepared.set(statement, { text, values })
    return statement
  }

  return {
    prepare: (text: string) => prepare(text),
    batch: (statements: D1PreparedStatement[]) =>
      run(
        statements.map((statement) => {
          const found = prepared.get(statement)
          if (!found) throw new Error('A statement that was not prepared here')
          return found
        }),
      ),
    exec: async (text: string) => void (await run([{ text, values: [] }])),
  } as unknown as D1Database
}
