import type { FirstRequestRow } from './first-request.ts'
import type { Machine } from './machine.ts'
import type { Options } from './options.ts'
import type { Row, ScenarioResult } from './summarise.ts'

export interface Results {
  readonly command: string
  readonly machine: Machine
  readonly options: Options
  /** Says of each contender that was not measured why; sentences. */
  readonly leftOut: readonly string[]
  readonly scenarios: readonly ScenarioResult[]
  readonly firstRequests: readonly FirstRequestRow[]
}

/** Returns the results as Markdown, with the command that makes them. */
export function presentMarkdown({
  command,
  machine,
  options,
  leftOut,
  scenarios,
  firstRequests,
}: Results): string {
  const { date, cores, processor, system, node, workerd, loadAverage } = machine
  const busiest = Math.max(0, ...scenarios.map(({ generatorBusy }) => generatorBusy))
  const facts = `${date}, ${cores} cores of ${processor}, ${system}, Node ${node}, workerd ${workerd}`
  const parts = [
    `\`${command}\``,
    `${facts}; load before: ${loadAverage.toFixed(2)}. ${options.rounds} rounds of ${options.seconds} s, ` +
      `${options.connections} connections, ${options.users} users. ` +
      `The load generator never needed more than ${round(busiest)} of a core.`,
    ...(leftOut.length > 0 ? [leftOut.join(' ')] : []),
    ...scenarios.map(presentScenario),
    ...(firstRequests.length > 0 ? [presentFirstRequests(firstRequests)] : []),
  ]
  return `${parts.join('\n\n')}\n`
}

interface Column {
  readonly head: string
  readonly cell: (row: Row) => string
}

function presentScenario({ name, title, baseline, rows }: ScenarioResult): string {
  const rate: Column = { head: 'req/s', cell: (row) => round(row.requestsPerSecond) }
  const ratio: Column = {
    head: `of ${baseline} (lowest to highest round)`,
    cell: ({ ratio, lowestRatio, highestRatio }) =>
      `${round(ratio)} (${round(lowestRatio)} to ${round(highestRatio)})`,
  }
  const waits: Column = { head: `median of ${baseline}'s`, cell: (row) => round(row.latencyRatio) }
  const floor: Column = {
    head: 'of its floor (by CPU)',
    cell: ({ ratioToFloor, ratioToFloorByCpu }) =>
      ratioToFloor === null ? '–' : `${round(ratioToFloor)} (${round(ratioToFloorByCpu)})`,
  }
  const hashes: readonly Column[] = [
    { head: 'its hash alone, ms', cell: (row) => round(row.ownHashMs) },
    { head: 'ms over its hash', cell: (row) => round(row.overOwnHashMs) },
  ]
  /** Columns of something that some row has. */
  const when = (value: (row: Row) => number | null, columns: readonly Column[]) =>
    rows.some((row) => value(row) !== null) ? columns : []
  const columns: readonly Column[] = [
    { head: '', cell: (row) => row.label },
    // At a given pace all make as many.
    ...(name === 'beside' ? [waits] : [rate, ratio]),
    ...when(({ ratioByCpu }) => ratioByCpu, [{ head: 'by CPU', cell: (row) => round(row.ratioByCpu) }]),
    ...when(({ ratioToFloor }) => ratioToFloor, [floor]),
    { head: 'median ms', cell: (row) => round(row.medianMs) },
    { head: 'p99 ms', cell: (row) => round(row.p99Ms) },
    ...when(({ ownHashMs }) => ownHashMs, hashes),
    ...when(({ cpuMicros }) => cpuMicros, [{ head: 'CPU µs', cell: (row) => round(row.cpuMicros) }]),
    ...when(
      ({ besidePerSecond }) => besidePerSecond,
      [{ head: 'sign-ins/s', cell: (row) => round(row.besidePerSecond) }],
    ),
  ]
  return table(
    title,
    columns.map(({ head }) => head),
    rows.map((row) => columns.map(({ cell }) => cell(row))),
  )
}

function presentFirstRequests(rows: readonly FirstRequestRow[]): string {
  return table(
    'First protected request after a start',
    ['', 'first request ms', 'second ms', 'start ms (Miniflare included)'],
    rows.map(({ label, firstMs, secondMs, startMs }) => [
      label,
      round(firstMs),
      round(secondMs),
      round(startMs),
    ]),
  )
}

/** Returns a Markdown table under a heading; numbers to the right. */
export function table(title: string, heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  const rule = heads.map((_, index) => (index === 0 ? '---' : '---:'))
  return [`### ${title}`, '', line(heads), line(rule), ...rows.map(line)].join('\n')
}

/** Three significant digits, whole above 100. */
function round(value: number | null): string {
  if (value === null || Number.isNaN(value)) return '–'
  return Math.abs(value) >= 100
    ? Math.round(value).toLocaleString('en')
    : String(Number(value.toPrecision(3)))
}
