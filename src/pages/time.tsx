import type { Language } from '../request-source/language'
import { presentInstant } from '../runtime/clock'

/** Shows an instant in UTC, named as such; the script says it in the reader's own time. @param at Seconds since the epoch. */
export function Time({ at, language }: { readonly at: number; readonly language: Language }) {
  return <time datetime={presentInstant(at)}>{`${formatOf(language).format(at * 1000)} UTC`}</time>
}

/** Kept, because making one costs more than a page of times. */
const formats = new Map<Language, Intl.DateTimeFormat>()

function formatOf(language: Language): Intl.DateTimeFormat {
  const options = { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' } as const
  const format = formats.get(language) ?? new Intl.DateTimeFormat(language, options)
  formats.set(language, format)
  return format
}
