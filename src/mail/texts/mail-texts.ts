import { countryName } from '../../request-source/country'
import type { Language } from '../../request-source/language'
import type { MailDetails, MailKind } from '../mail'

/** The words of one mail: paragraphs, and the label of its button if it has one. */
export interface MailText {
  readonly subject: string
  readonly before: readonly string[]
  /** Labels the button, as on the page that it leads to; `null` if there is no button. */
  readonly link: string | null
  /** Introduces the code that stands for the link; absent where there is none. */
  readonly code?: string
  readonly after: readonly string[]
}

/** Lists the facts that a text may contain. Nothing in it was written by the person who caused the mail. */
export interface MailFacts {
  readonly brand: string
  /** As in `Firefox, Linux, Germany`. */
  readonly from: string
  /** As in `November 23, 2026 at 4:29 PM UTC`. */
  readonly at: string
  /** Until when the mail is of use, in the same form. */
  readonly until: string
}

/** Everything a language needs to say. */
export interface MailTexts {
  readonly unknownDevice: string
  /** Says to whom a mail was sent: people have several addresses in one mailbox. */
  readonly sentTo: (recipient: string) => string
  readonly texts: Readonly<Record<MailKind, (facts: MailFacts) => MailText>>
}

/** Returns what is known of where something came from, in the words of a language. */
export function placeText(
  { device, country }: Pick<MailDetails, 'device' | 'country'>,
  language: Language,
  unknownDevice: string,
): string {
  return [device ?? unknownDevice, countryName(country, language)].filter(Boolean).join(', ')
}
