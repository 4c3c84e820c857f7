import { PREVIOUS_CHANGED, type SqlValue, type Statement } from '../sql/statement'

/** The column that says how many rows a statement changed, where the next one asks. */
const CHANGES = 'janus_changes'

/** A statement as PostgreSQL is sent it. */
export interface PostgresQuery {
  readonly text: string
  readonly values: readonly SqlValue[]
}

/**
 * Returns the statements of one transaction as PostgreSQL takes them: `$1` in place of `?1`, with the type of its value, because an
 * expression of parameters says nothing about theirs; and a statement on which the next one depends notes how many rows it changed,
 * for `changes()` of the schema.
 */
export function translate(statements: readonly Statement<unknown>[]): readonly PostgresQuery[] {
  return statements.map(({ text, values }, index) => {
    const typed = withTypes(text, values)
    const asked = statements[index + 1]?.text.includes(PREVIOUS_CHANGED) ?? false
    return { text: asked ? noteChanges(typed) : typed, values }
  })
}

function withTypes(text: string, values: readonly SqlValue[]): string {
  // A text within the statement may hold what looks like a placeholder.
  return text.replace(/'(?:[^']|'')*'|\?(\d+)/g, (found, place: string | undefined) => {
    if (place === undefined) return found
    const value = values[Number(place) - 1]
    if (typeof value === 'number') return `CAST($${place} AS BIGINT)`
    return typeof value === 'string' ? `CAST($${place} AS TEXT)` : `$${place}`
  })
}

function noteChanges(text: string): string {
  const returns = /\bRETURNING\b/.test(text)
  return `WITH changed AS (${text}${returns ? '' : ' RETURNING 1'}), noted AS MATERIALIZED (
      SELECT set_config('janus.changes', count(*)::text, true) AS ${CHANGES} FROM changed)
    SELECT ${returns ? 'changed.*, ' : ''}noted.${CHANGES} FROM noted${returns ? ' LEFT JOIN changed ON true' : ''}`
}

/** Returns the rows that the statement itself returns, without what {@link translate} has added. */
export function ownRows(rows: readonly Readonly<Record<string, unknown>>[]): readonly unknown[] {
  if (!rows[0] || !(CHANGES in rows[0])) return rows
  return rows[0][CHANGES] === '0' || Object.keys(rows[0]).length === 1
    ? []
    : rows.map(({ [CHANGES]: _, ...row }) => row)
}
