import { parseAccept } from 'hono/utils/accept'

/** The languages of pages and mails. */
export type Language = 'en' | 'de' | 'es'

const LANGUAGES: readonly Language[] = ['en', 'de', 'es']

/**
 * Returns the language a reader likes best, of those there are; English for a reader of none.
 *
 * By quality, then by order; `de-AT` is German (RFC 9110 §12.5.4, RFC 4647 §3.4). A quality of 0 rules a language out.
 *
 * @param header The value of `Accept-Language`.
 */
export function chooseLanguage(header: string | null | undefined): Language {
  const ranges = parseAccept(header ?? '').map(({ type, q }) => ({ tag: primaryTag(type), q }))
  const refused = new Set(ranges.filter(({ q }) => q === 0).map(({ tag }) => tag))
  for (const { tag, q } of ranges) {
    if (q === 0) continue
    if (tag === '*') return LANGUAGES.find((language) => !refused.has(language)) ?? 'en'
    if (isLanguage(tag)) return tag
  }
  return 'en'
}

export function isLanguage(tag: unknown): tag is Language {
  return LANGUAGES.some((language) => language === tag)
}

function primaryTag(range: string): string {
  return (range.split('-')[0] ?? '').toLowerCase()
}
