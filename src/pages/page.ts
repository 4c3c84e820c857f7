import type { Language } from '../request-source/language'
import type { Texts } from './texts/en'
import type { OwnProviderTexts } from './texts/provider-texts'

/** Describes what every page needs, whatever it shows. */
export interface PageContext {
  readonly texts: Texts
  readonly language: Language
  /** Own texts of the pages of an authorization server. */
  readonly provider: OwnProviderTexts
  readonly rightToLeft: boolean
  /** Says whether the operator has CSS of their own, in `/assets/brand.css`. */
  readonly ownStyles: boolean
  readonly brand: {
    readonly name: string
    /** An image in place of the name; `null`: the name is written out. */
    readonly logoUrl: string | null
    /** Says where the foot of each page leads; `null`: there is no such link. */
    readonly termsUrl: string | null
    readonly privacyUrl: string | null
  }
  /** The site key of Turnstile; `null`: there are no challenges. */
  readonly turnstile: string | null
  /** The path of the issuer: `''` or `/auth`. */
  readonly basePath: string
  /** Says where the app is, or the home page of Janus. */
  readonly appHref: string
  /** Of the one script; new for each response (CSP Level 3 §2.3.1). */
  readonly nonce: string
}

/** Returns a link that leads back, where there is somewhere to go back to. */
export function withReturnTo(path: string, returnTo: string | null): string {
  if (returnTo === null) return path
  return `${path}${path.includes('?') ? '&' : '?'}${new URLSearchParams({ return_to: returnTo })}`
}
