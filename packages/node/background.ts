import type { Log } from '../../src/runtime/log'

/** Runs work behind responses and between requests. */
export interface Background {
  /** Keeps work running behind a response. */
  defer(work: Promise<unknown>): void
  /** Waits until nothing runs any more. */
  finish(): Promise<void>
}

export function createBackground(log: Log): Background {
  const running = new Set<Promise<unknown>>()
  return {
    defer(work) {
      const kept: Promise<unknown> = work
        .catch((error: unknown) =>
          log('background-failed', { error: error instanceof Error ? error.name : 'unknown' }),
        )
        .finally(() => running.delete(kept))
      running.add(kept)
    },
    async finish() {
      while (running.size > 0) await Promise.all(running)
    },
  }
}

/** Runs the sweep at once and then every so often, never twice at a time. Returns what stops it. */
export function sweepEvery(
  milliseconds: number,
  { sweep, background }: { readonly sweep: () => Promise<unknown>; readonly background: Background },
): () => void {
  let isRunning = false
  function run() {
    if (isRunning) return
    isRunning = true
    background.defer(
      sweep().finally(() => {
        isRunning = false
      }),
    )
  }
  run()
  const timer = setInterval(run, milliseconds)
  return () => clearInterval(timer)
}
