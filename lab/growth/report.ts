import type { Cost } from './client.ts'

/** Holds the measurements of one operation, by the number of accounts. */
export interface Measured {
  readonly name: string
  readonly costs: ReadonlyMap<number, readonly Cost[]>
}

export interface Summary {
  readonly name: string
  readonly sizes: readonly SizeSummary[]
  /** Of the medians: the largest database to the smallest. */
  readonly ratio: number
  /** The same of two halves of what was measured on the smallest: what it is worth. */
  readonly noise: number
  /** Is `true` if no database read or wrote more rows than another, but for `CHANCE_ROWS`. */
  readonly sameRows: boolean
}

export interface SizeSummary {
  readonly accounts: number
  readonly medianMs: number
  readonly p99Ms: number
  /** The mean, for D1 counts in whole milliseconds. */
  readonly d1MeanMs: number
  readonly rowsRead: Range
  readonly rowsWritten: Range
}

interface Range {
  readonly least: number
  readonly most: number
}

/**
 * Bounds the rows more that are chance: who signs in for the second time has more to look at, and who that is falls out differently on each database. A
 * statement that looks at all accounts reads 99,000 more on the second database than on the first.
 */
const CHANCE_ROWS = 100

export function summarise({ name, costs }: Measured): Summary {
  const sizes = [...costs].map(([accounts, each]) => {
    const total = each.map(({ totalMs }) => totalMs)
    return {
      accounts,
      medianMs: percentile(total, 50),
      p99Ms: percentile(total, 99),
      d1MeanMs: each.reduce((sum, { d1Ms }) => sum + d1Ms, 0) / each.length,
      rowsRead: rangeOf(each.map(({ rowsRead }) => rowsRead)),
      rowsWritten: rangeOf(each.map(({ rowsWritten }) => rowsWritten)),
    }
  })
  const [smallest = []] = [...costs.values()]
  const half = (odd: number) =>
    percentile(
      smallest.filter((_, index) => index % 2 === odd).map(({ totalMs }) => totalMs),
      50,
    )
  return {
    name,
    sizes,
    ratio: (sizes.at(-1)?.medianMs ?? 0) / (sizes[0]?.medianMs ?? 0),
    noise: half(1) / half(0),
    sameRows: [
      sizes.map(({ rowsRead }) => rowsRead.most),
      sizes.map(({ rowsWritten }) => rowsWritten.most),
    ].every((most) => Math.max(...most) - Math.min(...most) <= CHANCE_ROWS),
  }
}

function rangeOf(numbers: readonly number[]): Range {
  return { least: Math.min(...numbers), most: Math.max(...numbers) }
}

function toText({ least, most }: Range): string {
  return least === most ? `${least}` : `${least} to ${most}`
}

/** Returns the smallest number that so many in a hundred do not exceed (nearest rank). */
function percentile(numbers: readonly number[], inHundred: number): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil((sorted.length * inHundred) / 100) - 1)] ?? Number.NaN
}

/** Milliseconds as the client sees them, median / 99th percentile; then those in D1 alone, on average. */
export function toMarkdown(summaries: readonly Summary[]): string {
  const sizes = summaries[0]?.sizes.map(({ accounts }) => accounts.toLocaleString('en')) ?? []
  const head = [
    'operation',
    ...sizes.map((size) => `${size} accounts`),
    'ratio',
    'noise',
    'rows read/written',
  ]
  const rows = summaries.map(({ name, sizes: each, ratio, noise, sameRows }) => [
    name,
    ...each.map(
      ({ medianMs, p99Ms, d1MeanMs }) =>
        `${medianMs.toFixed(1)} / ${p99Ms.toFixed(1)} (D1 ${d1MeanMs.toFixed(2)})`,
    ),
    ratio.toFixed(2),
    noise.toFixed(2),
    `${sameRows ? '' : 'NOT THE SAME: '}${each
      .map(({ rowsRead, rowsWritten }) => `${toText(rowsRead)} / ${toText(rowsWritten)}`)
      .join('; ')}`,
  ])
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}
