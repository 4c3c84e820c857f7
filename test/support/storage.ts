import { env } from 'cloudflare:workers'

/** What an attempt at a password writes even if it is refused: that it was made. */
export const ATTEMPT_TABLES: readonly string[] = ['budgets', 'audit_events']

/** Every row of every table there is, save those named, and every record in KV with its expiry. */
export async function storage({ except = [] }: { readonly except?: readonly string[] } = {}) {
  const named = await env.DB.prepare(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_%' ESCAPE '\\' ORDER BY name",
  ).all<{ name: string }>()
  const names = named.results.map(({ name }) => name).filter((name) => !except.includes(name))
  const tables = await Promise.all(
    names.map(async (name) => [
      name,
      (await env.DB.prepare(`SELECT * FROM ${name} ORDER BY 1`).all()).results,
    ]),
  )
  const { keys } = await env.SESSIONS.list()
  const records: [string, string | null][] = []
  // A bulk read takes at most 100 keys.
  for (let start = 0; start < keys.length; start += 100) {
    const some = keys.slice(start, start + 100).map(({ name }) => name)
    records.push(...(await env.SESSIONS.get(some)))
  }
  return { tables: Object.fromEntries(tables), keys, records }
}
