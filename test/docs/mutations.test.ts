import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { Mutation } from '../../lab/mutations/core-mutations.ts'

it('each mutation names a text that occurs exactly once in its file, and tests that exist', async () => {
  const faults: string[] = []
  let count = 0
  for (const file of globSync('lab/mutations/*mutations.ts')) {
    const lists: readonly Mutation[][] = Object.values(await import(join(process.cwd(), file)))
    for (const { guard, file: source, from, tests } of lists.flat()) {
      count += 1
      const times = existsSync(source) ? readFileSync(source, 'utf8').split(from).length - 1 : 0
      if (times !== 1) faults.push(`${file}, "${guard}": its text occurs ${times} times in ${source}`)
      for (const test of tests) if (!existsSync(test)) faults.push(`${file}, "${guard}": there is no ${test}`)
    }
  }
  expect(faults).toEqual([])
  expect(count).toBeGreaterThan(90)
})
