// Fills an empty database with what `janus export` has written.
import { existsSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { verifyChain } from '../audit/verify.ts'
import { readOptions, Stop, WrongUse } from '../command.ts'
import {
  type Database,
  reasonOf,
  TARGET_HELP,
  TARGET_OPTIONS,
  type Target,
  toTarget,
  withDatabase,
} from '../database.ts'
import { readMigrations } from '../migrate/migrations-config.ts'
import { commandLine, MIGRATIONS } from '../place.ts'
import { loadJanusOnNode } from '../serve/janus-on-node.ts'
import { literal, totalOf } from './export.ts'
import { readSchema, type Table } from './schema.ts'
import { type Header, readEnd, readHeader, readRows, type Value } from './transfer-file.ts'

export const help = `Fill an empty database with what ${commandLine('export')} has written.

  ${commandLine('import', 'FILE [options]')}

  FILE           the file to read
  --resume       go on where an import of the same FILE stopped
${TARGET_HELP}

The database must have the schema of FILE, and nothing in it: migrate it first,
except a SQLite file, which the command creates. Start Janus on it only when
this is done, with the same ISSUER and AUTH_SECRET: then people stay signed in.
Rows are counted afterwards, and the chain of the audit trail is verified.
Needs Node 22.16. Exit code: 0 if it was done, 1 if it was refused or is not as
in FILE, 2 if the options are wrong or the database did not answer.`

/** Limits one transaction. A command of wrangler is one argument of a process, and so at most 128 KiB. */
const MOST_ROWS = 500
const MOST_BYTES = 64 * 1024

export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = readOptions(() =>
    parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { ...TARGET_OPTIONS, resume: { type: 'boolean', default: false } },
    }),
  )
  const [path, ...more] = positionals
  if (path === undefined || more.length > 0) throw new WrongUse('Name one file to read.')
  const target = readOptions(() => toTarget(values))
  if (!existsSync(path)) throw new Stop(`There is no file ${path}.`, 2)
  const header = await readHeader(path)
  const end = readEnd(path)
  const { newest, tables } = await readSchema()
  // guard: an export is imported into the schema that it was made of
  if (header.schema !== newest) {
    throw new Stop(
      `${path} has the schema ${header.schema}, and this version of Janus has ${newest}. Export and import with the same version.`,
    )
  }
  if ('sqlite' in target) await makeFile(target.sqlite)
  await withDatabase(target, async (database) => {
    await checkSchema(database, target, newest)
    const done = values.resume ? await findDone(database, tables, header) : await checkEmpty(database, tables)
    await importRows(database, { path, tables, header, done })
    if ('postgres' in target) await database.run(NEXT_NUMBER)
    const { hash } = await verifyChain(database)
    const counts = await countAll(database, tables)
    const wrong = tables.filter(({ name }) => counts.get(name) !== header.tables[name]?.rows)
    // guard: what was imported is counted, and its chain is that of the export
    if (wrong.length > 0 || hash !== end.chainHash)
      throw new Stop(
        `The database is not as ${path} says: ${wrong.map(({ name }) => name).join(', ') || 'audit_events'}.`,
      )
  })
  console.log(
    `Imported ${end.rows} rows. They are as many as were exported, and the chain of the audit trail is intact.`,
  )
  return 0
}

async function makeFile(path: string): Promise<void> {
  const { migrateFile } = await loadJanusOnNode()
  await migrateFile(path, readMigrations(MIGRATIONS)).catch((failure: unknown) => {
    throw new Stop(reasonOf(failure))
  })
}

async function checkSchema({ run: ask }: Database, target: Target, newest: string): Promise<void> {
  const table = 'postgres' in target ? 'janus_migrations' : 'd1_migrations'
  const option = 'postgres' in target ? '--postgres URL' : ''
  const applied = await ask<object>(`SELECT name FROM ${table} WHERE name = ${literal(newest)}`).catch(
    () => [],
  )
  if (applied.length === 0)
    throw new Stop(`The database lacks the schema ${newest}. Run: ${commandLine('migrate', option)}`)
}

async function countAll(
  { runAll }: Database,
  tables: readonly Table[],
): Promise<ReadonlyMap<string, number>> {
  const counts = await runAll<{ rows: number }[]>(
    tables.map(({ name }) => `SELECT count(*) AS rows FROM ${name}`),
  )
  return new Map(tables.map(({ name }, index) => [name, counts[index]?.[0]?.rows ?? 0]))
}

/** Checks that a database is empty. @throws Stop If there are rows that an empty one has not. */
async function checkEmpty(
  database: Database,
  tables: readonly Table[],
): Promise<ReadonlyMap<string, number>> {
  const counts = await countAll(database, tables)
  const filled = tables.filter(({ name, seeded }) => !seeded && counts.get(name) !== 0)
  // guard: an import adds to nothing that is there
  if (filled.length > 0)
    throw new Stop(
      `The database is not empty: ${filled.map(({ name }) => name).join(', ')}. Import into a new one.`,
    )
  return new Map()
}

/** Returns how many rows of each table an import has done. @throws Stop If the database has not the beginning of the export. */
async function findDone(
  database: Database,
  tables: readonly Table[],
  header: Header,
): Promise<ReadonlyMap<string, number>> {
  const counts = await countAll(database, tables)
  const moved = tables.filter(({ seeded }) => !seeded)
  const unfinished = moved.findIndex(({ name }) => counts.get(name) !== header.tables[name]?.rows)
  const isBeginning = moved.every(
    ({ name }, index) =>
      index < unfinished ||
      unfinished === -1 ||
      (index === unfinished
        ? (counts.get(name) ?? 0) < (header.tables[name]?.rows ?? 0)
        : counts.get(name) === 0),
  )
  if (!isBeginning)
    throw new Stop('The database does not hold the beginning of this export. Import into a new one.')
  return new Map(moved.map(({ name }) => [name, counts.get(name) ?? 0]))
}

interface Import {
  readonly path: string
  readonly tables: readonly Table[]
  readonly header: Header
  /** Counts the rows that each table has already. */
  readonly done: ReadonlyMap<string, number>
}

async function importRows(database: Database, { path, tables, header, done }: Import): Promise<void> {
  const total = totalOf(header)
  const nth = new Map<string, number>()
  let read = 0
  let batch: { readonly name: string; readonly rows: string[]; bytes: number } = {
    name: '',
    rows: [],
    bytes: 0,
  }

  async function send() {
    if (batch.rows.length === 0) return
    const table = tables.find(({ name }) => name === batch.name)
    if (!table) throw new Stop(`${path} has a table that Janus does not have: ${batch.name}.`)
    const insert = `INSERT INTO ${table.name} (${table.columns.join(', ')}) VALUES ${batch.rows.join(', ')}`
    await database.runAll<object[]>(table.seeded ? [`DELETE FROM ${table.name}`, insert] : [insert])
    console.error(`${table.name}: ${read} of ${total} rows`)
  }

  for await (const [name, row] of readRows(path)) {
    const before = nth.get(name) ?? 0
    nth.set(name, before + 1)
    if (before >= (done.get(name) ?? 0)) {
      const values = inOrder(
        row,
        header.tables[name]?.columns ?? [],
        tables.find((table) => table.name === name),
      )
      const text = `(${values.map(literal).join(', ')})`
      const bytes = Buffer.byteLength(text)
      if (batch.name !== name || batch.rows.length >= MOST_ROWS || batch.bytes + bytes > MOST_BYTES) {
        await send()
        batch = { name, rows: [], bytes: 0 }
      }
      batch.rows.push(text)
      batch.bytes += bytes
    }
    read += 1
  }
  await send()
}

/** Returns the values of a row in the order of the columns: PostgreSQL may have another order. */
function inOrder(
  row: readonly Value[],
  columns: readonly string[],
  table: Table | undefined,
): readonly Value[] {
  return table ? table.columns.map((column) => row[columns.indexOf(column)] ?? null) : row
}

/** Numbers of the audit trail go on after the last one. */
const NEXT_NUMBER = `SELECT setval(pg_get_serial_sequence('audit_events', 'seq'),
  greatest(1, (SELECT coalesce(max(seq), 0) FROM audit_events), (SELECT pruned_to FROM audit_chain)))`
