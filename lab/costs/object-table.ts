import type { Mode } from '../../src/sessions/mode.ts'
import { CPU_MS } from './cost-table.ts'
import { OPERATIONS, type OperationCost, type OperationName } from './operations.ts'
import { FREE_DAILY, PAID } from './prices.ts'

const SHOWN: readonly (readonly [OperationName, Mode])[] = [
  ['protected request', 'session'],
  ['protected request, live', 'session'],
  ['sign-up', 'session'],
  ['sign-in', 'session'],
  ['sign-in', 'token'],
  ['refresh', 'token'],
  ['sign-out', 'session'],
]

/** Copies in objects are never late, so there is no seal by default (`SEAL_SECONDS`), and what begins a session writes its copy. */
const BEGINNINGS: ReadonlySet<OperationName> = new Set(['sign-up', 'sign-in'])

/** Returns Markdown: the same where the database and the copies of sessions are in Durable Objects, and nothing is in KV. */
export function objectTable(): string {
  const rows = SHOWN.flatMap(([name, mode]) => {
    const cost = OPERATIONS[name][mode]
    if (cost === null) return []
    const writesCopy = mode === 'session' && BEGINNINGS.has(name)
    const spent = inObjects(writesCopy ? { ...cost, kvWrites: cost.kvWrites + 1 } : cost)
    const dollars =
      PAID.requests.perMillion +
      (CPU_MS.request + cost.hashes * CPU_MS.hash) * PAID.cpuMilliseconds.perMillion +
      spent.calls * PAID.objectCalls.perMillion +
      spent.rowsRead * PAID.rowsRead.perMillion +
      spent.rowsWritten * PAID.rowsWritten.perMillion
    const [first] = [
      { limit: 'requests', count: FREE_DAILY.requests },
      { limit: 'calls of objects', count: FREE_DAILY.objectCalls / spent.calls },
      { limit: 'rows read', count: FREE_DAILY.rowsRead / spent.rowsRead },
      { limit: 'rows written', count: FREE_DAILY.rowsWritten / spent.rowsWritten },
    ].sort((a, b) => a.count - b.count)
    const free = `${Math.floor(first?.count ?? 0).toLocaleString('en-US')} (${first?.limit})`
    return [`| ${name} | ${mode} | ${spent.calls} | $${dollars.toFixed(2)} | ${free} |`]
  })
  return [
    '| a million of | mode | calls of objects | in all | free plan, a day |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n')
}

/** A round trip is a call, and so is each use of a copy, which reads or writes a row. */
function inObjects({ d1, kvReads, kvWrites, kvDeletes, rowsRead, rowsWritten }: OperationCost) {
  return {
    calls: d1 + kvReads + kvWrites + kvDeletes,
    rowsRead: rowsRead + kvReads,
    rowsWritten: rowsWritten + kvWrites + kvDeletes,
  }
}
