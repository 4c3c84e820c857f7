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

/** Returns the exceptions, such as `!/auth/*`, that keep requests for Janus from a Worker. They count more than what it is asked for. */
export function exceptionsForJanus(assets: Assets, base: string): readonly string[] {
  if (!hidesPages(assets, base)) return []
  const samples = [base, `${base}/login`, `${base}/assets/janus.css`, `${base}/v1/me`]
  return rulesOf(assets).filter((rule) => {
    const pattern = rule.slice(1)
    return (
      rule.startsWith('!') &&
      (pattern.startsWith(`${base}/`) || samples.some((path) => covers(pattern, path)))
    )
  })
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
