import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
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

it('each mark has one mutation', () => {
  const names = mutations.map(({ guard }) => guard)
  expect(new Set(names).size).toBe(names.length)
  expect([...marks.keys()].filter((guard) => !names.includes(guard))).toEqual([])
})
