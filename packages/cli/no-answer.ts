import { commandLine } from './place.ts'

/**
 * Returns what is wrong with a database that gave no answer, and what to do.
 *
 * @param reason As its driver or wrangler has it.
 * @param option Names the database to `janus migrate`; empty for the local one.
 */
export function explainNoAnswer(reason: string, option: string): string {
  if (/no such table|relation ".+" does not exist/.test(reason))
    return `The database has no tables of Janus. Run: ${commandLine('migrate', option)}`
  return `The database did not answer: ${reason}`
}
