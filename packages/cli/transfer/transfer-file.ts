// The file that moves a database: a line of JSON for what it holds, one for each row, and one for its end.
import { closeSync, createReadStream, fstatSync, openSync, readSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { Stop } from '../command.ts'

/** The value of a column. */
export type Value = string | number | null

/** The first line. */
export interface Header {
  readonly janus: 'export'
  readonly format: 1
  /** The newest migration of the database that was exported. */
  readonly schema: string
  /** By table, in the order of the file. */
  readonly tables: Readonly<Record<string, { readonly columns: readonly string[]; readonly rows: number }>>
  /** Changes with each use of the database. */
  readonly fingerprint: string
}

/** The last line. */
export interface End {
  readonly end: true
  readonly rows: number
  /** The end of the chain of the audit trail; `''` for none. */
  readonly chainHash: string
}

/** A line between the two: a table and a row of it. */
export type RowLine = readonly [table: string, row: readonly Value[]]

/** Reads the first line. @throws Stop If it is not that of an export. */
export async function readHeader(path: string): Promise<Header> {
  for await (const line of linesOf(path)) {
    const header = parse(line) as Partial<Header> | null
    if (header?.janus === 'export' && header.format === 1) return header as Header
    break
  }
  throw new Stop(`${path} is not an export of Janus, or one of another version.`)
}

/** Reads the last line. @throws Stop If the export was not finished. */
export function readEnd(path: string): End {
  const file = openSync(path, 'r')
  try {
    const { size } = fstatSync(file)
    const tail = Buffer.alloc(Math.min(size, 4096))
    readSync(file, tail, 0, tail.length, size - tail.length)
    const end = parse(tail.toString('utf8').trimEnd().split('\n').at(-1) ?? '') as Partial<End> | null
    // guard: an export that was not finished is not imported
    if (end?.end === true) return end as End
  } finally {
    closeSync(file)
  }
  throw new Stop(`${path} has no end: the export was not finished. Run janus export again.`)
}

/** Reads the rows in order. What is cut off at the end is left out. */
export async function* readRows(path: string): AsyncGenerator<RowLine> {
  for await (const line of linesOf(path)) {
    const row = parse(line)
    if (Array.isArray(row)) yield row as unknown as RowLine
  }
}

function linesOf(path: string): AsyncIterable<string> {
  return createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: Number.POSITIVE_INFINITY })
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return null
  }
}
