import '../../../../packages/node/platform'
import { readdirSync, readFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { migratePostgres } from '../../../../packages/cli/migrate/migrate-postgres.ts'
import { type Connections, createPool } from '../../../../src/storage/postgres/connections'
import { createPostgresDatabase } from '../../../../src/storage/postgres/postgres-database'
import { runAlone } from '../../../../src/storage/postgres/run-alone'
import { checkPostgres, NEWEST_POSTGRES_MIGRATION } from '../../../../src/storage/postgres/schema'
import type { SqlDatabase } from '../../../../src/storage/sql/sql-database'
import { waitAsInProduction, waitForStores } from '../../../support/patience'
import { ask, type PostgresServer, startPostgres } from '../../../support/postgres-server'
import { describeWith } from '../../../support/with-tools'
import { SIGN_IN } from '../../contracts/races/beginnings'
import { CHANGE } from '../../contracts/races/endings'
import { heldRaces } from '../../contracts/races/held-races'
import { sessionRaces } from '../../contracts/races/session-races'
import { truthContract } from '../../contracts/truth-contract'

const FOLDER = 'src/storage/postgres/migrations'
const D1_FOLDER = 'src/storage/d1/migrations'
// How long a request waits is said of requests. A slow machine is no reason to fail.
waitForStores()
afterAll(waitAsInProduction)

describeWith(['postgres'], 'PostgreSQL', () => {
  let server: PostgresServer
  let url: string
  let pool: Connections
  let db: SqlDatabase
  let patientPool: Connections

  beforeAll(async () => {
    server = await startPostgres()
    url = await server.createDatabase('janus')
    await migratePostgres(url, FOLDER)
    pool = createPool(url)
    db = createPostgresDatabase(pool, { pipeline: true })
    // The time-outs of the role are for a service.
    const options = ['statement_timeout', 'idle_in_transaction_session_timeout'].map(
      (name) => `-c ${name}=240s`,
    )
    patientPool = createPool(`${url}?options=${encodeURIComponent(options.join(' '))}`)
  })

  afterAll(async () => {
    await pool.close()
    await patientPool.close()
    await server.stop()
  })

  truthContract('PostgreSQL', () => db)
  heldRaces(() => patientPool)
  // The race that was lost at lower levels of isolation as often as it was; one of each other beginning, for what a hold may hide.
  sessionRaces(
    'PostgreSQL',
    () => createPostgresDatabase(patientPool, { pipeline: true }),
    ({ beginning, ending, isChief }) => (beginning === SIGN_IN && ending === CHANGE ? 120 : isChief ? 6 : 0),
  )

  it('is ready once it is migrated, and says what it lacks before', async () => {
    expect(await checkPostgres(db)).toEqual([])
    const other = createPool(await server.createDatabase('empty'))
    const empty = createPostgresDatabase(other, { pipeline: true })
    expect(await checkPostgres(empty)).toEqual([
      'idle_in_transaction_session_timeout of the role is not set, or longer than 10 s',
      'statement_timeout of the role is not set, or longer than 10 s',
      'no migration was applied',
    ])
    await other.close()
  })

  it('lets one of several processes sweep, and the next when it has ended', async () => {
    const [one, other] = [createPool(url), createPool(url)]
    const ran: string[] = []
    const note = (name: string) => async () => {
      ran.push(name)
    }
    const outcomes: boolean[] = []
    const first = await runAlone(one, async () => {
      outcomes.push(await runAlone(other, note('meanwhile')))
    })
    expect([first, outcomes, ran]).toEqual([true, [false], []])
    await expect(runAlone(one, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect([await runAlone(other, note('afterwards')), ran]).toEqual([true, ['afterwards']])
    await Promise.all([one.close(), other.close()])
  })

  it('is migrated once, and refuses a database that is not its own or newer', async () => {
    expect(await migratePostgres(url, FOLDER)).toEqual([])
    const foreign = await server.createDatabase('foreign_tables')
    await ask(foreign, 'CREATE TABLE users (id text)')
    await expect(migratePostgres(foreign, FOLDER)).rejects.toThrow('tables that Janus did not make: users')
    const newer = await server.createDatabase('newer')
    expect(await migratePostgres(newer, FOLDER)).toContain(NEWEST_POSTGRES_MIGRATION)
    await ask(newer, "INSERT INTO janus_migrations VALUES ('9999_future.sql', now())")
    await expect(migratePostgres(newer, FOLDER)).rejects.toThrow('it has 9999_future.sql')
  })

  // Whoever adds a migration of D1 adds one of the same name for PostgreSQL.
  it('has the tables, columns and indexes that D1 has', async () => {
    const d1 = new DatabaseSync(':memory:')
    for (const name of readdirSync(D1_FOLDER).sort()) d1.exec(readFileSync(`${D1_FOLDER}/${name}`, 'utf8'))
    const ofD1 = {
      columns: d1
        .prepare(
          `SELECT t.name || '.' || c.name || ' ' || iif(c.type = 'INTEGER', 'bigint', 'text') ||
                  iif(c."notnull" OR c.pk > 0, ' NOT NULL', '') AS line
             FROM sqlite_master AS t, pragma_table_info(t.name) AS c WHERE t.type = 'table'`,
        )
        .all()
        .map(({ line }) => line)
        .sort(),
      indexes: d1
        .prepare(
          `SELECT i.name || ' (' || (SELECT group_concat(c.name, ', ') FROM pragma_index_info(i.name) AS c) || ')' ||
                  iif(i.sql LIKE '% WHERE %', ' partial', '') AS line
             FROM sqlite_master AS i WHERE i.type = 'index' AND i.sql IS NOT NULL`,
        )
        .all()
        .map(({ line }) => line)
        .sort(),
    }
    const columns = await ask(
      url,
      `SELECT table_name || '.' || column_name || ' ' || data_type ||
              CASE is_nullable WHEN 'NO' THEN ' NOT NULL' ELSE '' END AS line
         FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'janus_migrations'`,
    )
    const indexes = await ask(
      url,
      `SELECT class.relname || ' (' || (SELECT string_agg(a.attname, ', ' ORDER BY place.nth)
                FROM unnest(i.indkey) WITH ORDINALITY AS place(attnum, nth)
                JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = place.attnum) || ')' ||
              CASE WHEN i.indpred IS NULL THEN '' ELSE ' partial' END AS line
         FROM pg_index AS i JOIN pg_class AS class ON class.oid = i.indexrelid
         JOIN pg_namespace AS n ON n.oid = class.relnamespace
        WHERE n.nspname = 'public' AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = i.indexrelid)`,
    )
    const lines = (rows: readonly Record<string, unknown>[]) => rows.map(({ line }) => line).sort()
    expect({ columns: lines(columns), indexes: lines(indexes) }).toEqual(ofD1)
  })

  it('compares every text by its bytes', async () => {
    const others = await ask(
      url,
      `SELECT table_name || '.' || column_name AS line FROM information_schema.columns
        WHERE table_schema = 'public' AND data_type = 'text' AND table_name <> 'janus_migrations'
          AND collation_name IS DISTINCT FROM 'C'`,
    )
    expect(others).toEqual([])
  })
})
