import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import type { CountTable } from './count-storage.ts'
import { table } from './report.ts'

/**
 * Compares counts with those on file, and writes them where there are none: to accept others, delete the file.
 *
 * @returns Whether they are the same.
 */
export function compareCounts(file: string, counts: CountTable): boolean {
  if (!existsSync(file)) {
    writeFileSync(file, `${JSON.stringify(counts, null, 2)}\n`)
    return true
  }
  const known: unknown = JSON.parse(readFileSync(file, 'utf8'))
  return isDeepStrictEqual(known, counts)
}

export function presentCounts(counts: CountTable): string {
  const rows = Object.entries(counts).flatMap(([name, operations]) =>
    Object.entries(operations).map(([operation, each]) => [
      name,
      operation,
      ...[each.d1Calls, each.d1Statements, each.kvReads, each.kvWrites, each.kvDeletes].map(String),
    ]),
  )
  const heads = ['', 'operation', 'D1 calls', 'D1 statements', 'KV reads', 'KV writes', 'KV deletes']
  return table('Storage operations', heads, rows)
}
