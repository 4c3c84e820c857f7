import type { Language } from '../request-source/language'
import { de } from './texts/de'
import { en, type Texts } from './texts/en'
import { es } from './texts/es'

/** The texts of the pages in each language. */
export const CATALOGUE: Readonly<Record<Language, Texts>> = { en, de, es }
