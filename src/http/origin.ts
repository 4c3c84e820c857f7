import { isTrustworthy } from './trustworthy-url'

/** Special schemes (URL standard) that serve no page, and schemes whose pages have the origin `null` or none. */
const NO_PAGES: ReadonlySet<string> = new Set(
  'about blob data file ftp javascript vbscript view-source ws wss'.split(' '),
)

/** Holds what a web view or an extension sends, as in `capacitor://localhost`: a scheme, a host and perhaps a port. */
const APP_ORIGIN = /^([a-z][a-z\d+.-]*):\/\/[\w.-]+(?::\d{1,5})?$/

/**
 * Returns whether a text is an origin as some browser or web view sends it, and of a page that nobody on the way can replace. It is compared byte for
 * byte, so there is one spelling: no path, no default port, no capital letter in a host of the web, no wildcard. `null` is none: sandboxed
 * frames of every site send it.
 */
export function isOrigin(text: string): boolean {
  const [, scheme = ''] = APP_ORIGIN.exec(text) ?? []
  // guard: schemes without pages are no origins
  if (scheme !== '' && scheme !== 'http' && scheme !== 'https') return !NO_PAGES.has(scheme)
  const url = URL.parse(text)
  return url !== null && url.origin === text && !text.includes('*') && isTrustworthy(url)
}

/** Returns an origin that a client sent as it may stand in the log: as it is, if it has the form of one. */
export function originForLog(text: string): string {
  const web = /^https?:\/\/(?:[\w.-]{1,253}|\[[\da-f:.]{2,45}])(?::\d{1,5})?$/
  // guard: the log repeats nothing of what is no origin
  return text.length <= 280 && (APP_ORIGIN.test(text) || web.test(text)) ? text : 'malformed'
}
