import type { ConfigFault } from '../config/fault'
import type { OwnMailTexts } from '../mail/render-mail'
import type { MailTexts } from '../mail/texts/mail-texts'
import type { OwnLook } from '../pages/frame'
import type { Texts } from '../pages/texts/en'
import type { ProviderTexts } from '../pages/texts/provider-texts'
import type { Overrides } from '../request-source/catalogue'
import { BUILT_IN_LANGUAGES, type BuiltInLanguage, type Language } from '../request-source/language'

/** A whole language. A text that is missing is a compile error. */
export interface LanguageTexts {
  readonly pages: Texts
  readonly mails: MailTexts
  /** For a service with `createProvider`: consent, devices, sign-out and API keys. English without. */
  readonly provider?: ProviderTexts
  /** For a language that is written from right to left. */
  readonly direction?: 'rtl'
}

/** Holds what an app says in its own words. */
export interface OwnTexts {
  /** Single texts in place of those of Janus. */
  readonly overrides?: Readonly<
    Partial<
      Record<
        BuiltInLanguage,
        {
          readonly pages?: Overrides<Texts>
          readonly mails?: Overrides<MailTexts>
          readonly provider?: Overrides<ProviderTexts>
        }
      >
    >
  >
  /** Languages that Janus does not have, by their BCP 47 tags, as in `fr` or `pt-BR`. */
  readonly languages?: Readonly<Record<Language, LanguageTexts>>
}

interface TakenTexts {
  readonly languages: readonly Language[]
  readonly pages: Pick<OwnLook, 'texts' | 'provider' | 'rightToLeft'>
  readonly mails: OwnMailTexts
  readonly faults: readonly ConfigFault[]
}

/** Takes the texts of an app apart, into those of pages and those of mails. */
export function takeTexts({ overrides = {}, languages = {} }: OwnTexts = {}): TakenTexts {
  const added = Object.entries(languages)
  const rightToLeft = added.filter(([, { direction }]) => direction === 'rtl').map(([language]) => language)
  const part = <Part extends 'pages' | 'mails'>(name: Part) => ({
    overrides: ofEach(overrides, (texts) => texts[name]),
    languages: ofEach(languages, (texts) => texts[name]),
  })
  const ofProvider = <Part extends keyof ProviderTexts>(name: Part) => ({
    overrides: ofEach(overrides, ({ provider }) => provider?.[name]),
    languages: ofEach(languages, ({ provider }) => provider?.[name]),
  })
  const provider = {
    consent: ofProvider('consent'),
    device: ofProvider('device'),
    signOut: ofProvider('signOut'),
    apiKeys: ofProvider('apiKeys'),
  }
  return {
    languages: [...BUILT_IN_LANGUAGES, ...added.map(([language]) => language)],
    pages: { texts: part('pages'), provider, rightToLeft },
    mails: { texts: part('mails'), rightToLeft },
    faults: added.flatMap(([language]) => languageFault(language)),
  }
}

/** Returns what is taken of the texts of each language. */
function ofEach<All, Taken>(texts: Readonly<Record<Language, All>>, take: (texts: All) => Taken) {
  return Object.fromEntries(Object.entries(texts).map(([language, all]) => [language, take(all)]))
}

function languageFault(language: Language): readonly ConfigFault[] {
  if (BUILT_IN_LANGUAGES.some((each) => each === language)) {
    return [
      { setting: 'texts', message: `texts.languages has ${language}, which Janus has: use texts.overrides` },
    ]
  }
  if (isLanguageTag(language)) return []
  return [
    { setting: 'texts', message: 'texts.languages has a name that is no BCP 47 tag, such as fr or pt-BR' },
  ]
}

function isLanguageTag(text: string): boolean {
  try {
    return Intl.getCanonicalLocales(text)[0] === text
  } catch {
    return false
  }
}
