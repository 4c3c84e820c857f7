import { env } from 'cloudflare:workers'
import { type Tables, truthOfProject } from './truth'

/** Names the tables to which an attempt at a password writes even if it is refused. */
export const ATTEMPT_TABLES: readonly string[] = ['budgets', 'audit_events']

/** Rows of D1 that are read as one text. A text may not be larger than 2 MB. */
const ROWS_A_TEXT = 500

/**
 * Returns every row of every table there is, save those named, and every record in KV with its expiry. A row is a line of JSON, its values in the
 * order of its columns, and the lines of a table are sorted. Texts are read and compared many times faster than rows are, and other test
 * files have left rows here.
 */
export async function storage({ except = [] }: { readonly except?: readonly string[] } = {}) {
  const tables = await (truthOfProject().tables ?? tablesOfD1)(except)
  const { keys } = await env.SESSIONS.list()
  const records: [string, string | null][] = []
  // A bulk read takes at most 100 keys.
  for (let start = 0; start < keys.length; start += 100) {
    const some = keys.slice(start, start + 100).map(({ name }) => name)
    records.push(...(await env.SESSIONS.get(some)))
  }
  return { tables, keys, records }
}

async function tablesOfD1(except: readonly string[]): Promise<Tables> {
  const { results: columns } = await env.DB.prepare(
    `SELECT t.name AS "table", 'json_array("' || group_concat(c.name, '", "') || '")' AS line
       FROM sqlite_master AS t, pragma_table_info(t.name) AS c
      WHERE t.type = 'table' AND t.name NOT LIKE '\\_%' ESCAPE '\\' GROUP BY t.name ORDER BY t.name`,
  ).all<{ table: string; line: string }>()
  const shown = columns.filter(({ table }) => !except.includes(table))
  const results = await env.DB.batch<{ lines: string }>(
    shown.map(({ table, line }) =>
      env.DB.prepare(
        `SELECT group_concat(line, char(10)) AS lines
           FROM (SELECT line, (row_number() OVER (ORDER BY line) - 1) / ${ROWS_A_TEXT} AS part
                   FROM (SELECT ${line} AS line FROM "${table}") ORDER BY line)
          GROUP BY part ORDER BY part`,
      ),
    ),
  )
  return Object.fromEntries(
    shown.map(({ table }, index) => [table, results[index]?.results.map(({ lines }) => lines) ?? []]),
  )
}

/** Tables that hold what a runtime remembers, or one row that a migration made. */
const KEPT: readonly string[] = ['d1_migrations', 'signing_keys', 'audit_chain', 'restores']

/**
 * Deletes what the test files before this one have left, for a file that compares all that is stored before and after: their records in KV
 * expire in between, on a busy machine sooner or later, and most of the time would go into their rows.
 */
export async function startEmpty(): Promise<void> {
  const { results } = await env.DB.prepare(
    `SELECT type, name, sql FROM sqlite_master
      WHERE type IN ('table', 'trigger') AND name NOT LIKE '\\_%' ESCAPE '\\' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'`,
  ).all<{ type: 'table' | 'trigger'; name: string; sql: string }>()
  const triggers = results.filter(({ type }) => type === 'trigger')
  const tables = results.filter(({ type, name }) => type === 'table' && !KEPT.includes(name))
  // No row may be deleted that a trigger guards; in one transaction nobody sees it gone.
  const statements = [
    'PRAGMA defer_foreign_keys = on',
    ...triggers.map(({ name }) => `DROP TRIGGER "${name}"`),
    ...tables.map(({ name }) => `DELETE FROM "${name}"`),
    ...triggers.map(({ sql }) => sql),
  ]
  await env.DB.batch(statements.map((statement) => env.DB.prepare(statement)))
  for (;;) {
    const { keys, list_complete } = await env.SESSIONS.list()
    for (const { name } of keys) await env.SESSIONS.delete(name)
    if (list_complete) break
  }
}
