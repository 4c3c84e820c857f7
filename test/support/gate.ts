/** An operation that stands still until it is released. */
export interface Held {
  /** Resolves when the operation has arrived. */
  readonly reached: Promise<void>
  release(): void
}

/** A door that single operations can be stopped at, so that a race runs in the order a test lays out. */
export interface Gate<Operation> {
  /** Stops the next operation that matches, and that one only. */
  hold(matches: (operation: Operation) => boolean): Held
  /** Called by the store before it does anything. */
  pass(operation: Operation): Promise<void>
}

export function createGate<Operation>(): Gate<Operation> {
  const holds: { matches: (operation: Operation) => boolean; reach: () => void; released: Promise<void> }[] =
    []
  return {
    hold(matches) {
      const reached = Promise.withResolvers<void>()
      const released = Promise.withResolvers<void>()
      holds.push({ matches, reach: reached.resolve, released: released.promise })
      return { reached: reached.promise, release: released.resolve }
    },
    async pass(operation) {
      const hold = holds.find(({ matches }) => matches(operation))
      if (!hold) return
      holds.splice(holds.indexOf(hold), 1)
      hold.reach()
      await hold.released
    },
  }
}
