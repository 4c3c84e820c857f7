/** How long Janus may take to answer. A hash takes a quarter of a second. */
const PATIENCE_MS = 10_000

/** Does something with a signal that aborts when it has taken too long. Rejects then, as `fetch` does where nothing answers. */
export function inTime<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  // Not `AbortSignal.timeout`, which React Native does not have.
  const stop = new AbortController()
  // Never cleared, because a body may come later than its head, or never. In Node, no process waits for it.
  const timer: unknown = setTimeout(
    () => stop.abort(new TypeError('Janus did not answer in time')),
    PATIENCE_MS,
  )
  ;(timer as { unref?: () => void }).unref?.()
  return unlessAborted(stop.signal, work)
}

/** Does something, and rejects as soon as a signal aborts, whether or not that knows of signals. Does nothing if it has aborted. */
export function unlessAborted<T>(signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason)
    if (signal.aborted) return stop()
    signal.addEventListener('abort', stop)
    work(signal)
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', stop))
  })
}
