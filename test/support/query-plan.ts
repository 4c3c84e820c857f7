import { env } from 'cloudflare:workers'

/** One step of a plan, as `EXPLAIN QUERY PLAN` words it (sqlite.org/eqp.html). */
type Step = string

/**
 * Lists the steps that a plan may have. `SEARCH` with the columns it searches by is a lookup; everything else that reads is named.
 * An automatic index, a temporary B-tree and a scan are not here.
 */
const ALLOWED: readonly RegExp[] = [
  /^SEARCH \w+( EXISTS)? USING (INTEGER )?PRIMARY KEY \([^)].*\)( LEFT-JOIN)?$/,
  /^SEARCH \w+( EXISTS)? USING (COVERING )?INDEX (?<index>\w+) \([^)].*\)( LEFT-JOIN)?$/,
  // `min(seq)` of an index is its first entry.
  /^SEARCH audit_events USING (COVERING )?INDEX audit_events_unsealed$/,
  // What a subquery gave, which is judged by its own steps.
  /^SCAN \(subquery-\d+\)$/,
  // Values that came with the statement.
  /^SCAN CONSTANT ROW$/,
  // `json_each` is the only virtual table there is, and reads what came with the statement.
  /^(SCAN|SEARCH) \w+ (EXISTS )?VIRTUAL TABLE INDEX 1:$/,
  // Of one row, by its CHECK.
  /^SCAN audit_chain$/,
  // Reads nothing by itself.
  /^(CREATE BLOOM FILTER|REUSE LIST SUBQUERY \d+)$/,
  /^(CO-ROUTINE \(subquery-\d+\)|(CORRELATED )?(SCALAR|LIST) SUBQUERY \d+|COMPOUND QUERY|LEFT-MOST SUBQUERY|UNION ALL)$/,
]

/** Returns the steps of a statement's plan that find rows otherwise than by the primary key or a unique index. */
export async function unkeyedSteps(sql: string): Promise<readonly Step[]> {
  const unique = await uniqueIndexes()
  const plan = await planOf(sql)
  // A subquery with a name, which is judged by its own steps as well.
  const subqueries = new Set(plan.map((step) => /^CO-ROUTINE (\w+)$/.exec(step)?.[1]))
  return plan.filter((step) => {
    const [, subquery] = /^(?:CO-ROUTINE|SCAN) (\w+)$/.exec(step) ?? []
    if (subquery !== undefined && subqueries.has(subquery)) return false
    const allowed = ALLOWED.map((shape) => shape.exec(step)).find((match) => match !== null)
    const index = allowed?.groups?.index
    return !allowed || (index !== undefined && !unique.has(index))
  })
}

async function planOf(sql: string): Promise<readonly Step[]> {
  // The plan does not depend on the values, but D1 wants as many as there are parameters.
  const numbers = [...sql.matchAll(/\?(\d+)/g)].map(([, number]) => Number(number))
  const values = Array.from({ length: Math.max(0, ...numbers) }, () => null)
  const plan = await env.DB.prepare(`EXPLAIN QUERY PLAN ${sql}`)
    .bind(...values)
    .all<{ detail: string }>()
  return plan.results.map(({ detail }) => detail)
}

async function uniqueIndexes(): Promise<ReadonlySet<string>> {
  // Those without SQL belong to a PRIMARY KEY or UNIQUE constraint.
  const found = await env.DB.prepare(
    "SELECT name FROM sqlite_master WHERE type = 'index' AND (sql IS NULL OR sql LIKE 'CREATE UNIQUE INDEX %')",
  ).all<{ name: string }>()
  return new Set(found.results.map(({ name }) => name))
}

/**
 * Returns the statements and conditions of triggers, which `EXPLAIN QUERY PLAN` of the statement that fires them does not show.
 * The row that it is about becomes parameters, as it is to the trigger.
 */
export async function triggerStatements(): Promise<readonly { trigger: string; sql: string }[]> {
  const found = await env.DB.prepare("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").all<{
    name: string
    sql: string
  }>()
  return found.results.flatMap(({ name, sql }) => {
    const parts = /^CREATE TRIGGER \w+\s.*?(?:\bWHEN\b(?<when>.*?))?\bBEGIN\b(?<body>.*)\bEND\s*;?$/s.exec(
      sql.replace(/--.*$/gm, ''),
    )?.groups
    if (!parts) throw new Error(`Not understood: ${sql}`)
    const { when, body = '' } = parts
    const statements = body.split(';').filter((statement) => statement.trim() !== '')
    return [...(when === undefined ? [] : [`SELECT 1 WHERE ${when}`]), ...statements].map((statement) => ({
      trigger: name,
      sql: withoutRow(statement),
    }))
  })
}

function withoutRow(statement: string): string {
  const columns: string[] = []
  return statement
    .replace(/\b(NEW|OLD)\.\w+/g, (column) => {
      if (!columns.includes(column)) columns.push(column)
      return `?${columns.indexOf(column) + 1}`
    })
    .replace(/\bRAISE\(.*?\)/g, 'NULL')
}
