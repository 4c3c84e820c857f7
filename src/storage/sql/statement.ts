/** A value of a statement: text, an integer below 2^53, or `null`. */
export type SqlValue = string | number | null

/** One statement with its values, ready to run. `Row` is the shape of the rows that it returns. */
export interface Statement<Row = never> {
  /** With numbered placeholders: `?1`, `?2`. */
  readonly text: string
  readonly values: readonly SqlValue[]
  /** Never there at run time; it ties the statement to its rows. */
  readonly row?: Row
}

/**
 * The condition that makes a statement depend on the one right before it in its transaction: that one changed a row. A statement that has it
 * must be passed to {@link ifChanged}.
 */
export const PREVIOUS_CHANGED = 'changes() > 0'

/** A statement of a transaction that depends on the step named `step`, which must be the one right before. */
export interface Dependent<Step extends string = string, Row = never> {
  readonly step: Step
  readonly statement: Statement<Row>
}

/** Makes a statement depend on a step: the statement must contain {@link PREVIOUS_CHANGED}. `null`, where there is nothing to do, stays. */
export function ifChanged<const Step extends string, Row, Nothing extends null = never>(
  step: Step,
  statement: Statement<Row> | Nothing,
): Dependent<Step, Row> | Nothing {
  return statement === null ? statement : { step, statement }
}

/** More rows than there ever are: an `OFFSET` needs a `LIMIT` before it. */
export const NO_LIMIT = 1_000_000

/** A text with names, as it is written, to its numbered form. Texts are constants of the code, so there are only so many. */
const numbered = new Map<string, { readonly text: string; readonly names: readonly string[] }>()

/**
 * Makes a statement. Placeholders are names with a colon, as in `WHERE id = :user_id`; a name means one value however often it occurs.
 *
 * @throws {Error} If a placeholder has no value, or a value no placeholder.
 */
export function sql<Row = never>(
  text: string,
  values: Readonly<Record<string, SqlValue>> = {},
): Statement<Row> {
  const statement = numbered.get(text) ?? number(text)
  const valueNames = Object.keys(values)
  const odd = [
    ...statement.names.filter((name) => !Object.hasOwn(values, name)),
    ...valueNames.filter((name) => !statement.names.includes(name)),
  ]
  if (odd.length > 0) throw new Error(`A placeholder without a value, or the reverse: ${odd.join(', ')}`)
  return { text: statement.text, values: statement.names.map((name) => values[name] ?? null) }
}

function number(text: string) {
  const names: string[] = []
  const replaced = text.replace(/:([a-z]\w*)/g, (_, name: string) => {
    if (!names.includes(name)) names.push(name)
    return `?${names.indexOf(name) + 1}`
  })
  const result = { text: replaced, names }
  numbered.set(text, result)
  return result
}
