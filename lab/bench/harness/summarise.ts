import type { Burst, Entrant } from './entrant.ts'
import type { Scenario } from './scenario.ts'
import { median, percentile } from './statistics.ts'

/** One line of a table. Absent is `null`: it cannot be known, or does not apply. */
export interface Row {
  readonly label: string
  /** The medians of the rounds. */
  readonly requestsPerSecond: number
  readonly medianMs: number
  readonly cpuMicros: number | null
  /** Over the answers of all rounds; `null` where they are too few to have one. */
  readonly p99Ms: number | null
  readonly answers: number
  /** Requests a second as a part of the baseline's in the same round: the median of the rounds. */
  readonly ratio: number
  /** The same by CPU for each request, the baseline's over its own: what else the machine does disturbs it less. */
  readonly ratioByCpu: number | null
  readonly lowestRatio: number
  readonly highestRatio: number
  /** Median time as a part of the baseline's in the same round, likewise. */
  readonly latencyRatio: number
  /** Requests a second as a part of those of the entrant that does as little as this one could. */
  readonly ratioToFloor: number | null
  readonly ratioToFloorByCpu: number | null
  /** The same password hash alone, and how much longer than that the operation took. */
  readonly ownHashMs: number | null
  readonly overOwnHashMs: number | null
  /** Sign-ins a second that went on beside. */
  readonly besidePerSecond: number | null
}

export interface ScenarioResult {
  readonly name: string
  readonly title: string
  readonly baseline: string
  readonly rows: readonly Row[]
  /** The most that the load generator needed in any burst, as a part of a core. */
  readonly generatorBusy: number
}

/** Fewer answers have no 99th percentile worth the name. */
const P99_MIN_ANSWERS = 200

export function summarise(
  { name, title, baseline }: Scenario,
  bursts: ReadonlyMap<Entrant, readonly Burst[]>,
): ScenarioResult {
  const all = [...bursts]

  /** Pairs something of an entrant and of another in the same round, for each round. */
  function paired<T>(own: readonly Burst[], label: string | undefined, of: (own: Burst, other: Burst) => T) {
    const other = all.find(([entrant]) => entrant.label === label)?.[1]
    return own.flatMap((burst, round) => {
      const beside = other?.[round]
      return beside ? [of(burst, beside)] : []
    })
  }

  const rows = all.map(([{ label, floor }, own]): Row => {
    const latencies = own.flatMap(({ latenciesMs }) => [...latenciesMs])
    const ratios = paired(own, baseline, byRate)
    return {
      label,
      requestsPerSecond: median(own.map(({ requestsPerSecond }) => requestsPerSecond)),
      medianMs: median(own.map(({ medianMs }) => medianMs)),
      cpuMicros: medianOf(own.map(({ cpuMicros }) => cpuMicros)),
      p99Ms: latencies.length < P99_MIN_ANSWERS ? null : percentile(latencies, 99),
      answers: latencies.length,
      ratio: median(ratios),
      ratioByCpu: medianOf(paired(own, baseline, byCpu)),
      lowestRatio: Math.min(...ratios),
      highestRatio: Math.max(...ratios),
      latencyRatio: median(paired(own, baseline, (a, b) => a.medianMs / b.medianMs)),
      ratioToFloor: medianOf(paired(own, floor, byRate)),
      ratioToFloorByCpu: medianOf(paired(own, floor, byCpu)),
      ownHashMs: medianOf(own.map(({ ownHashMs }) => ownHashMs)),
      overOwnHashMs: medianOf(own.map(({ overOwnHashMs }) => overOwnHashMs)),
      besidePerSecond: medianOf(own.map(({ besidePerSecond }) => besidePerSecond)),
    }
  })
  const generatorBusy = Math.max(...all.flatMap(([, own]) => own.map((burst) => burst.generatorBusy)))
  return { name, title, baseline, rows, generatorBusy }
}

function byRate(own: Burst, other: Burst): number {
  return own.requestsPerSecond / other.requestsPerSecond
}

function byCpu(own: Burst, other: Burst): number | null {
  return own.cpuMicros && other.cpuMicros && other.cpuMicros / own.cpuMicros
}

function medianOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null)
  return known.length > 0 ? median(known) : null
}
