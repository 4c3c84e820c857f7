import type { DatabaseLocation, DatabaseObject, DatabaseObjects } from '../../config/database-objects'
import { NotDone, reach, reachToRead } from '../../runtime/outage'
import {
  planTransaction,
  type Rows,
  reachingFor,
  rowsByName,
  type SqlDatabase,
  type Steps,
} from '../sql/sql-database'
import { sqliteRowExists } from '../sql/sqlite-errors'
import type { Statement } from '../sql/statement'

const NAME = 'janus'

const JURISDICTIONS: readonly string[] = ['eu', 'us', 'fedramp', 'fedramp-high'] satisfies DatabaseLocation[]

function isJurisdiction(
  location: DatabaseLocation,
): location is DatabaseLocation & DurableObjectJurisdiction {
  return JURISDICTIONS.includes(location)
}

/** Returns the object that is the database. A stub belongs to the request that got it. */
export function findDatabaseObject(objects: DatabaseObjects, location: DatabaseLocation): DatabaseObject {
  if (location === 'auto') return objects.getByName(NAME)
  // guard: what must stay in a jurisdiction is created nowhere else
  if (isJurisdiction(location)) return objects.jurisdiction(location).getByName(NAME)
  return objects.getByName(NAME, { locationHint: location })
}

/** A Durable Object with SQLite. A statement or a transaction is one call. */
export interface DurableObjectDatabase extends SqlDatabase {
  /** Returns what the object says keeps it from being used, or `null`. @throws {StoreUnavailable} */
  check(): Promise<string | null>
}

/** Creates the database over an object. @param find Returns the object, each time it is called. */
export function createDurableObjectDatabase(find: () => DatabaseObject): DurableObjectDatabase {
  async function run(statements: readonly Statement<unknown>[]) {
    const answer = await find().run(statements.map(({ text, values }) => ({ text, values })))
    if ('failure' in answer) throw new NotDone(answer.failure)
    return answer.rows
  }

  async function ask<Row>(statement: Statement<Row>, reaching: typeof reachToRead) {
    const [rows = []] = await reaching('JANUS_DB', () => run([statement]))
    return rows as unknown as readonly Row[]
  }

  async function runSteps<S extends Steps>(steps: S, reaching: typeof reachToRead): Promise<Rows<S>> {
    const planned = planTransaction(steps)
    const results = await reaching('JANUS_DB', () => run(planned.map(({ statement }) => statement)))
    return rowsByName(steps, planned, results)
  }

  return {
    first: async (query) => (await ask(query, reachToRead))[0] ?? null,
    all: (query) => ask(query, reachToRead),
    read: (queries) => runSteps(queries, reachToRead),
    change: (statement, options = {}) => ask(statement, reachingFor(options)),

    async transaction(steps, options = {}) {
      try {
        return await runSteps(steps, reachingFor(options))
      } catch (error) {
        throw sqliteRowExists(error) ?? error
      }
    },

    check: () => reach('JANUS_DB', () => find().check()),
  }
}
