import { globSync, readFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { expect, it } from 'vitest'

const page = readFileSync('docs/guides/privacy.md', 'utf8')

/** Returns the schema as all migrations leave it. */
function namesOf(type: 'table' | 'trigger'): readonly { readonly name: string; readonly sql: string }[] {
  const db = new DatabaseSync(':memory:')
  for (const file of globSync('src/storage/d1/migrations/*.sql').sort()) db.exec(readFileSync(file, 'utf8'))
  const rows = db.prepare('SELECT name, sql FROM sqlite_master WHERE type = ?').all(type)
  db.close()
  return rows as unknown as { name: string; sql: string }[]
}

/** The tables in the rows of the page, by what its last column says of a deletion. */
const rows = [...page.matchAll(/^\| [^|]+ \| `(\w+)` \| [^|]+ \| ([^|]+) \|$/gm)]

it('docs/guides/privacy.md names every table of the schema and no other', () => {
  const [, nothingOfPeople = ''] = /hold nothing about people: ([\s\S]+?)\n\n/.exec(page) ?? []
  const others = [...nothingOfPeople.matchAll(/`(\w+)`/g)]
    .map(([, name = '']) => name)
    .filter((name) => !rows.some(([, table]) => table === name))
  const named = [...rows.map(([, name = '']) => name), ...others]
  expect(named.sort()).toEqual(
    namesOf('table')
      .map(({ name }) => name)
      .sort(),
  )
})

it('docs/guides/privacy.md says which tables the deletion of an account empties at once, as the triggers do', () => {
  const atOnce = rows.filter(([, , fate = '']) => fate.startsWith('deleted at once')).map(([, name]) => name)
  const deletions = namesOf('trigger').filter(({ sql }) => /AFTER DELETE ON users\b/.test(sql))
  const emptied = deletions.flatMap(({ sql }) =>
    [...sql.matchAll(/DELETE FROM (\w+) WHERE \w+ = OLD\.id/g)].map(([, name = '']) => name),
  )
  expect(atOnce.sort()).toEqual(['users', ...emptied].sort())
})
