import type { Config } from '../config/config'
import type { OwnCatalogue } from '../request-source/catalogue'
import type { Language } from '../request-source/language'
import { pageTexts } from './catalogue'
import type { Texts } from './texts/en'
import type { OwnProviderTexts } from './texts/provider-texts'

/** Describes what an app gives the pages of its own. */
export interface OwnLook {
  readonly texts?: OwnCatalogue<Texts>
  /** Texts of the pages of an authorization server. */
  readonly provider?: OwnProviderTexts
  /** Languages that are written from right to left. */
  readonly rightToLeft?: readonly Language[]
  /** CSS that comes after that of Janus. */
  readonly styles?: string
}

/** Describes what is the same on every page of a service. */
export interface Frame {
  readonly config: Config
  readonly texts: ReadonlyMap<Language, Texts>
  readonly provider: OwnProviderTexts
  readonly rightToLeft: readonly Language[]
  /** The CSS of the operator; `null`: there is none. */
  readonly styles: string | null
}

export function createFrame(
  config: Config,
  { texts, provider = {}, rightToLeft = [], styles = '' }: OwnLook = {},
): Frame {
  const css = [accentCss(config), styles].filter((part) => part !== '').join('\n')
  return { config, texts: pageTexts(texts), provider, rightToLeft, styles: css === '' ? null : css }
}

/** Returns the style of the accent. White and black are readable on it, because it is readable on light and on dark pages ({@link parseAccent}). */
function accentCss({ brandAccent }: Config): string {
  if (brandAccent === null) return ''
  const { light, dark } = brandAccent
  const rule = (accent: string, text: string) => `:root{--janus-accent:${accent};--janus-accent-text:${text}}`
  return `${rule(light, '#fff')}@media (prefers-color-scheme:dark){${rule(dark, '#000')}}`
}
