import type { Burst, Entrant } from './entrant.ts'
import type { Scenario } from './scenarios.ts'
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
  readonly lowestRatio: number
  readonly highestRatio: number
  /** Median time as a part of the baseline's in the same round, likewise. */
  readonly latencyRatio: number
  /** Requests a second as a part of those of the entrant that does as little as this one could. */
  readonly ratioToFloor: number | null
  /** Median time beyond that of the same hash alone, in milliseconds. */
  readonly overOwnHashMs: number | null
}

export interface ScenarioResult {
  readonly name: string
  readonly title: string
  readonly baseline: string
  readonly rows: readonly Row[]
}

/** Fewer answers have no 99th percentile worth the name. */
const P99_MIN_ANSWERS = 200

export function summarise(
  { name, title, baseline }: Scenario,
  bursts: ReadonlyMap<Entrant, readonly Burst[]>,
): ScenarioResult {
  const all = [...bursts]

  /** Something of an entrant and of another in the same round, for each round. */
  function paired(
    own: readonly Burst[],
    label: string | undefined,
    of: (own: Burst, other: Burst) => number,
  ) {
    const other = all.find(([entrant]) => entrant.label === label)?.[1]
    return own.flatMap((burst, round) => {
      const beside = other?.[round]
      return beside ? [of(burst, beside)] : []
    })
  }

  const rows = all.map(([{ label, floor, ownHash }, own]): Row => {
    const latencies = own.flatMap(({ latenciesMs }) => [...latenciesMs])
    const ratios = paired(own, baseline, (a, b) => a.requestsPerSecond / b.requestsPerSecond)
    const cpu = own.flatMap(({ cpuMicros }) => (cpuMicros === null ? [] : [cpuMicros]))
    const toFloor = paired(own, floor, (a, b) => a.requestsPerSecond / b.requestsPerSecond)
    const overHash = paired(own, ownHash, (a, b) => a.medianMs - b.medianMs)
    return {
      label,
      requestsPerSecond: median(own.map(({ requestsPerSecond }) => requestsPerSecond)),
      medianMs: median(own.map(({ medianMs }) => medianMs)),
      cpuMicros: cpu.length > 0 ? median(cpu) : null,
      p99Ms: latencies.length < P99_MIN_ANSWERS ? null : percentile(latencies, 99),
      answers: latencies.length,
      ratio: median(ratios),
      lowestRatio: Math.min(...ratios),
      highestRatio: Math.max(...ratios),
      latencyRatio: median(paired(own, baseline, (a, b) => a.medianMs / b.medianMs)),
      ratioToFloor: toFloor.length > 0 ? median(toFloor) : null,
      overOwnHashMs: overHash.length > 0 ? median(overHash) : null,
    }
  })
  return { name, title, baseline, rows }
}
