import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, expect, it } from 'vitest'
import { sql } from '../../../src/storage/sql/statement'
import { createGroupCommit } from '../../../src/storage/sqlite/group-commit'
import { createSqliteDatabase } from '../../../src/storage/sqlite/sqlite-database'

const folder = mkdtempSync(join(tmpdir(), 'janus-group-'))

afterAll(() => rmSync(folder, { recursive: true }))

const insert = (n: number) => sql<{ n: number }>('INSERT INTO numbers VALUES (:n) RETURNING n', { n })

/** Returns how many commits a write-ahead log holds: the frames that say how large the database is then (sqlite.org/fileformat2.html, 4.1). */
function commitsIn(log: Buffer): number {
  const frame = 24 + log.readUInt32BE(8)
  let commits = 0
  for (let at = 32; at + frame <= log.length; at += frame) if (log.readUInt32BE(at + 4) > 0) commits++
  return commits
}

it('transactions and changes that arrive together have one commit, and others one each', async () => {
  const file = join(folder, 'numbers.sqlite')
  const db = createSqliteDatabase(file)
  db.run('CREATE TABLE numbers (n INTEGER PRIMARY KEY)')
  const commits = () => commitsIn(readFileSync(`${file}-wal`))
  const before = commits()

  const together = await Promise.all([
    ...[1, 2, 3].map((n) => db.transaction({ one: insert(n), other: insert(n + 10) })),
    db.change(insert(4)),
  ])
  expect(together).toEqual([...[1, 2, 3].map((n) => ({ one: [{ n }], other: [{ n: n + 10 }] })), [{ n: 4 }]])
  expect(commits() - before).toBe(1)

  for (const n of [5, 6]) await db.change(insert(n))
  expect(commits() - before).toBe(3)
  db.close()
})

it('one that fails leaves nothing of itself, and fails alone', async () => {
  const db = createSqliteDatabase(join(folder, 'one-fails.sqlite'))
  db.run('CREATE TABLE numbers (n INTEGER PRIMARY KEY)')
  const settled = await Promise.allSettled([
    db.change(insert(1)),
    db.transaction({ one: insert(2), again: insert(1) }),
    db.change(insert(3)),
  ])
  expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(settled[1]).toMatchObject({ reason: { name: 'StoreUnavailable', table: 'numbers' } })
  expect(await db.all(sql('SELECT n FROM numbers', {}))).toEqual([{ n: 1 }, { n: 3 }])
  db.close()
})

it('a commit that fails acknowledges none of them', async () => {
  const db = new DatabaseSync(':memory:')
  db.exec(`CREATE TABLE parents (id INTEGER PRIMARY KEY);
    CREATE TABLE children (parent INTEGER REFERENCES parents DEFERRABLE INITIALLY DEFERRED)`)
  const { transact } = createGroupCommit(db)
  const settled = await Promise.allSettled([
    transact(() => db.exec('INSERT INTO parents VALUES (1)')),
    transact(() => db.exec('INSERT INTO children VALUES (2)')),
  ])
  expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect(db.isTransaction).toBe(false)
  expect(db.prepare('SELECT id FROM parents').all()).toEqual([])
  await transact(() => db.exec('INSERT INTO parents VALUES (3)'))
  expect(db.prepare('SELECT id FROM parents').all()).toMatchObject([{ id: 3 }])
  db.close()
})

it('API-02: tells that a change may have been done only where its commit failed', async () => {
  const db = createSqliteDatabase(join(folder, 'told.sqlite'))
  db.run(`CREATE TABLE parents (id INTEGER PRIMARY KEY);
    CREATE TABLE children (parent INTEGER REFERENCES parents DEFERRABLE INITIALLY DEFERRED)`)
  const [orphan, nowhere] = [sql('INSERT INTO children VALUES (2)'), sql('INSERT INTO nowhere VALUES (1)')]
  const settled = await Promise.allSettled([db.change(orphan), db.transaction({ nowhere })])
  expect(settled).toMatchObject([
    { reason: { name: 'StoreUnavailable', detail: expect.stringMatching(/This may have been done/) } },
    { reason: { name: 'StoreUnavailable', detail: null } },
  ])
  db.close()
  await expect(db.change(orphan)).rejects.toMatchObject({ name: 'StoreUnavailable', detail: null })
})

it('what waits is committed before the file is closed', async () => {
  const file = join(folder, 'closed.sqlite')
  const db = createSqliteDatabase(file)
  db.run('CREATE TABLE numbers (n INTEGER PRIMARY KEY)')
  const waiting = db.change(insert(1))
  db.close()
  expect(await waiting).toEqual([{ n: 1 }])
  await expect(db.change(insert(2))).rejects.toMatchObject({ name: 'StoreUnavailable' })
})
