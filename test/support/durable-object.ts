import type { DatabaseAnswer, DatabaseObject, DatabaseObjects } from '../../src/config/database-objects'
import type { SqlValue } from '../../src/storage/sql/statement'

interface Prepared {
  readonly text: string
  readonly values: readonly SqlValue[]
}

/** Returns the part of D1 that Janus and its tests use, on the object that is the database: tests look into either by the same statements. */
export function d1Over(find: () => DatabaseObject): D1Database {
  async function run(statements: readonly Prepared[]) {
    const answer = await find().run(statements.map(({ text, values }) => ({ text, values })))
    if ('failure' in answer) throw new Error(`D1_ERROR: ${answer.failure}`)
    return answer.rows
  }

  function toResult(rows: readonly unknown[]) {
    return { success: true, results: [...rows], meta: { rows_read: 0, rows_written: 0, duration: 0 } }
  }

  function prepare(text: string, values: readonly SqlValue[] = []): object {
    const all = async () => toResult((await run([{ text, values }]))[0] ?? [])
    return {
      text,
      values,
      bind: (...given: SqlValue[]) => prepare(text, given),
      all,
      run: all,
      async first(column?: string) {
        const row = (await all()).results[0] as Record<string, unknown> | undefined
        return (column === undefined ? row : row?.[column]) ?? null
      },
    }
  }

  return {
    prepare,
    batch: async (statements: readonly Prepared[]) => (await run(statements)).map(toResult),
    exec: (script: string) => run([{ text: script, values: [] }]),
  } as unknown as D1Database
}

/** Returns the object through a D1 of the tests, which has faults, or counts. A call stays one round trip. */
export function objectsOver(db: Pick<D1Database, 'prepare' | 'batch'>): DatabaseObjects {
  const object: DatabaseObject = {
    async run(statements) {
      const prepared = statements.map(({ text, values }) => db.prepare(text).bind(...values))
      const [only] = prepared
      const results = prepared.length === 1 && only ? [await only.all()] : await db.batch(prepared)
      return { rows: results.map(({ results: rows }) => rows) } as DatabaseAnswer
    },
    async check() {
      await db.prepare('SELECT 1').all()
      return null
    },
  }
  const objects: DatabaseObjects = { getByName: () => object, jurisdiction: () => objects }
  return objects
}
