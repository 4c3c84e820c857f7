import { evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import type { DatabaseAnswer, DatabaseObject, DatabaseObjects } from '../../../src/config/database-objects'
import { createJanus } from '../../../src/janus'
import { StoreUnavailable } from '../../../src/runtime/outage'
import { NEWEST_MIGRATION } from '../../../src/storage/d1/schema'
import {
  createDurableObjectDatabase,
  findDatabaseObject,
} from '../../../src/storage/durable-object/durable-object-database'
import { sql } from '../../../src/storage/sql/statement'
import { createDurableObjectDatabase as createDatabase } from '../../../src/wiring/durable-object-database'

const ONE = sql<{ one: number }>('SELECT 1 AS one')

/** Returns an object that no other test uses, and what is in it. */
function ownObject() {
  const stub = env.JANUS_DB.getByName(crypto.randomUUID())
  const inside = (script: string) =>
    runInDurableObject(stub, (_, { storage }) => storage.sql.exec(script).toArray())
  const janus = createJanus(
    { ...env, JANUS_DB: { getByName: () => stub }, SESSION_COPIES: 'none' },
    { createDatabase, log: () => {} },
  )
  return { stub, inside, readyz: async () => (await janus.request('/readyz')).json(), db: onStub(stub) }
}

function onStub(stub: DatabaseObject) {
  return createDurableObjectDatabase(() => stub)
}

/** Returns an object that answers as it is told, and the number of calls. */
function toldObject(...answers: readonly (DatabaseAnswer | Error)[]) {
  const calls: number[] = []
  const object: DatabaseObject = {
    async run(statements) {
      calls.push(statements.length)
      const answer = answers[calls.length - 1] ?? { rows: [] }
      if (answer instanceof Error) throw answer
      return answer
    },
    check: async () => null,
  }
  return { db: onStub(object), calls }
}

describe('the object that is the database', () => {
  it('migrates itself at its first start, once, and notes what wrangler would', async () => {
    const { stub, inside } = ownObject()
    expect(await stub.check()).toBeNull()
    const applied = await inside('SELECT * FROM d1_migrations ORDER BY id')
    expect(applied.map(({ name }) => name)).toEqual(env.TEST_MIGRATIONS.map(({ name }) => name))
    expect(applied.at(-1)?.name).toBe(NEWEST_MIGRATION)
    await evictDurableObject(stub)
    expect(await stub.check()).toBeNull()
    expect(await inside('SELECT * FROM d1_migrations ORDER BY id')).toEqual(applied)
  })

  it('applies all that is missing, or nothing', async () => {
    const { stub, inside } = ownObject()
    await stub.check()
    // As if an older version had stopped there; what the last two make is in the way.
    await inside(`DELETE FROM d1_migrations WHERE id > (SELECT max(id) - 2 FROM d1_migrations)`)
    const before = await inside('SELECT name FROM d1_migrations')
    await evictDurableObject(stub)
    expect(await stub.check()).toMatch(/already exists|duplicate column/)
    expect(await inside('SELECT name FROM d1_migrations')).toEqual(before)
  })

  it.each([
    [
      'a newer version has migrated',
      `INSERT INTO d1_migrations (name) VALUES ('9999_newer.sql')`,
      'A newer version of Janus has migrated the database: it has 9999_newer.sql.',
    ],
    [
      'holds tables of others',
      'DROP TABLE d1_migrations',
      expect.stringMatching(/^The database has tables that Janus did not make: /),
    ],
  ])('runs nothing where %s, and readyz says so', async (_, script, why) => {
    const { stub, inside, readyz, db } = ownObject()
    await stub.check()
    await inside(script)
    await evictDurableObject(stub)
    await expect(db.first(ONE)).rejects.toMatchObject({ store: 'JANUS_DB', cause: { message: why } })
    expect(await readyz()).toMatchObject({
      status: 'not-ready',
      checks: [{ name: 'config' }, { name: 'durable-object', ok: false, detail: why }],
    })
  })

  it('is named by readyz, and keeps what it has acknowledged when it is evicted', async () => {
    const { stub, readyz, db } = ownObject()
    expect(await readyz()).toEqual({
      status: 'ready',
      checks: [
        { name: 'config', ok: true },
        { name: 'durable-object', ok: true },
      ],
    })
    await db.change(sql('UPDATE restores SET restored_at = 7 WHERE id = 1'))
    await evictDurableObject(stub)
    expect(await db.first(sql('SELECT restored_at FROM restores'))).toEqual({ restored_at: 7 })
  })
})

describe('the adapter', () => {
  it('makes one call of a statement and of a transaction', async () => {
    const { db, calls } = toldObject({ rows: [[]] }, { rows: [[], [], []] }, { rows: [[], []] })
    await db.change(ONE)
    await db.transaction({ a: ONE, b: [ONE, ONE] })
    await db.read({ a: ONE, b: ONE })
    expect(calls).toEqual([1, 3, 2])
  })

  it('asks a query again that was lost, and nothing that changes something', async () => {
    const lost = new Error('Network connection lost.')
    const asked = toldObject(lost, { rows: [[{ one: 1 }]] })
    expect(await asked.db.first(ONE)).toEqual({ one: 1 })
    expect(asked.calls).toHaveLength(2)
    const done = toldObject(lost, { rows: [[]] })
    await expect(done.db.change(ONE)).rejects.toBeInstanceOf(StoreUnavailable)
    expect(done.calls).toHaveLength(1)
  })

  it.each<[string, DatabaseAnswer | Error, RegExp | null]>([
    ['was lost on the way', new Error('Network connection lost.'), /This may have been done/],
    [
      'was that the object is overloaded',
      new Error('Durable Object is overloaded. Too many requests queued.'),
      null,
    ],
    ['was that nothing was done', { failure: 'no such table: x' }, null],
  ])('API-02: tells of a change whose answer %s what is known', async (_, answer, detail) => {
    const { db } = toldObject(answer)
    const error = await db.change(ONE).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(StoreUnavailable)
    const said = (error as StoreUnavailable).detail
    if (detail === null) expect(said).toBeNull()
    else expect(said).toMatch(detail)
  })
})

describe('DATABASE_LOCATION', () => {
  /** Objects that say how they were found. */
  function namespace(found: unknown[], jurisdiction?: string): DatabaseObjects {
    return {
      getByName(name, options) {
        found.push({ name, options, jurisdiction })
        return { run: async () => ({ rows: [] }), check: async () => null }
      },
      jurisdiction: (name) => namespace(found, name),
    }
  }

  it.each([
    ['auto', { name: 'janus' }],
    ['weur', { name: 'janus', options: { locationHint: 'weur' } }],
    ['eu', { name: 'janus', jurisdiction: 'eu' }],
    ['us', { name: 'janus', jurisdiction: 'us' }],
    ['fedramp', { name: 'janus', jurisdiction: 'fedramp' }],
    ['fedramp-high', { name: 'janus', jurisdiction: 'fedramp-high' }],
  ] as const)('%s finds the object there', (location, expected) => {
    const found: unknown[] = []
    findDatabaseObject(namespace(found), location)
    expect(found).toEqual([expected])
  })
})
