import { env } from 'cloudflare:workers'
import { beforeAll } from 'vitest'
import { makeTimersCheap } from '../support/cheap-timers'
import { waitForStores } from '../support/patience'
import { deriveCheaply, limitCryptoAsInProduction } from '../support/production-limits'
import { setTruth, type Tables } from '../support/truth'
import { asD1, createFaultyPostgres, createOwnPostgres, prepareDatabase, type RoundTrips } from './database'

makeTimersCheap()
limitCryptoAsInProduction()
deriveCheaply()
waitForStores()
console.log = () => {}

const database = asD1()
Object.defineProperty(env, 'DB', { value: database, configurable: true, enumerable: true })

setTruth({
  store: 'PostgreSQL',
  open(db) {
    if (db === database) return { createDatabase: createOwnPostgres }
    const { roundTrip } = db as Partial<RoundTrips>
    if (!roundTrip) throw new Error('A stand-in for D1 that PostgreSQL does not know')
    return {
      createDatabase: createFaultyPostgres('note' in (db as object) ? (db as RoundTrips) : { roundTrip }),
    }
  },
  tables,
  refusal: (table, condition) => [
    `CREATE TRIGGER refusal BEFORE INSERT ON ${table} FOR EACH ROW WHEN (${condition}) EXECUTE FUNCTION refuse('refused')`,
    `DROP TRIGGER refusal ON ${table}`,
  ],
})

/** Reads the rows of every table as test/support/storage.ts reads those of D1. */
async function tables(except: readonly string[]): Promise<Tables> {
  const { results } = await database
    .prepare("SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
    .all<{ name: string }>()
  const names = results.map(({ name }) => name).filter((name) => !except.includes(name))
  const rows = await database.batch<{ line: string }>(
    names.map((name) =>
      database.prepare(`SELECT CAST(row_to_json(t) AS TEXT) AS line FROM "${name}" AS t ORDER BY line`),
    ),
  )
  return Object.fromEntries(
    names.map((name, index) => [name, rows[index]?.results.map(({ line }) => line) ?? []]),
  )
}

beforeAll(prepareDatabase)
