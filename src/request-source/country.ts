/**
 * Returns what a language calls a country, or `null` if it has no name for it.
 *
 * Cloudflare says `T1` for Tor and `XX` for nowhere it knows; neither is ISO 3166-1, and the platform throws on what cannot be.
 */
export function countryName(country: string | null, language: string): string | null {
  if (country === 'T1') return 'Tor'
  if (country === null || !/^[A-Z]{2}$/.test(country)) return null
  return displayNames(language).of(country) ?? null
}

const namesByLanguage = new Map<string, Intl.DisplayNames>()

function displayNames(language: string): Intl.DisplayNames {
  const names =
    namesByLanguage.get(language) ?? new Intl.DisplayNames(language, { type: 'region', fallback: 'none' })
  namesByLanguage.set(language, names)
  return names
}
