/** A clock for `createJanus(env, { clock })` that a test moves. Seconds since the epoch. */
export interface TestClock {
  (): number
  /** Moves the clock ahead, for instance past the life of a session. It never goes back. */
  advance(seconds: number): void
}

/** Creates a clock that runs with the machine's, and as far ahead of it as the test says. */
export function createTestClock(): TestClock {
  let ahead = 0
  const clock = () => Math.floor(Date.now() / 1000) + ahead
  return Object.assign(clock, {
    advance(seconds: number) {
      if (!(seconds >= 0)) throw new RangeError('A clock moves ahead only')
      ahead += seconds
    },
  })
}
