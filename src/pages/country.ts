import type { Language } from './language'

/**
 * The name of a country, or `null` for what is none: Cloudflare says `XX` when it does not know and `T1` for Tor.
 *
 * @param code ISO 3166-1 alpha-2.
 */
export function countryName(code: string | null, language: Language): string | null {
  if (code === 'T1') return 'Tor'
  if (code === null || code === 'XX' || !/^[A-Z]{2}$/.test(code)) return null
  return namesOf(language).of(code) ?? null
}

/** Kept, because making one costs more than a page of names. */
const names = new Map<Language, Intl.DisplayNames>()

function namesOf(language: Language): Intl.DisplayNames {
  const found = names.get(language) ?? new Intl.DisplayNames(language, { type: 'region' })
  names.set(language, found)
  return found
}
