import type { Reporter, TestModule, Vitest } from 'vitest/node'
import { missingPackages } from './tools.ts'

/** Says how many files are named as the slowest. */
const SLOWEST = 10

/** Prints, after everything else, which files took longest, which tests were skipped and why, and which projects alone were run. */
export default class ClosingReporter implements Reporter {
  /** As named with `--project`; empty: all. */
  #projects: readonly string[] = []

  onInit({ config }: Vitest): void {
    this.#projects = config.project
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    console.log(['', ...slowest(modules), ...skipped(modules), ...leftOut(this.#projects)].join('\n'))
  }
}

function slowest(modules: readonly TestModule[]): readonly string[] {
  // One file alone is not slower than others.
  if (modules.length < 2) return []
  const timed = modules.map((module) => ({ module, milliseconds: module.diagnostic().duration }))
  const rows = timed.toSorted((a, b) => b.milliseconds - a.milliseconds).slice(0, SLOWEST)
  return [
    'The slowest files:',
    ...rows.map(
      ({ module, milliseconds }) =>
        // A file may run in several projects, on another database in each.
        `${(milliseconds / 1000).toFixed(1).padStart(7)} s  ${module.relativeModuleId} (${module.project.name})`,
    ),
  ]
}

function leftOut(projects: readonly string[]): readonly string[] {
  if (projects.length === 0) return []
  return [`This was ${projects.join(', ')} alone. Everything that the gate runs: npm run test:all`]
}

function skipped(modules: readonly TestModule[]): readonly string[] {
  const tests = modules.flatMap((module) => [...module.children.allTests('skipped')])
  const byReason = Map.groupBy(tests, (test) => {
    const result = test.result()
    return result.state === 'skipped' ? (result.note ?? 'no reason given') : 'no reason given'
  })
  const packages = missingPackages()
  return [
    ...[...byReason].map(([reason, { length }]) => `Skipped ${length} tests: ${reason}.`),
    ...(byReason.size > 0 && packages.length > 0
      ? [`To run every test, install: sudo apt-get install ${packages.join(' ')}`]
      : []),
  ]
}
