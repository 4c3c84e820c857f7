import { pageOf } from '../place.ts'
import type { AskDatabase } from './ask-database.ts'
import { type Finding, ok, warning } from './finding.ts'

const CHECK = 'events.receivers'

/** Says how far back events that were given up are a finding, in seconds. */
const LOOK_BACK_SECONDS = 7 * 24 * 60 * 60

/**
 * Looks at the receivers of events: one that fails, and events that were given up lately. Returns nothing if there are no receivers, or if the
 * database cannot be asked.
 */
export async function checkEvents(ask: AskDatabase): Promise<readonly Finding[]> {
  const sql = `SELECT name, attempts,
      (SELECT count(*) FROM audit_events WHERE event = 'event-given-up' AND at > unixepoch() - ${LOOK_BACK_SECONDS}
          AND reason LIKE name || ' %') AS given_up
    FROM event_receivers`
  return findingsOf((await ask<ReceiverRow>(sql)) ?? [])
}

/** A receiver, as the database has it. */
export interface ReceiverRow {
  readonly name: string
  /** Counts the failed attempts to deliver the event that is next. */
  readonly attempts: number
  readonly given_up: number
}

/** Returns what an operator should know of the receivers. */
export function findingsOf(rows: readonly ReceiverRow[]): readonly Finding[] {
  const fix = `Look at the receiver, and at event-not-delivered in the log (${pageOf('guides/events.md')}).`
  const wrong = rows.flatMap(({ name, attempts, given_up: given }) => [
    ...(attempts > 0
      ? [warning(CHECK, `The receiver ${name} did not take the next event ${attempts} times.`, fix)]
      : []),
    ...(given > 0
      ? [warning(CHECK, `${given} events for ${name} were given up in the last 7 days.`, fix)]
      : []),
  ])
  if (rows.length === 0 || wrong.length > 0) return wrong
  return [ok(CHECK, `Events are delivered: ${rows.map(({ name }) => name).join(', ')}.`)]
}
