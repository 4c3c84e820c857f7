import type { BuiltInLanguage, Language } from './language'

/** Single texts of a language, at any depth. A function is replaced whole. */
export type Overrides<T> = T extends (...given: never[]) => unknown
  ? T
  : T extends object
    ? { readonly [Name in keyof T]?: Overrides<T[Name]> }
    : T

/** Holds what an app changes of the texts that Janus has, and what it adds. */
export interface OwnCatalogue<T> {
  readonly overrides?: Readonly<Partial<Record<BuiltInLanguage, Overrides<T> | undefined>>>
  readonly languages?: Readonly<Record<Language, T | undefined>>
}

/**
 * Returns the texts of each language. One that an app adds lies over English: the types demand every text, and a text that came with a newer
 * Janus is English in an app that was not compiled again.
 */
export function createCatalogue<T extends object>(
  builtIn: Readonly<Record<BuiltInLanguage, T>>,
  { overrides = {}, languages = {} }: OwnCatalogue<T> = {},
): ReadonlyMap<Language, T> {
  const changed = Object.entries(builtIn).map(
    ([language, texts]) => [language, lay(overrides[language as BuiltInLanguage], texts)] as const,
  )
  const added = Object.entries(languages).map(
    ([language, texts]) => [language, lay(texts, builtIn.en)] as const,
  )
  return new Map([...changed, ...added])
}

/** Lays some texts over others of the same shape. What the shape has no name for is left out. */
function lay<T extends object>(own: Overrides<T> | T | undefined, over: T): T {
  const laid = Object.entries(over).map(([name, text]) => {
    const given = own !== undefined && Object.hasOwn(own, name) ? own[name as keyof typeof own] : undefined
    return [
      name,
      typeof text === 'object' && text !== null ? lay(given as object | undefined, text) : (given ?? text),
    ]
  })
  return Object.fromEntries(laid)
}

/** Returns the texts of a language, or those of English. */
export function textsOf<T>(catalogue: ReadonlyMap<Language, T>, language: Language): T {
  const texts = catalogue.get(language) ?? catalogue.get('en')
  if (texts === undefined) throw new Error('There are no texts in English')
  return texts
}
