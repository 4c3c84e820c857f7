import type { Stream } from '../load/job.ts'

/** One line of a scenario's table: a server and what is sent to it. */
export interface Entrant {
  readonly label: string
  readonly port: number
  readonly processes: readonly number[]
  /** The first stream is what is measured; the others go on beside it. Replaced after each burst, as chains move on. */
  streams: readonly Stream[]
  /** The label of the entrant that does as little as this one possibly could. */
  readonly floor?: string
  /** Every second request of the measured stream only computes the password hash of the one before it. */
  readonly alternatesWithHash?: true
}

/** Holds the results of one burst on the first stream. */
export interface Burst {
  readonly requestsPerSecond: number
  readonly medianMs: number
  /** CPU of the server for each request, in microseconds; `null` where it cannot be known. */
  readonly cpuMicros: number | null
  readonly latenciesMs: Float64Array
  /** Sets how much longer each request took than the hash alone, right after it: the median; `null` if there is no such hash. */
  readonly overOwnHashMs: number | null
  readonly ownHashMs: number | null
  /** Requests a second of what goes on beside; `null` if nothing does. */
  readonly besidePerSecond: number | null
  /** The part of a core that the load generator needed. */
  readonly generatorBusy: number
}
