import {
  reach,
  reachToDo,
  reachToDoOnce,
  type reachToRead,
  type Store,
  StoreUnavailable,
} from '../../runtime/outage'
import { type Dependent, PREVIOUS_CHANGED, type Statement } from './statement'

/** A step of a transaction: one statement, several of one kind, or one that depends on the step before. `null`: nothing to do. */
export type Step = Statement<unknown> | readonly Statement<unknown>[] | Dependent<string, unknown> | null

/** The steps of a transaction by name, in the order in which they run. */
export type Steps = Readonly<Record<string, Step>>

type RowOf<S> =
  S extends Dependent<string, infer Row>
    ? Row
    : S extends Statement<infer Row>
      ? Row
      : S extends readonly (infer Each)[]
        ? RowOf<Each>
        : never

/** The rows that each step returned, by its name; none for a step that was `null`. */
export type Rows<S extends Steps> = { readonly [Name in keyof S]: readonly RowOf<S[Name]>[] }

/** There is a row with that key already, so nothing was done. */
export class RowExists extends StoreUnavailable {
  constructor(
    store: Store,
    cause: unknown,
    readonly table: string,
  ) {
    super(store, cause)
  }
}

/**
 * Waits for a transaction that makes a row of `table` under a key which names the request; `null`, and nothing done, if an equal request has made
 * it before.
 */
export async function unlessRepeated<T>(
  table: 'sessions' | 'mail_attempts',
  transaction: Promise<T>,
): Promise<T | null> {
  try {
    return await transaction
  } catch (error) {
    if (error instanceof RowExists && error.table === table) return null
    throw error
  }
}

/**
 * A database that understands SQL. Every method throws {@link StoreUnavailable} when the database cannot be reached or fails.
 */
export interface SqlDatabase {
  /** Returns the first row of a query, or `null`. A query that fails is tried once more. */
  first<Row>(statement: Statement<Row>): Promise<Row | null>
  /** Returns every row of a query. A query that fails is tried once more. */
  all<Row>(statement: Statement<Row>): Promise<readonly Row[]>
  /** Runs one statement that changes something; returns the rows that it returns. If it throws, the change may have happened. */
  change<Row>(statement: Statement<Row>, options?: ChangeOptions): Promise<readonly Row[]>
  /** Runs queries in one transaction and returns their rows by name. Queries that fail are tried once more. */
  read<S extends Steps>(queries: S): Promise<Rows<S>>
  /**
   * Runs steps in order as one transaction: serializable, and all or nothing. If it throws, the transaction may have happened.
   *
   * @throws {RowExists} If a step would make a row whose key there is. Then nothing has happened.
   * @throws {Error} If a statement depends on the one before and is not passed to `ifChanged` with the name of that step, or the reverse.
   */
  transaction<S extends Steps>(steps: S, options?: ChangeOptions): Promise<Rows<S>>
}

export interface ChangeOptions {
  /**
   * Says whether a person asked for the change, which is the default. If its outcome is unknown, the error says so; a counter or a clean-up that
   * was lost is nobody's concern.
   */
  readonly outcomeMatters?: boolean
  /** Says whether the person may send the same request again and gets the outcome of the first: the error says that. */
  readonly repeatable?: boolean
  /**
   * Says whether many such transactions change the same rows at once, and each of its statements is right by itself. An engine that would
   * run those again which collide lets them wait for each other instead.
   */
  readonly hot?: boolean
}

/** Returns how a change reaches its store. For adapters. */
export function reachingFor({
  outcomeMatters = true,
  repeatable = false,
}: ChangeOptions): typeof reachToRead {
  if (!outcomeMatters) return reach
  return repeatable ? reachToDoOnce : reachToDo
}

/** One statement of a transaction and the step to which its rows belong. */
export interface PlannedStatement {
  readonly name: string
  readonly statement: Statement<unknown>
}

/** Lists the statements of a transaction in their order, after checking what depends on what. For adapters. */
export function planTransaction(steps: Steps): readonly PlannedStatement[] {
  let before = ''
  const planned: PlannedStatement[] = []
  for (const [name, step] of Object.entries(steps)) {
    for (const { statement, dependsOn } of statementsOf(step)) {
      const depends = statement.text.includes(PREVIOUS_CHANGED)
      if (depends ? dependsOn !== before : dependsOn !== null)
        throw new Error(`Step ${name} must come right after the step that it depends on, and say so`)
      planned.push({ name, statement })
      before = name
    }
  }
  return planned
}

function statementsOf(step: Step): readonly { statement: Statement<unknown>; dependsOn: string | null }[] {
  if (step === null) return []
  if ('step' in step) return [{ statement: step.statement, dependsOn: step.step }]
  const statements = 'text' in step ? [step] : step
  return statements.map((statement) => ({ statement, dependsOn: null }))
}

/** Sorts the rows of planned statements under the names of their steps. For adapters. */
export function rowsByName<S extends Steps>(
  steps: S,
  planned: readonly PlannedStatement[],
  results: readonly (readonly unknown[])[],
): Rows<S> {
  const rows: Record<string, unknown[]> = Object.fromEntries(Object.keys(steps).map((name) => [name, []]))
  for (const [index, { name }] of planned.entries()) rows[name]?.push(...(results[index] ?? []))
  return rows as Rows<S>
}
