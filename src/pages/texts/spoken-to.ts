import type { OwnCatalogue } from '../../request-source/catalogue'
import type { Language } from '../../request-source/language'

/** Describes in which language a page speaks, and what an app changes of its texts. */
export interface SpokenTo<Part extends string, T> {
  readonly language: Language
  readonly provider: { readonly [Name in Part]?: OwnCatalogue<T> }
}
