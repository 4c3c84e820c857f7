import type { Context } from 'hono'
import { parseAccept } from 'hono/utils/accept'

/** A language of pages and mails: a BCP 47 tag, as in `de` or `pt-BR`. */
export type Language = string

/** The languages that Janus has. An app can add others: `createJanus(env, { texts })`. */
export type BuiltInLanguage = 'en' | 'de' | 'es'

export const BUILT_IN_LANGUAGES: readonly BuiltInLanguage[] = ['en', 'de', 'es']

/**
 * Returns the language a reader likes best, of those there are; English for a reader of none.
 *
 * By quality, then by order; `de-AT` is German, and `pt` is `pt-BR` where there is no other (RFC 9110 §12.5.4, RFC 4647 §3.4). A quality of 0
 * rules a language out.
 *
 * @param header The value of `Accept-Language`.
 */
export function chooseLanguage(
  header: string | null | undefined,
  languages: readonly Language[] = BUILT_IN_LANGUAGES,
): Language {
  const ranges = parseAccept(header ?? '').map(({ type, q }) => ({ range: type.toLowerCase(), q }))
  const refused = new Set(
    ranges.filter(({ q }) => q === 0).map(({ range }) => findLanguage(range, languages)),
  )
  for (const { range, q } of ranges) {
    if (q === 0) continue
    if (range === '*') return languages.find((language) => !refused.has(language)) ?? 'en'
    const language = findLanguage(range, languages)
    if (language !== null) return language
  }
  return 'en'
}

/** Returns the language of the whole range, or of its longest beginning that is one, or the first one of its primary language. */
function findLanguage(range: string, languages: readonly Language[]): Language | null {
  const parts = range.split('-', 4)
  for (let length = parts.length; length > 0; length--) {
    const tag = parts.slice(0, length).join('-')
    const language = languages.find((each) => each.toLowerCase() === tag)
    if (language !== undefined) return language
  }
  return languages.find((each) => each.toLowerCase().split('-')[0] === parts[0]) ?? null
}

interface LanguageVariables {
  languages?: readonly Language[]
}

/** Notes the languages there are, for {@link languageOf} in the same request. */
export function offerLanguages(c: Context, languages: readonly Language[]): void {
  const variables: Context<{ Variables: LanguageVariables }> = c
  variables.set('languages', languages)
}

/** Returns the language in which to answer a request. */
export function languageOf(c: Context): Language {
  const variables: Context<{ Variables: LanguageVariables }> = c
  return chooseLanguage(c.req.header('Accept-Language'), variables.get('languages'))
}
