/**
 * Does something with a signal that aborts when it has taken too long, or when the caller's does. Rejects then, as `fetch` does where
 * nothing answers.
 */
export function inTime<T>(
  limitMs: number,
  signal: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  // Neither `AbortSignal.timeout` nor `AbortSignal.any`, which React Native does not have.
  const stop = new AbortController()
  const abort = () => stop.abort(signal?.reason)
  if (signal?.aborted) abort()
  signal?.addEventListener('abort', abort)
  // Never cleared, because a body may come later than its head, or never. In Node, no process waits for it.
  const timer: unknown = setTimeout(() => {
    signal?.removeEventListener('abort', abort)
    stop.abort(new TypeError('Janus did not answer in time'))
  }, limitMs)
  ;(timer as { unref?: () => void }).unref?.()
  // guard: a call of the client ends when Janus does not answer
  return unlessAborted(stop.signal, () => work(stop.signal))
}

/** Does something, and rejects as soon as a signal aborts, whether or not that knows of signals. Does nothing if it has aborted. */
export function unlessAborted<T>(signal: AbortSignal | null | undefined, work: () => Promise<T>): Promise<T> {
  if (!signal) return work()
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason)
    // guard: the client does nothing for a signal that has aborted
    if (signal.aborted) return stop()
    signal.addEventListener('abort', stop)
    work()
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', stop))
  })
}
