import { onTestFinished, vi } from 'vitest'

/** Stops the time of day for the rest of this test, so that `ahead` alone moves the clock of a service. */
export function stopTime(): void {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() })
  onTestFinished(() => {
    vi.useRealTimers()
  })
}
