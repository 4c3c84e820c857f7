import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { isStamped, stamp } from '../../packages/cli/migrate/local-stamp.ts'

/** Returns a project with migrations of its own, and a note that its database has them. */
function stamped() {
  const folder = mkdtempSync(join(tmpdir(), 'janus-stamp-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const migrations = join(folder, 'migrations')
  mkdirSync(migrations)
  writeFileSync(join(migrations, '0001_a.sql'), '')
  const configPath = join(folder, 'wrangler.toml')
  writeFileSync(configPath, 'name = "a"')
  const database = { state: join(folder, 'state'), configPath, binding: 'DB' }
  expect(isStamped(database)).toBe(false)
  stamp(database, migrations)
  expect(isStamped(database)).toBe(true)
  return { database, migrations }
}

it.each<[string, (given: ReturnType<typeof stamped>) => void]>([
  ['a migration is added', ({ migrations }) => writeFileSync(join(migrations, '0002_b.sql'), '')],
  ['the configuration changes', ({ database }) => writeFileSync(database.configPath, 'name = "b"')],
  ['the state is deleted', ({ database }) => rmSync(database.state, { recursive: true })],
  [
    'the note is cut off',
    ({ database }) => writeFileSync(join(database.state, 'v3/d1/janus-migrations-DB.json'), '{"folder":'),
  ],
])('a local database is opened again when %s', (_, change) => {
  const given = stamped()
  change(given)
  expect(isStamped(given.database)).toBe(false)
})

it('the note of one database is not that of another', () => {
  expect(isStamped({ ...stamped().database, binding: 'NOTES' })).toBe(false)
})
