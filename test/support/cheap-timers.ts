import * as timers from 'node:timers'

/** Marks the timer that this made, for files may share a runtime. */
const IS_CHEAP = Symbol.for('janus.cheap-timers')

type SetTimeout = (...given: readonly unknown[]) => unknown

/**
 * Makes `setTimeout` cost what it costs in production. The plugin of the runtime looks, at each call, for the file of the caller, for which
 * it renders a stack: a fifteenth of the CPU time of tests of routes, where every call to a store has a time-out. It does something else only
 * for timers without a delay.
 */
export function makeTimersCheap(): void {
  const patched = globalThis.setTimeout as unknown as SetTimeout
  if (IS_CHEAP in patched) return
  const plain = timers.setTimeout as unknown as SetTimeout
  const cheap: SetTimeout = (...given) => (given[1] ? plain(...given) : patched(...given))
  globalThis.setTimeout = Object.assign(cheap, { [IS_CHEAP]: true }) as unknown as typeof setTimeout
}
