import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, expect, it } from 'vitest'
import { readMigrations } from '../../../packages/cli/migrate/migrations-config.ts'
import { NEWEST_MIGRATION } from '../../../src/storage/d1/schema'
import { claimSqliteFile } from '../../../src/storage/sqlite/claim-file'
import { migrateSqlite } from '../../../src/storage/sqlite/migrate'
import { createSqliteDatabase } from '../../../src/storage/sqlite/sqlite-database'

const folder = mkdtempSync(join(tmpdir(), 'janus-sqlite-'))
const MIGRATIONS = readMigrations('src/storage/d1/migrations')

afterAll(() => rmSync(folder, { recursive: true }))

it('a file is migrated once, from wherever it is, and is left alone if it is not of this version', async () => {
  const older = MIGRATIONS.slice(0, -2)
  const db = createSqliteDatabase(join(folder, 'one.sqlite'))
  expect(migrateSqlite(db, older)).toHaveLength(older.length)
  expect(migrateSqlite(db, MIGRATIONS)).toEqual(MIGRATIONS.slice(-2).map(({ name }) => name))
  expect(MIGRATIONS.at(-1)?.name).toBe(NEWEST_MIGRATION)
  expect(migrateSqlite(db, MIGRATIONS)).toEqual([])
  expect(() => migrateSqlite(db, older)).toThrow(`it has ${MIGRATIONS.at(-2)?.name}, ${NEWEST_MIGRATION}`)
  db.close()

  const foreign = createSqliteDatabase(join(folder, 'foreign.sqlite'))
  foreign.run('CREATE TABLE users (id TEXT)')
  expect(() => migrateSqlite(foreign, MIGRATIONS)).toThrow('tables that Janus did not make: users')
  foreign.close()

  // One that fails leaves nothing of itself.
  const broken = createSqliteDatabase(join(folder, 'broken.sqlite'))
  const wrong = { name: '9999_wrong.sql', text: 'CREATE TABLE made (id TEXT); CREATE TABLE made (id TEXT)' }
  expect(() => migrateSqlite(broken, [wrong])).toThrow('made')
  broken.close()
  const left = new DatabaseSync(join(folder, 'broken.sqlite'))
  expect(left.prepare(`SELECT name FROM sqlite_master WHERE name = 'made'`).all()).toEqual([])
  left.close()
})

it('a file has one claim, is made for its owner alone, and can be claimed again', () => {
  const path = join(folder, 'claimed.sqlite')
  const release = claimSqliteFile(path)
  expect(statSync(path).mode & 0o777).toBe(0o600)
  expect(() => claimSqliteFile(path)).toThrow('Another process serves from')
  release()
  claimSqliteFile(path)()
  claimSqliteFile(':memory:')()
})
