import { beforeAll, expect, it } from 'vitest'
import { doEverything, wholeService } from '../support/every-operation'
import { connections, type RoundTrips, type Sent } from './database'

/** A node of a plan (PostgreSQL, `EXPLAIN (FORMAT JSON)`). */
interface PlanNode {
  readonly 'Node Type': string
  readonly 'Relation Name'?: string
  readonly 'Index Name'?: string
  readonly 'Index Cond'?: string
  readonly Plans?: readonly PlanNode[]
}

/** Tables of one row, by a constraint, and the index whose first entry is what is asked for. */
const READ_WHOLE = ['audit_chain', 'restores', 'audit_events_unsealed']

/** Returns the nodes of a plan that find rows otherwise than by a key. */
function unkeyed(node: PlanNode): readonly string[] {
  const { 'Node Type': type, 'Relation Name': table, 'Index Name': index, Plans = [] } = node
  const place = index ?? table ?? ''
  const reads = /^(Seq Scan|Sample Scan|Index Scan|Index Only Scan|Bitmap Index Scan|Tid.*Scan)$/.test(type)
  const isKeyed = node['Index Cond'] !== undefined || READ_WHOLE.includes(place) || place.startsWith('pg_')
  return [...(reads && !isKeyed ? [`${type} ${place}`] : []), ...Plans.flatMap(unkeyed)]
}

/** Returns the plan of each query, as if each table had a million rows: small tables are read whole rather than by a key. */
function plansOf(queries: readonly Sent[]): Promise<readonly PlanNode[]> {
  return inTransaction(async (ask) => {
    const plans: PlanNode[] = []
    for (const { text, values } of queries) plans.push(await ask(`EXPLAIN (FORMAT JSON) ${text}`, values))
    return plans
  })
}

type AskPlan = (text: string, values?: readonly unknown[]) => Promise<PlanNode>

function inTransaction<T>(work: (ask: AskPlan) => Promise<T>): Promise<T> {
  return connections.use(async (client) => {
    await client.query('BEGIN')
    // What other files have left in this database, and what the server found out of it meanwhile, says nothing of a million rows.
    await client.query(
      `DELETE FROM pg_statistic
        WHERE starelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)`,
    )
    await client.query(
      `UPDATE pg_class SET reltuples = 1000000, relpages = 1
        WHERE relkind IN ('r', 'i') AND relnamespace = 'public'::regnamespace`,
    )
    // The plan of a statement in a function may not depend on its values.
    await client.query('SET LOCAL plan_cache_mode = force_generic_plan')
    // Where everything is said to be on one page, a second index beside the right one seems to cost nothing.
    await client.query('SET LOCAL enable_bitmapscan = off')
    const result = await work(async (text, values = []) => {
      const { rows } = await client.query({ text, values: [...values] })
      const [explained] = rows as { 'QUERY PLAN'?: readonly { Plan: PlanNode }[] }[]
      return explained?.['QUERY PLAN']?.[0]?.Plan ?? { 'Node Type': 'none' }
    })
    await client.query('ROLLBACK')
    return result
  })
}

const inOneLine = (text: string) => text.replace(/\s+/g, ' ').trim()

const sent = new Map<string, Sent>()

beforeAll(async () => {
  const db: RoundTrips = { roundTrip: (_, run) => run(), note: (query) => sent.set(query.text, query) }
  const open = wholeService({ DB: db })
  await doEverything(
    open,
    wholeService({ DB: db, REGISTRATION: 'verified' }),
    wholeService({ DB: db, PASSWORD_ITERATIONS: '125000' }),
  )
})

it('PostgreSQL finds every row of every statement by a key', async () => {
  const queries = [...sent.values()]
  expect(queries.length).toBeGreaterThan(80)
  const plans = await plansOf(queries)
  const found = queries.map(({ text }, index) => [inOneLine(text), unkeyed(plans[index] as PlanNode)])
  expect(Object.fromEntries(found.filter(([, nodes]) => nodes?.length))).toEqual({})
})

it('and so do the statements of its triggers', async () => {
  const triggers = await connections.use((client) =>
    client.query<{ name: string; table: string; body: string }>(
      `SELECT DISTINCT f.proname AS name, c.relname AS table, f.prosrc AS body
         FROM pg_trigger AS t JOIN pg_proc AS f ON f.oid = t.tgfoid JOIN pg_class AS c ON c.oid = t.tgrelid
        WHERE NOT t.tgisinternal AND f.proname <> 'refuse'`,
    ),
  )
  const statements = triggers.rows.flatMap(({ name, table, body }) =>
    statementsOf(body).map((text) => ({ name, table, text })),
  )
  expect(statements.length).toBeGreaterThan(8)
  const found = await inTransaction(async (ask) => {
    const all: Record<string, readonly string[]> = {}
    for (const [nth, { name, table, text }] of statements.entries()) {
      const prepared = text
        .replace(/\bNEW\./g, '($1).')
        .replace(/\bOLD\./g, '($2).')
        .replace(/\bcontext\b/g, '$3')
      await ask(`PREPARE of_trigger_${nth} (${table}, ${table}, jsonb) AS ${prepared}`)
      const nodes = unkeyed(await ask(`EXPLAIN (FORMAT JSON) EXECUTE of_trigger_${nth} (NULL, NULL, NULL)`))
      await ask(`DEALLOCATE of_trigger_${nth}`)
      if (nodes.length > 0) all[`${name}: ${inOneLine(text)}`] = nodes
    }
    return all
  })
  expect(found).toEqual({})
})

/** Returns the statements of a trigger's function, and its conditions. */
function statementsOf(body: string): readonly string[] {
  const code = body.replace(/--.*$/gm, '')
  const asked = [...code.matchAll(/\bIF\b(.*?)\bTHEN\b/gs)].map(
    ([, condition]) => `SELECT 1 WHERE ${condition}`,
  )
  const run = [...code.matchAll(/(?<=(?:\bBEGIN|\bTHEN|\bELSE|;)\s*)(?:UPDATE|DELETE|INSERT)\b[^;]*/g)]
  return [...asked, ...run.map(([statement]) => statement)]
}

it.each([
  ['reads a whole table', 'SELECT id FROM users WHERE name = $1', ['Seq Scan users']],
  ['computes with what it searches by', 'SELECT id FROM users WHERE lower(id) = $1', [/ users/]],
])('notices a statement that %s', async (_, text, expected) => {
  const [plan] = await plansOf([{ text, values: ['x'] }])
  const nodes = unkeyed(plan as PlanNode)
  expect(nodes).toHaveLength(1)
  expect(nodes[0]).toMatch(expected[0] as string | RegExp)
})
