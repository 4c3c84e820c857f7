import type { Language } from './language'

/**
 * The name of a country, or `null` for what is none: Cloudflare says `XX` when it does not know and `T1` for Tor.
 *
 * @param code ISO 3166-1 alpha-2.
 */
export function countryName(code: string | null, language: Language): string | null {
  if (code === 'T1') return 'Tor'
  if (code === null || code === 'XX' || !/^[A-Z]{2}$/.test(code)) return null
  return new Intl.DisplayNames(language, { type: 'region' }).of(code) ?? null
}
