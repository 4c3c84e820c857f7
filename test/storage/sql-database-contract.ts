import { describe, expect, it } from 'vitest'
import type { SqlDatabase } from '../../src/storage/sql/sql-database'
import { ifChanged, PREVIOUS_CHANGED, type SqlValue, sql } from '../../src/storage/sql/statement'
import { newEmail } from './contracts/arrange'

interface UserRow {
  readonly id: string
  readonly name: string | null
}

function randomId(): string {
  return crypto.randomUUID().replaceAll('-', '').slice(0, 22)
}

function insertUser(id: string, values: { readonly name?: SqlValue; readonly createdAt?: SqlValue } = {}) {
  const email = newEmail()
  return sql<{ id: string }>(
    `INSERT INTO users (id, email, email_canonical, name, created_at)
     VALUES (:id, :email, :email, :name, :created_at) ON CONFLICT DO NOTHING RETURNING id`,
    { id, email, name: values.name ?? null, created_at: values.createdAt ?? 1 },
  )
}

const findUser = (id: string) => sql<UserRow>('SELECT id, name FROM users WHERE id = :id', { id })

const rename = (id: string, name: string) =>
  sql<UserRow>('UPDATE users SET name = :name WHERE id = :id RETURNING id, name', { id, name })

const renameIfChanged = (id: string, name: string) =>
  sql<UserRow>(`UPDATE users SET name = :name WHERE id = :id AND ${PREVIOUS_CHANGED} RETURNING id, name`, {
    id,
    name,
  })

/** Tests what every adapter of {@link SqlDatabase} must do, on a database with Janus's own tables. */
export function sqlDatabaseContract(engine: string, open: () => SqlDatabase): void {
  describe(`${engine}, as a SqlDatabase`, () => {
    it('returns a row, rows, or nothing', async () => {
      const db = open()
      const [one, other] = [randomId(), randomId()]
      expect(await db.change(insertUser(one, { name: 'Ünï 🦊' }))).toEqual([{ id: one }])
      expect(await db.change(insertUser(one))).toEqual([])
      expect(await db.first(findUser(one))).toEqual({ id: one, name: 'Ünï 🦊' })
      expect(await db.first(findUser(other))).toBeNull()
      expect(await db.all(findUser(one))).toHaveLength(1)
      expect(await db.all(findUser(other))).toEqual([])
    })

    it.each<[string, SqlValue]>([
      ['the largest integer', Number.MAX_SAFE_INTEGER],
      ['zero', 0],
    ])('keeps %s as it is', async (_, createdAt) => {
      const db = open()
      const id = randomId()
      await db.change(insertUser(id, { createdAt }))
      const row = await db.first(sql('SELECT created_at FROM users WHERE id = :id', { id }))
      expect(row).toEqual({ created_at: createdAt })
    })

    it('runs the steps of a transaction in order and returns their rows by name', async () => {
      const db = open()
      const ids = [randomId(), randomId()]
      const [first = ''] = ids
      const { inserted, left, skipped, renamed, found } = await db.transaction({
        inserted: ids.map((id) => insertUser(id)),
        left: sql<UserRow>('SELECT id, name FROM users WHERE id = :id', { id: first }),
        skipped: null,
        renamed: rename(first, 'Ada'),
        found: findUser(first),
      })
      expect(inserted).toEqual(ids.map((id) => ({ id })))
      expect(left).toEqual([{ id: first, name: null }])
      expect(skipped).toEqual([])
      expect(renamed).toEqual(found)
      expect(found).toEqual([{ id: first, name: 'Ada' }])
    })

    it('does all of a transaction or nothing', async () => {
      const db = open()
      const id = randomId()
      const broken = sql('INSERT INTO users (id) VALUES (:id)', { id: randomId() })
      await expect(db.transaction({ inserted: insertUser(id), broken })).rejects.toThrow('is unavailable')
      expect(await db.first(findUser(id))).toBeNull()
    })

    it.each([
      ['changed a row', true],
      ['changed none', false],
    ])('runs a step that depends on one that %s', async (_, changes) => {
      const db = open()
      const id = randomId()
      await db.change(insertUser(id))
      const { dependent, chained } = await db.transaction({
        renamed: rename(changes ? id : randomId(), 'Ada'),
        dependent: ifChanged('renamed', renameIfChanged(id, 'Grace')),
        chained: ifChanged('dependent', renameIfChanged(id, 'Hedy')),
      })
      expect(dependent).toEqual(changes ? [{ id, name: 'Grace' }] : [])
      expect(chained).toEqual(changes ? [{ id, name: 'Hedy' }] : [])
    })

    it('counts what a statement changed, not what a trigger did because of it', async () => {
      const db = open()
      const [user, session] = [randomId(), randomId()]
      await db.change(insertUser(user))
      await db.change(
        sql(
          `INSERT INTO sessions (id, user_id, mode, refresh_counter, refreshed_at, created_at, authenticated_at,
                                 last_seen_at, idle_expires_at, expires_at)
           VALUES (:id, :user_id, 'token', 0, 1, 1, 1, 1, 2, 2)`,
          { id: session, user_id: user },
        ),
      )
      // Ending a session records it in the audit trail, by a trigger.
      const { renamed } = await db.transaction({
        ended: sql(`UPDATE sessions SET ended_at = 1, end_reason = 'signed-out' WHERE id = :id`, {
          id: session,
        }),
        nothing: rename(randomId(), 'Nobody'),
        renamed: ifChanged('nothing', renameIfChanged(user, 'Ada')),
      })
      expect(renamed).toEqual([])
    })

    it('lets one of twelve transactions at once be the first', async () => {
      const db = open()
      const id = randomId()
      await db.change(insertUser(id))
      const race = await Promise.all(
        Array.from({ length: 12 }, (_, nth) =>
          db.change(
            sql<UserRow>('UPDATE users SET name = :name WHERE id = :id AND name IS NULL RETURNING id, name', {
              id,
              name: `${nth}`,
            }),
          ),
        ),
      )
      expect(race.flat()).toHaveLength(1)
    })

    it.each([
      ['does not say so', { renamed: rename('x', 'y'), dependent: renameIfChanged('x', 'y') }],
      [
        'comes later',
        { a: rename('x', 'y'), b: rename('x', 'y'), c: ifChanged('a', renameIfChanged('x', 'y')) },
      ],
      ['is the first', { dependent: ifChanged('none', renameIfChanged('x', 'y')) }],
      ['depends on nothing', { a: rename('x', 'y'), b: ifChanged('a', rename('x', 'y')) }],
    ])('refuses a transaction with a dependent step that %s', async (_, steps) => {
      await expect(open().transaction(steps)).rejects.toThrow('must come right after the step')
    })
  })

  describe('a statement', () => {
    it('numbers its names, each once', () => {
      expect(sql('SELECT :b, :a, :b', { a: 1, b: 'x' })).toEqual({
        text: 'SELECT ?1, ?2, ?1',
        values: ['x', 1],
      })
    })

    it.each([
      ['a name without a value', { a: 1 }],
      ['a value without a name', { a: 1, b: 2, c: 3 }],
    ])('is refused with %s', (_, values) => {
      expect(() => sql('SELECT :a, :b', values)).toThrow('A placeholder without a value')
    })
  })
}
