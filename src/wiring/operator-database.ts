import type { SqlDatabase, Step } from '../storage/sql/sql-database'
import { ifChanged, PREVIOUS_CHANGED, type Statement } from '../storage/sql/statement'
import type { Truth } from './truths'

/** A database for the commands of an operator. */
export interface OperatorDatabase {
  /** Runs statements as one transaction and returns the rows of each. @throws {StoreUnavailable} */
  run(texts: readonly string[]): Promise<readonly (readonly unknown[])[]>
  /** Returns what keeps the database from being used, as one sentence, or `null`. @throws {StoreUnavailable} */
  check(): Promise<string | null>
  close(): Promise<void>
}

/** Makes a database for the commands of an operator, whose statements are texts that hold their values. */
export function createOperatorDatabase(truth: Truth & Pick<OperatorDatabase, 'close'>): OperatorDatabase {
  return {
    run: (texts) => runTexts(truth.db, texts),
    check: truth.check,
    close: truth.close,
  }
}

async function runTexts(db: SqlDatabase, texts: readonly string[]): Promise<readonly (readonly unknown[])[]> {
  const steps = texts.map((text, index): [string, Step] => {
    const statement: Statement<unknown> = { text, values: [] }
    const depends = index > 0 && text.includes(PREVIOUS_CHANGED)
    return [`s${index}`, depends ? ifChanged(`s${index - 1}`, statement) : statement]
  })
  const rows: Readonly<Record<string, readonly unknown[]>> = await db.transaction(Object.fromEntries(steps))
  return texts.map((_, index) => rows[`s${index}`] ?? [])
}
