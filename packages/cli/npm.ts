// What npm and npx do not do for a command that they run.

/** Read at once: later this process may have been left behind. */
const PARENT = process.ppid
const LOOK_EVERY_MS = 500

/** Calls `stop` once the shell has ended in which npm runs this command: npm hands a signal to that shell, which may end without handing it on. */
export function stopWithNpm(stop: () => void): void {
  if (process.env.npm_lifecycle_event === undefined) return
  const looking = setInterval(() => {
    if (process.ppid === PARENT) return
    clearInterval(looking)
    stop()
  }, LOOK_EVERY_MS)
}
