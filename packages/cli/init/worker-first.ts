// Reads `run_worker_first` in `assets`: whether requests for Janus reach a Worker that has files.

/** Says what `assets` of a wrangler configuration has of this. */
interface Assets {
  readonly not_found_handling?: unknown
  readonly run_worker_first?: unknown
}

/**
 * Returns the paths of Janus that a Worker with files does not get yet. Where it says what is answered for a missing file, Cloudflare
 * answers a browser that opens a page with that, such as the index of a single-page app, and does not ask the Worker.
 *
 * @param base The path that Janus is mounted at.
 */
export function pathsBeforeFiles(assets: Assets, base: string): readonly string[] {
  if (!hidesPages(assets, base)) return []
  return [base, `${base}/*`].filter((path) => !rulesOf(assets).some((rule) => covers(rule, path)))
}

/**
 * Returns those of {@link pathsBeforeFiles} that `run_worker_first` takes without harm. Where there is no list, a Worker is asked for all that is
 * no file and no page; once there is one, for nothing else. And wrangler refuses a list in which one rule has another.
 *
 * @param isNew Whether there is no Worker yet that could answer anything.
 */
export function pathsToAdd(assets: Assets, base: string, isNew: boolean): readonly string[] {
  const isListed = isNew || Array.isArray(assets.run_worker_first)
  return isListed && narrowerRules(assets, base).length === 0 ? pathsBeforeFiles(assets, base) : []
}

/** Returns what to do so that requests for Janus reach the Worker, in one sentence, or `null`. @param file The configuration. */
export function adviceOnWorkerFirst(assets: Assets, base: string, file: string): string | null {
  const missing = pathsBeforeFiles(assets, base)
  if (missing.length === 0) return null
  const list = `run_worker_first in assets of ${file}`
  const paths = missing.map((path) => `"${path}"`).join(' and ')
  if (!Array.isArray(assets.run_worker_first)) {
    return `Add ${list}: a list of ${paths}, and of every other path that your Worker answers, such as "/api/*" and "/.well-known/*". Once there is a list, every other path gets a file, or the page of not_found_handling.`
  }
  const narrower = narrowerRules(assets, base).map((rule) => `"${rule}"`)
  return narrower.length === 0
    ? `Add to ${list}: ${paths}.`
    : `Replace ${narrower.join(' and ')} by ${paths} in ${list}.`
}

/** Returns the rules for some requests for Janus, which one for all of them makes redundant. */
function narrowerRules(assets: Assets, base: string): readonly string[] {
  const all = `${base}/*`
  if (!pathsBeforeFiles(assets, base).includes(all)) return []
  return rulesOf(assets).filter((rule) => covers(all, rule))
}

/** Returns the exceptions, such as `!/auth/*`, that keep requests for Janus from a Worker. They count more than what it is asked for. */
export function exceptionsForJanus(assets: Assets, base: string): readonly string[] {
  if (base === '/') return []
  const samples = [base, `${base}/login`, `${base}/assets/janus.css`, `${base}/v1/me`]
  return rulesOf(assets).filter((rule) => {
    const pattern = rule.slice(1)
    return (
      rule.startsWith('!') &&
      (pattern.startsWith(`${base}/`) || samples.some((path) => covers(pattern, path)))
    )
  })
}

/** Returns whether an exception keeps the pages of Janus from a Worker, and not only a file below them. */
export function hidesLogin(exception: string, base: string): boolean {
  return covers(exception.slice(1), `${base}/login`)
}

/** Returns whether some pages are answered without the Worker. Where Janus has all of the host, they are none of an app. */
function hidesPages({ not_found_handling, run_worker_first }: Assets, base: string): boolean {
  const isAnswered = not_found_handling !== undefined && not_found_handling !== 'none'
  return isAnswered && run_worker_first !== true && base !== '/'
}

function rulesOf({ run_worker_first }: Assets): readonly string[] {
  return Array.isArray(run_worker_first) ? run_worker_first.filter((rule) => typeof rule === 'string') : []
}

/** Returns whether a rule, in which `*` stands for any text, has every path of another. */
function covers(rule: string, path: string): boolean {
  const parts = rule.split('*').map((part) => part.replace(/[^\w/-]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}$`).test(path)
}
