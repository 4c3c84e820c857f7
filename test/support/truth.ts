import { env } from 'cloudflare:workers'
import type { JanusOptions } from '../../src/janus'

/** The rows of every table, as lines. */
export type Tables = Readonly<Record<string, readonly string[]>>

/** The database in which the services of a project keep the truth. */
export interface Truth {
  /** As logs name it. */
  readonly store: 'D1' | 'JANUS_DB' | 'PostgreSQL'
  /** Returns the options with which a service reads from what it was given as `DB`. */
  readonly open: (db: unknown) => Pick<JanusOptions, 'createDatabase'>
  /** Returns the rows of every table, save those named, each as a line; `null` where the catalog of SQLite tells. */
  readonly tables: ((except: readonly string[]) => Promise<Tables>) | null
  /** Returns the statements that make a table refuse the rows of a condition, and that end it. */
  readonly refusal: (table: string, condition: string) => readonly [begin: string, end: string]
}

/** SQLite, in D1 or in a Durable Object (test/support/setup.ts). */
let truth: Truth = {
  store: env.DATABASE === 'durable-object' ? 'JANUS_DB' : 'D1',
  open: () => ({}),
  tables: null,
  refusal: (table, condition) => [
    `CREATE TRIGGER refusal BEFORE INSERT ON ${table} WHEN ${condition} BEGIN SELECT RAISE(ABORT, 'refused'); END`,
    'DROP TRIGGER refusal',
  ],
}

/** Sets another truth for this project (test/on-postgres/setup.ts). */
export function setTruth(other: Truth): void {
  truth = other
}

export function truthOfProject(): Truth {
  return truth
}
