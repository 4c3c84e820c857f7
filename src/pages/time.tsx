import { presentInstant } from '../clock'
import type { Language } from './language'

/** An instant in UTC, named as such; the script says it in the reader's own time. @param at Seconds since the epoch. */
export function Time({ at, language }: { readonly at: number; readonly language: Language }) {
  const format = new Intl.DateTimeFormat(language, {
    dateStyle: 'medium',
    timeStyle: 'short',
    timeZone: 'UTC',
  })
  return <time datetime={presentInstant(at)}>{`${format.format(at * 1000)} UTC`}</time>
}
