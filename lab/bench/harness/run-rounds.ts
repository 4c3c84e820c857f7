import { cpuSeconds } from './cpu-time.ts'
import type { Burst, Entrant } from './entrant.ts'
import type { LoadGenerator } from './load-generator.ts'
import { median } from './statistics.ts'

/**
 * Measures entrants in turns: every round gives each of them one short burst, and begins with another one. What else a
 * machine does then falls on all of them, and a ratio is made of bursts seconds apart.
 *
 * A first burst of each is not counted: it warms the code, the memo and the connections of storage.
 *
 * @returns For each entrant its bursts, one a round.
 */
export async function runRounds(
  load: LoadGenerator,
  entrants: readonly Entrant[],
  { rounds, seconds }: { readonly rounds: number; readonly seconds: number },
  report: (progress: string) => void,
): Promise<ReadonlyMap<Entrant, readonly Burst[]>> {
  const bursts = new Map<Entrant, Burst[]>(entrants.map((entrant) => [entrant, []]))
  for (let round = 0; round <= rounds; round++) {
    report(round === 0 ? 'warming up' : `round ${round} of ${rounds}`)
    for (const index of entrants.keys()) {
      const entrant = entrants[(index + round) % entrants.length]
      if (!entrant) continue
      const burst = await runBurst(load, entrant, seconds)
      if (round > 0) bursts.get(entrant)?.push(burst)
    }
  }
  return bursts
}

async function runBurst(load: LoadGenerator, entrant: Entrant, seconds: number): Promise<Burst> {
  const { port, processes, streams, alternatesWithHash = false } = entrant
  const before = cpuSeconds(processes)
  const { streams: results, generatorBusy } = await load.run({ port, seconds, streams })
  const after = cpuSeconds(processes)
  entrant.streams = streams.map((stream, index) => {
    const tokens = results[index]?.tokens ?? []
    return stream.chain ? { ...stream, chain: { ...stream.chain, tokens } } : stream
  })
  const [measured, beside] = results
  if (!measured) throw new Error(`${entrant.label} has no stream`)
  const all = measured.latencies
  const latenciesMs = alternatesWithHash ? all.filter((_, index) => index % 2 === 0) : all
  const hashesMs = alternatesWithHash ? all.filter((_, index) => index % 2 === 1) : null
  // Of a server that does other work besides, nobody can say what one request took.
  const alone = beside === undefined && hashesMs === null
  return {
    requestsPerSecond: hashesMs ? 1000 / mean(latenciesMs) : all.length / measured.seconds,
    medianMs: median(latenciesMs),
    cpuMicros: before === null || after === null || !alone ? null : ((after - before) / all.length) * 1e6,
    latenciesMs,
    overOwnHashMs: hashesMs && median(hashesMs.map((hashMs, index) => (latenciesMs[index] ?? 0) - hashMs)),
    ownHashMs: hashesMs && median(hashesMs),
    besidePerSecond: beside ? beside.latencies.length / beside.seconds : null,
    generatorBusy,
  }
}

function mean(numbers: Float64Array): number {
  return numbers.reduce((sum, each) => sum + each, 0) / numbers.length
}
