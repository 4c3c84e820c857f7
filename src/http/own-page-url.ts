/**
 * Returns the URL of a page of the app with what it has to know. It stands in the query, or behind the `#` with which the setting ends, where
 * no server and no log sees it.
 */
export function ownPageUrl(page: string, parameters: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(parameters).filter(([, value]) => value !== undefined)
  const query = new URLSearchParams(given as [string, string][]).toString()
  if (query === '') return page.replace(/#$/, '')
  return `${page}${page.endsWith('#') ? '' : '?'}${query}`
}
