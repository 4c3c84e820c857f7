import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Stop } from '../command.ts'
import { findWrangler, loadWrangler } from '../place.ts'

/** The runtime accepts compatibility dates of the week after its own date. */
const AHEAD_MS = 7 * 24 * 60 * 60 * 1000

/** The oldest Node that a current wrangler runs on. */
const NODE_OF_WRANGLER = [22, 12] as const

/** Says which wrangler a project has, and for what. */
export interface RuntimeAge {
  /** As in `2026-10-15`. */
  readonly compatibilityDate: string | undefined
  /** Of wrangler. */
  readonly version: string
  /** Of the runtime that wrangler brings along: `1.20261023.1` is of 2026-10-23. */
  readonly workerd: string
  readonly node: string
}

/** Returns why a Worker cannot be served, or `null`: npm on an older Node picks an older wrangler, whose runtime does not know the date. */
export function reasonAgainstRuntime({
  compatibilityDate,
  version,
  workerd,
  node,
}: RuntimeAge): string | null {
  const [, year, month, day] = /^\d+\.(\d{4})(\d{2})(\d{2})\./.exec(workerd) ?? []
  if (compatibilityDate === undefined || year === undefined) return null
  const newest = new Date(Date.parse(`${year}-${month}-${day}`) + AHEAD_MS).toISOString().slice(0, 10)
  if (compatibilityDate <= newest) return null
  const [major = 0, minor = 0] = node.split('.').map(Number)
  const isOld = major < NODE_OF_WRANGLER[0] || (major === NODE_OF_WRANGLER[0] && minor < NODE_OF_WRANGLER[1])
  const cause = isOld
    ? `On Node ${node}, npm picks an old wrangler. Install Node ${NODE_OF_WRANGLER.join('.')} or newer, and then:`
    : 'Install a newer one:'
  return `Your compatibility_date is ${compatibilityDate}, and wrangler ${version} serves none after ${newest}. ${cause}

  npm install wrangler@latest`
}

/** Stops before wrangler says that its runtime is too old. @throws Stop */
export async function requireRuntime(configPath: string): Promise<void> {
  const folder = dirname(configPath)
  const path = join(dirname(findWrangler(folder)), '../package.json')
  const { version, dependencies } = JSON.parse(readFileSync(path, 'utf8')) as {
    readonly version: string
    readonly dependencies?: Readonly<Record<string, string>>
  }
  const { compatibility_date } = (await loadWrangler(folder)).unstable_readConfig({ config: configPath })
  const reason = reasonAgainstRuntime({
    compatibilityDate: compatibility_date,
    version,
    workerd: dependencies?.workerd ?? '',
    node: process.versions.node,
  })
  if (reason !== null) throw new Stop(reason, 2)
}
