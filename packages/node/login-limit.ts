/** As `LOGIN_LIMIT` in wrangler.toml: how many requests that concern credentials a client may make in a period. */
const LIMIT = 600
const PERIOD_MS = 60_000

/** Bounds the memory: some 10 MB. Who came first is forgotten first. */
const MOST_CLIENTS = 100_000

/**
 * Counts the requests of each client in this process, in place of the `LOGIN_LIMIT` binding. It is the outer shield and approximate, as the
 * binding is: what must be exact is counted in the database.
 */
export function createLoginLimit(now = Date.now): RateLimit {
  let period = -1
  let counts = new Map<string, number>()
  return {
    async limit({ key }) {
      const current = Math.floor(now() / PERIOD_MS)
      if (current !== period) {
        period = current
        counts = new Map()
      }
      const count = (counts.get(key) ?? 0) + 1
      counts.set(key, count)
      if (counts.size > MOST_CLIENTS) {
        const [oldest] = counts.keys()
        if (oldest !== undefined) counts.delete(oldest)
      }
      // guard: a client of a process is limited
      return { success: count <= LIMIT }
    },
  }
}
