import type { Contender } from './contender.ts'
import type { Entrant } from './entrant.ts'
import type { Options } from './options.ts'
import type { Started } from './started.ts'

/** Something that servers do, and who is compared at it. */
export interface Scenario {
  readonly name: string
  readonly title: string
  readonly contenders: readonly Contender[]
  /** Sets how long a burst is, in units of `--seconds`: what takes long is asked longer. */
  readonly burstUnits: number
  readonly people: (options: Options) => number
  readonly entrants: (started: Started, options: Options) => readonly Entrant[]
  /** Names whose bursts all others are compared with. */
  readonly baseline: string
}
