import { globSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

/** Lists the words that other engines do not understand, or understand otherwise. */
const SQLITE_ONLY: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['INSERT OR, UPDATE OR, REPLACE INTO', /\b(INSERT|UPDATE) OR\b|\bREPLACE INTO\b/],
  ['IS with a value; use IS [NOT] DISTINCT FROM', /\bIS (NOT )?[:?]/],
  ['iif(); use CASE', /\biif\(/],
  ['a numbered placeholder; use a name', /\?\d/],
  ['a negative LIMIT', /\bLIMIT -/],
  ['rowid', /\browid\b/i],
  ['GLOB', /\bGLOB\b/],
  [
    'functions of SQLite',
    /\b(ifnull|strftime|julianday|datetime|group_concat|printf|total|typeof|likely|unlikely)\(/,
  ],
  [
    'a subquery in FROM without a name',
    /\bFROM\s*\(SELECT(?:[^()]|\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\))*\)(?!\s+AS\b)/,
  ],
]

/** Returns the faults of a text of SQL. */
function faultsOf(text: string): readonly string[] {
  return SQLITE_ONLY.flatMap(([name, pattern]) => (pattern.test(text) ? [name] : []))
}

it('the statements of src/storage/sql are of no single engine', () => {
  const files = globSync('src/storage/sql/*.ts').filter((file) => !file.endsWith('/statement.ts'))
  expect(files.length).toBeGreaterThan(15)
  const faults = files.flatMap((file) => {
    const texts = readFileSync(file, 'utf8').match(/`[^`]*`|'(?:SELECT|INSERT|UPDATE|DELETE)[^']*'/g) ?? []
    return texts.flatMap((text) => faultsOf(text).map((fault) => ({ file, fault, text })))
  })
  expect(faults).toEqual([])
})

it.each([
  'INSERT OR IGNORE INTO t VALUES (:a)',
  'SELECT 1 FROM t WHERE a IS :b',
  'SELECT iif(a, b, c) FROM t',
  'SELECT 1 FROM t WHERE a = ?1',
  'SELECT 1 FROM t LIMIT -1 OFFSET 2',
  'SELECT a FROM (SELECT a, (SELECT max(b) FROM u) AS b FROM t WHERE (a = 1)) WHERE b = 1',
])('one that is would be found: %s', (text) => {
  expect(faultsOf(text)).toHaveLength(1)
})

it('src sends no statement from outside src/storage', () => {
  const senders = globSync('src/**/*.{ts,tsx}').filter((file) =>
    /\.prepare\(|\.batch\(|\bsql(<[^>]*>)?\(/.test(readFileSync(file, 'utf8')),
  )
  expect(senders.filter((file) => !file.startsWith('src/storage/'))).toEqual([])
})
