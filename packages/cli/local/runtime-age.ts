import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Unstable_Config } from 'wrangler'
import { findWrangler } from '../place.ts'

/** The oldest Node that a current wrangler runs on. */
const NODE_OF_WRANGLER = [22, 12] as const

/** Says which wrangler a project has, and for what. */
export interface RuntimeAge {
  /** As in `2026-10-15`. */
  readonly compatibilityDate: string | undefined
  /** Of wrangler. */
  readonly version: string
  /** The date of the runtime that wrangler brings along. */
  readonly newest: string
  readonly node: string
}

/**
 * Returns what to do after wrangler has failed to start, or `null`. npm on an older Node picks an older wrangler, whose runtime may not know
 * the date. Some versions serve then with an older date, and a runtime knows dates a little after its own.
 */
export function adviceOnRuntime({ compatibilityDate, version, newest, node }: RuntimeAge): string | null {
  if (compatibilityDate === undefined || compatibilityDate <= newest) return null
  const [major = 0, minor = 0] = node.split('.').map(Number)
  const isOld = major < NODE_OF_WRANGLER[0] || (major === NODE_OF_WRANGLER[0] && minor < NODE_OF_WRANGLER[1])
  const cause = isOld
    ? `On Node ${node}, npm picks an old wrangler. Install Node ${NODE_OF_WRANGLER.join('.')} or newer, and then:`
    : 'If that is the reason, install a newer one:'
  return `Your compatibility_date is ${compatibilityDate}, and the runtime of wrangler ${version} is of ${newest}. ${cause}

  npm install wrangler@latest`
}

/** Returns {@link adviceOnRuntime} for the wrangler of a project. */
export function readRuntimeAdvice(
  folder: string,
  { compatibility_date }: Pick<Unstable_Config, 'compatibility_date'>,
): string | null {
  const path = join(dirname(findWrangler(folder)), '../package.json')
  const { version } = JSON.parse(readFileSync(path, 'utf8')) as { readonly version: string }
  const newest = dateOfRuntime(path)
  const { node } = process.versions
  return newest && adviceOnRuntime({ compatibilityDate: compatibility_date, version, newest, node })
}

/** Returns the date that workerd says it is of, or `null` if it cannot be loaded: wrangler says best why. */
function dateOfRuntime(wrangler: string): string | null {
  try {
    const { compatibilityDate } = createRequire(wrangler)('workerd') as {
      readonly compatibilityDate?: unknown
    }
    return typeof compatibilityDate === 'string' ? compatibilityDate : null
  } catch {
    return null
  }
}
