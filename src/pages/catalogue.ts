import { createCatalogue, type OwnCatalogue } from '../request-source/catalogue'
import type { BuiltInLanguage, Language } from '../request-source/language'
import { de } from './texts/de'
import { en, type Texts } from './texts/en'
import { es } from './texts/es'

/** The texts of the pages in each language that Janus has. */
export const CATALOGUE: Readonly<Record<BuiltInLanguage, Texts>> = { en, de, es }

/** Returns the texts of the pages in each language, those of the app among them. */
export function pageTexts(own?: OwnCatalogue<Texts>): ReadonlyMap<Language, Texts> {
  return createCatalogue(CATALOGUE, own)
}
