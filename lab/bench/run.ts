// Measures Janus beside its rivals. What is measured, and what could bias it: lab/bench/README.md.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { checkContender } from './harness/check-contender.ts'
import { compareCounts, presentCounts } from './harness/compare-counts.ts'
import type { Contender } from './harness/contender.ts'
import { countStorage } from './harness/count-storage.ts'
import type { Entrant } from './harness/entrant.ts'
import { type FirstRequestRow, measureFirstRequests } from './harness/first-request.ts'
import { installRivals } from './harness/install-rivals.ts'
import { type LoadGenerator, startLoadGenerator } from './harness/load-generator.ts'
import { describeMachine } from './harness/machine.ts'
import { HELP, type Options, readOptions } from './harness/options.ts'
import { presentMarkdown } from './harness/report.ts'
import { runRounds } from './harness/run-rounds.ts'
import type { Scenario } from './harness/scenario.ts'
import { COUNTED_CONTENDERS, FIRST_REQUEST_CONTENDERS, scenarios } from './harness/scenarios.ts'
import { whyLeftOut } from './harness/servers-beside.ts'
import { requireRedis } from './harness/start-express.ts'
import { type Started, start } from './harness/started.ts'
import { type ScenarioResult, summarise } from './harness/summarise.ts'

const RESULTS = join(import.meta.dirname, 'results/latest.json')
const COUNTS = join(import.meta.dirname, 'counts.json')

/** Starting and preparing a server takes seconds, too. */
const SECONDS_TO_PREPARE = 5

// An end from outside must run the exit handlers, or servers would be left behind.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))

const options = parse()
try {
  if (options.redis) requireRedis()
  if (options.counts) await count()
  else await measure(options)
} catch (error) {
  console.error(`\n${error instanceof Error ? error.message : error}`)
  process.exitCode = 1
}

function parse(): Options {
  try {
    const parsed = readOptions(process.argv.slice(2))
    if (parsed) return parsed
    console.log(HELP)
    process.exit(0)
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${HELP}`)
    process.exit(2)
  }
}

async function measure(options: Options): Promise<void> {
  const wanted = (name: string) => options.scenarios?.includes(name) ?? true
  const named = scenarios(options).filter(({ name }) => wanted(name))
  const leftOut = named.flatMap(({ contenders }) => contenders.flatMap((one) => whyLeftOut(one) ?? []))
  for (const sentence of new Set(leftOut)) progress(sentence)
  const chosen = named.map((scenario) => ({
    ...scenario,
    contenders: scenario.contenders.filter((one) => whyLeftOut(one) === null),
  }))
  if (wanted('first') || chosen.some(({ contenders }) => contenders.some(isRival))) installRivals()
  progress(`about ${Math.ceil(expectedSeconds(chosen, options) / 60)} min`)
  const machine = describeMachine()
  const load = startLoadGenerator()
  const results: ScenarioResult[] = []
  const failed: string[] = []
  let firstRequests: readonly FirstRequestRow[] = []
  try {
    for (const scenario of chosen) {
      try {
        results.push(await runScenario(load, scenario, options))
      } catch (error) {
        // What was measured before, and will be after, is not lost.
        failed.push(scenario.name)
        progress(`failed: ${error instanceof Error ? error.message : error}`)
      }
    }
    if (wanted('first')) {
      firstRequests = await measureFirstRequests(FIRST_REQUEST_CONTENDERS, options.rounds, (step) =>
        progress(`first: ${step}`),
      )
    }
  } finally {
    load.stop()
  }
  const command = ['npm run bench --', ...process.argv.slice(2)].join(' ').replace(/ --$/, '')
  const all = { command, machine, options, leftOut: [...new Set(leftOut)], scenarios: results, firstRequests }
  const markdown = presentMarkdown(all)
  write(resolve(options.json ?? RESULTS), `${JSON.stringify(all, null, 2)}\n`)
  if (options.markdown) write(resolve(options.markdown), markdown)
  console.log(`\n${markdown}`)
  if (failed.length > 0) throw new Error(`Not measured, because they failed: ${failed.join(', ')}`)
}

async function runScenario(
  load: LoadGenerator,
  scenario: Scenario,
  options: Options,
): Promise<ScenarioResult> {
  const started: Started[] = []
  try {
    for (const contender of scenario.contenders) {
      progress(`${scenario.name}: starting ${contender.name}`)
      const one = await start(contender, scenario.people(options))
      started.push(one)
      await checkContender(one.running.port, contender, one.people)
    }
    const entrants: readonly Entrant[] = started.flatMap((one) => scenario.entrants(one, options))
    const seconds = options.seconds * scenario.burstUnits
    const bursts = await runRounds(load, entrants, { rounds: options.rounds, seconds }, (step) =>
      progress(`${scenario.name}: ${step}`),
    )
    return summarise(scenario, bursts)
  } catch (error) {
    const printed = started.map(({ contender, running }) => `--- ${contender.name}\n${running.printed()}`)
    throw new Error(
      `${scenario.name}: ${error instanceof Error ? error.message : error}\n${printed.join('\n')}`,
    )
  } finally {
    await Promise.all(started.map(({ running }) => running.stop()))
  }
}

/** Tells whether a server is made of what `lab/bench/rivals` installs. */
function isRival({ server }: Contender): boolean {
  return server === 'express' || server.startsWith('rivals/')
}

async function count(): Promise<void> {
  installRivals()
  const counts = await countStorage(COUNTED_CONTENDERS, (name) => progress(`counting: ${name}`))
  console.log(`\n${presentCounts(counts)}\n`)
  if (compareCounts(COUNTS, counts)) return
  throw new Error(
    `Not what ${relative('.', COUNTS)} has. If that is right, delete the file, count again and commit it.`,
  )
}

function expectedSeconds(
  chosen: readonly Scenario[],
  { rounds, seconds, scenarios: names }: Options,
): number {
  const first = (names?.includes('first') ?? true) ? FIRST_REQUEST_CONTENDERS.length * (rounds + 1) * 1.5 : 0
  return chosen.reduce((sum, { contenders, burstUnits }) => {
    return sum + contenders.length * (SECONDS_TO_PREPARE + (rounds + 1) * seconds * burstUnits)
  }, first)
}

function progress(text: string): void {
  console.error(`bench: ${text}`)
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
  progress(`wrote ${relative('.', file)}`)
}
