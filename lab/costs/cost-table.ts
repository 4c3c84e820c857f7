import type { Mode } from '../../src/sessions/mode.ts'
import { OPERATIONS, type OperationCost, type OperationName } from './operations.ts'
import { FREE_DAILY, PAID, PRICED_ON } from './prices.ts'

/**
 * CPU of an operation in milliseconds, for the price of it. Assumed, not counted, and generous: a hash is what 600,000 iterations took in
 * production by public report (workerd, pull request 3541: under 250 ms), the rest is above what `npm run bench` measures here.
 */
export const CPU_MS = { request: 1, hash: 250 }

const MODES: readonly Mode[] = ['session', 'token']

/** Returns Markdown: what a million of each operation costs beyond what is included, and how many of it the free plan carries a day. */
export function costTable(): string {
  const rows = (Object.keys(OPERATIONS) as OperationName[]).flatMap((name) =>
    MODES.flatMap((mode) => {
      const cost = OPERATIONS[name][mode]
      if (cost === null) return []
      const parts = dollarsPerMillion(name, cost)
      const total = Object.values(parts).reduce((sum, part) => sum + part)
      const { count, limit } = freeDaily(name, cost)
      const dollars = [parts.requests, parts.cpu, parts.kv, parts.d1, total].map(
        (part) => `$${part.toFixed(2)}`,
      )
      return [`| ${name} | ${mode} | ${dollars.join(' | ')} | ${count.toLocaleString('en-US')} (${limit}) |`]
    }),
  )
  return [
    '| a million of | mode | requests | CPU | KV | D1 | in all | free plan, a day |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
    ...rows,
    '',
    `Prices of ${PRICED_ON}. CPU is assumed at ${CPU_MS.request} ms a request and ${CPU_MS.hash} ms a hash.`,
  ].join('\n')
}

/** Counts the sweep, which answers no request. */
function isRequest(name: OperationName): boolean {
  return name !== 'ended session, swept'
}

function dollarsPerMillion(name: OperationName, cost: OperationCost) {
  const requests = isRequest(name) ? 1 : 0
  return {
    requests: requests * PAID.requests.perMillion,
    cpu: (requests * CPU_MS.request + cost.hashes * CPU_MS.hash) * PAID.cpuMilliseconds.perMillion,
    kv:
      cost.kvReads * PAID.kvReads.perMillion +
      cost.kvWrites * PAID.kvWrites.perMillion +
      cost.kvDeletes * PAID.kvDeletes.perMillion,
    d1: cost.rowsRead * PAID.rowsRead.perMillion + cost.rowsWritten * PAID.rowsWritten.perMillion,
  }
}

/** Returns how many the free plan's daily quotas carry if nothing else uses them, and which of them ends first. */
function freeDaily(
  name: OperationName,
  cost: OperationCost,
): { readonly count: number; readonly limit: string } {
  const quotas = [
    { limit: 'requests', quota: FREE_DAILY.requests, spent: isRequest(name) ? 1 : 0 },
    { limit: 'KV reads', quota: FREE_DAILY.kvReads, spent: cost.kvReads },
    { limit: 'KV writes', quota: FREE_DAILY.kvWrites, spent: cost.kvWrites },
    { limit: 'KV deletes', quota: FREE_DAILY.kvDeletes, spent: cost.kvDeletes },
    { limit: 'rows read', quota: FREE_DAILY.rowsRead, spent: cost.rowsRead },
    { limit: 'rows written', quota: FREE_DAILY.rowsWritten, spent: cost.rowsWritten },
  ].filter(({ spent }) => spent > 0)
  const [first = { limit: 'nothing', count: 0 }] = quotas
    .map(({ limit, quota, spent }) => ({ limit, count: Math.floor(quota / spent) }))
    .sort((a, b) => a.count - b.count)
  return first
}
