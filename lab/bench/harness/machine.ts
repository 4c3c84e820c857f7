import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { availableParallelism, cpus, loadavg, release, type as system } from 'node:os'
import { join } from 'node:path'

/** On what and with what the numbers were made. */
export interface Machine {
  readonly date: string
  readonly cores: number
  readonly processor: string
  readonly system: string
  readonly node: string
  readonly workerd: string
  readonly miniflare: string
  /** Rivals and what they stand on, by name. */
  readonly packages: Readonly<Record<string, string>>
  /** Of the last minute, before the first measurement: other work on the machine shows here. */
  readonly loadAverage: number
}

const ROOT = join(import.meta.dirname, '../../..')

export function describeMachine(): Machine {
  const require = createRequire(import.meta.url)
  const version = (name: string): string => require(`${name}/package.json`).version
  const rivals = JSON.parse(readFileSync(join(ROOT, 'lab/bench/rivals/package.json'), 'utf8'))
  return {
    date: new Date().toISOString().slice(0, 10),
    cores: availableParallelism(),
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    system: `${system()} ${release()}`,
    node: process.versions.node,
    workerd: version('workerd'),
    miniflare: version('miniflare'),
    packages: rivals.dependencies,
    loadAverage: loadavg()[0] ?? 0,
  }
}
