import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { transformSync } from 'esbuild'
import { expect, it } from 'vitest'
import { breakGuard, type Mutation, readMarks } from '../../lab/mutations/mutation.ts'

const lists = await Promise.all(
  globSync('lab/mutations/*-mutations.ts').map(async (file) => {
    const exported: Record<string, readonly Mutation[]> = await import(join(process.cwd(), file))
    return Object.values(exported).flat()
  }),
)
const mutations = lists.flat()
const marks = readMarks(process.cwd())

it('each mutation finds what it breaks, and tests that exist', () => {
  const faults: string[] = []
  for (const mutation of mutations) {
    const { guard, file, tests } = mutation
    const marked = marks.get(guard) ?? []
    if (file === undefined && marked.length !== 1) {
      faults.push(
        `"${guard}": the mark "// guard: ${guard}" must be in one place, and is in ${marked.length}`,
      )
      continue
    }
    const source = file ?? marked[0] ?? ''
    const text = readFileSync(source, 'utf8')
    if ((breakGuard(text, mutation) ?? text) === text) faults.push(`"${guard}": nothing to cut in ${source}`)
    for (const test of tests) if (!existsSync(test)) faults.push(`"${guard}": there is no ${test}`)
  }
  expect(faults).toEqual([])
  expect(mutations.length).toBeGreaterThan(180)
})

/** Matches the tests that `npm test` leaves to `npm run test:all`. */
const LEFT_OUT = /^test\/(smoke|e2e|stores|growth|on-postgres|storage\/(durable-object|on-node\/servers))\//

/** Matches the source of the command, and of databases other than D1. */
const OF_WHAT_IS_LEFT_OUT =
  /^packages\/cli\/|^src\/(storage|wiring)\/(durable-object|postgres|redis|sockets|sqlite)/
const SAID_OF_IT_ELSEWHERE: readonly string[] = [
  'PostgreSQL takes no text with a NUL',
  'a database that is gone with its process is for one machine',
]

it('npm test notices each guard but those of growth, of the command, and of databases other than D1', () => {
  const missed = mutations.filter(({ guard, file, tests }) => {
    const source = file ?? marks.get(guard)?.[0] ?? ''
    const expected = guard.startsWith('growth: ') || SAID_OF_IT_ELSEWHERE.includes(guard)
    return tests.every((test) => LEFT_OUT.test(test)) && !expected && !OF_WHAT_IS_LEFT_OUT.test(source)
  })
  expect(missed.map(({ guard }) => guard)).toEqual([])
})

/** A break that no engine reads makes every test fail, and so proves nothing of the guard. */
it('each broken guard is code that can be read', () => {
  const unreadable = mutations.filter((mutation) => {
    const source = mutation.file ?? marks.get(mutation.guard)?.[0] ?? ''
    if (!/\.tsx?$/.test(source)) return false
    const broken = breakGuard(readFileSync(source, 'utf8'), mutation) ?? ''
    try {
      transformSync(broken, { loader: source.endsWith('x') ? 'tsx' : 'ts', logLevel: 'silent' })
      return false
    } catch {
      return true
    }
  })
  expect(unreadable.map(({ guard }) => guard)).toEqual([])
})

/** A later migration may replace a trigger: what is broken in the one before is broken nowhere. */
it('each mutation of a migration breaks what is left when all have run', () => {
  const migrations = globSync('src/storage/d1/migrations/*.sql').sort()
  const schemaWith = (broken: Mutation | null) => {
    const database = new DatabaseSync(':memory:')
    for (const path of migrations) {
      const text = readFileSync(path, 'utf8')
      database.exec((broken?.file === path && breakGuard(text, broken)) || text)
    }
    return database.prepare('SELECT sql FROM sqlite_schema ORDER BY type, name').all()
  }
  const whole = schemaWith(null)
  const ofMigrations = mutations.filter(({ file }) => file !== undefined && migrations.includes(file))
  expect(ofMigrations.length).toBeGreaterThan(5)
  for (const mutation of ofMigrations) expect(schemaWith(mutation), mutation.guard).not.toEqual(whole)
})

it('each mark has one mutation', () => {
  const names = mutations.map(({ guard }) => guard)
  expect(new Set(names).size).toBe(names.length)
  expect([...marks.keys()].filter((guard) => !names.includes(guard))).toEqual([])
})
