// Writes everything that a database holds into a file, from which `janus import` fills another one.
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  truncateSync,
  writeSync,
} from 'node:fs'
import { parseArgs } from 'node:util'
import { verifyChain } from '../audit/verify.ts'
import { readOptions, Stop, WrongUse } from '../command.ts'
import { type Database, TARGET_HELP, TARGET_OPTIONS, toTarget, withDatabase } from '../database.ts'
import { commandLine } from '../place.ts'
import { quote } from '../users/statements.ts'
import { readSchema, type Schema, type Table } from './schema.ts'
import { type End, type Header, readHeader, readRows, type Value } from './transfer-file.ts'

export const help = `Write everything that a database holds into a file.

  ${commandLine('export', 'FILE [options]')}

  FILE           the file to write
${TARGET_HELP}

Stop Janus first: what changes meanwhile may be missing, and the command says so
at its end. FILE is as sensitive as the database, and only you can read it.
Passwords stay hashed and keys encrypted, so it is of use only with AUTH_SECRET.
A command that was interrupted goes on where it stopped when it runs again.
Needs Node 22.16. Exit code: 0 if it was done, 1 if the database changed
meanwhile, 2 if the options are wrong or the database did not answer.`

/** Rows read at once. */
const PAGE = 2000

type Row = Readonly<Record<string, Value>>

export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = readOptions(() =>
    parseArgs({ args: [...args], allowPositionals: true, options: TARGET_OPTIONS }),
  )
  const [path, ...more] = positionals
  if (path === undefined || more.length > 0) throw new WrongUse('Name one file to write.')
  const target = readOptions(() => toTarget(values))
  if (existsSync(path)) throw new Stop(`${path} is there already. Name another file.`, 2)
  const schema = await readSchema()
  const rows = await withDatabase(target, (database) => exportAll(database, schema, path))
  console.log(
    `${path} has ${rows} rows of ${schema.tables.length} tables. It is as sensitive as the database.`,
  )
  return 0
}

/** Returns how many rows there are. @throws Stop If the database changed meanwhile. */
async function exportAll(database: Database, schema: Schema, path: string): Promise<number> {
  const part = `${path}.part`
  const before = await look(database, schema)
  const begun = existsSync(part) ? await resume(part, before) : null
  // guard: an export is readable by its owner alone
  const file = openSync(part, 'a', 0o600)
  try {
    const write = (line: object) => writeSync(file, `${JSON.stringify(line)}\n`)
    if (!begun) write(before)
    let written = begun?.rows ?? 0
    const left = schema.tables.slice(begun ? schema.tables.findIndex(({ name }) => name === begun.table) : 0)
    const firstPages = await database.runAll<Row[]>(
      left.map((table) => pageAfter(table, table.name === begun?.table ? begun.last : null)),
    )
    for (const [index, table] of left.entries()) {
      let page: readonly Row[] = firstPages[index] ?? []
      for (;;) {
        for (const row of page) write([table.name, table.columns.map((column) => row[column] ?? null)])
        written += page.length
        if (page.length > 0) console.error(`${table.name}: ${written} of ${totalOf(before)} rows`)
        const last = page.at(-1)
        if (page.length < PAGE || !last) break
        page = await database.run<Row>(
          pageAfter(
            table,
            table.key.map((column) => last[column] ?? null),
          ),
        )
      }
    }
    const { hash } = await verifyChain(database)
    // guard: what changed while it was exported is noticed
    if (
      JSON.stringify(await look(database, schema)) !== JSON.stringify(before) ||
      written !== totalOf(before)
    ) {
      throw new Stop(
        `The database changed while it was exported. Stop Janus, delete ${part}, and run this again.`,
      )
    }
    write({ end: true, rows: written, chainHash: hash } satisfies End)
    fsyncSync(file)
    renameSync(part, path)
    return written
  } finally {
    closeSync(file)
  }
}

/** Looks at what there is: the counts, and what changes with each use. @throws Stop If the schema is another. */
async function look(database: Database, schema: Schema): Promise<Header> {
  const [use, ...counts] = await database.runAll<{ rows: number; used?: string }[]>([
    `SELECT count(*) AS rows, coalesce(sum(refresh_counter), 0) || ' ' || coalesce(max(last_seen_at), 0) || ' ' ||
        (SELECT coalesce(max(seq), 0) FROM audit_events) AS used FROM sessions`,
    ...schema.tables.map(({ name }) => `SELECT count(*) AS rows FROM ${name}`),
  ])
  const tables = schema.tables.map(({ name, columns }, index) => [
    name,
    { columns, rows: counts[index]?.[0]?.rows ?? 0 },
  ])
  return {
    janus: 'export',
    format: 1,
    schema: schema.newest,
    tables: Object.fromEntries(tables),
    fingerprint: String(use?.[0]?.used),
  }
}

interface Begun {
  readonly rows: number
  /** The table of the last row that was written, and the key of that row. */
  readonly table: string | null
  readonly last: readonly Value[] | null
}

/** Finds where an export stopped, and cuts off what was not written to its end. @throws Stop If the database is not as it was. */
async function resume(part: string, now: Header): Promise<Begun | null> {
  const text = readFileSync(part)
  const end = text.lastIndexOf(10) + 1
  truncateSync(part, end)
  if (end === 0) return null
  const header = await readHeader(part)
  // guard: an export goes on only on the database as it was
  if (JSON.stringify(header) !== JSON.stringify(now))
    throw new Stop(`The database changed since ${part} was begun. Delete it, and run this again.`)
  let rows = 0
  let newest: readonly [string, readonly Value[]] | null = null
  for await (const line of readRows(part)) {
    rows += 1
    newest = line
  }
  console.error(`Going on after ${rows} rows`)
  if (newest === null) return { rows, table: null, last: null }
  const [table, row] = newest
  const columns = header.tables[table]?.columns ?? []
  const { tables } = await readSchema()
  const key = tables.find(({ name }) => name === table)?.key ?? []
  return { rows, table, last: key.map((column) => row[columns.indexOf(column)] ?? null) }
}

/** Returns the SQL for a page of rows in the order of their keys. @param after The key of the last row before it. */
function pageAfter({ name, columns, key }: Table, after: readonly Value[] | null): string {
  const order = key.join(', ')
  const from = after === null ? '' : `WHERE (${order}) > (${after.map(literal).join(', ')})`
  return `SELECT ${columns.join(', ')} FROM ${name} ${from} ORDER BY ${order} LIMIT ${PAGE}`
}

/** Writes a value into SQL. */
export function literal(value: Value): string {
  if (value === null) return 'NULL'
  return typeof value === 'number' ? String(value) : quote(value)
}

/** Returns how many rows an export has. */
export function totalOf({ tables }: Header): number {
  return Object.values(tables).reduce((sum, { rows }) => sum + rows, 0)
}
