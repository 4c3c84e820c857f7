/** Returns a URL, or `null` if the value is none. The first releases of Node 20 have no `URL.parse`. */
export function parseUrl(value: unknown): URL | null {
  return URL.canParse(String(value)) ? new URL(String(value)) : null
}
