import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { checkArrows, type Import, LAYERS, readImports } from '../../tools/check-arrows'

const ROOMS = LAYERS.flat()

function imports(...arrows: readonly [from: string, to: string][]): readonly Import[] {
  return arrows.map(([from, to]) => ({ from, to }))
}

describe('the imports of the project', () => {
  it('point one way', () => {
    expect(readImports().length).toBeGreaterThan(1000)
    expect(checkArrows(readImports())).toEqual([])
  })

  it.each<[fault: string, arrows: readonly Import[], cut: string]>([
    [
      'a noun that imports its adapter',
      imports(['src/identity/user.ts', 'src/storage/sql/user-store.ts']),
      'src/identity must not import src/storage, which is above it: cut src/identity/user.ts -> src/storage/sql/user-store.ts',
    ],
    [
      'a page that imports an adapter',
      imports(['src/pages/home-page.tsx', 'src/storage/sql/user-store.ts']),
      'only src/wiring imports src/storage: cut src/pages/home-page.tsx -> src/storage/sql/user-store.ts',
    ],
    [
      'a benchmark that imports an adapter',
      imports(['lab/bench/run.ts', 'src/storage/sql/user-store.ts']),
      'only src/wiring imports src/storage: cut lab/bench/run.ts -> src/storage/sql/user-store.ts',
    ],
    [
      'two rooms of a layer that import each other',
      imports(['src/tokens/a.ts', 'src/keys/b.ts'], ['src/keys/c.ts', 'src/tokens/d.ts']),
      'rooms in a cycle: src/tokens -> src/keys -> src/tokens; cut src/keys/c.ts -> src/tokens/d.ts',
    ],
    [
      'two files of a room that import each other',
      imports(['src/http/a.ts', 'src/http/b.ts'], ['src/http/b.ts', 'src/http/a.ts']),
      'files in a cycle: src/http/a.ts -> src/http/b.ts -> src/http/a.ts; cut one of these imports',
    ],
    [
      'a file outside every room',
      imports(['src/helpers/a.ts', 'src/http/b.ts']),
      'src/helpers/a.ts: add its folder to LAYERS in tools/check-arrows.ts',
    ],
  ])('are refused in the case of %s', (_, arrows, cut) => {
    expect(checkArrows(arrows)).toEqual([cut])
  })

  it('may be made by the wiring, which is above the adapters', () => {
    expect(checkArrows(imports(['src/wiring/create-services.ts', 'src/storage/sql/user-store.ts']))).toEqual(
      [],
    )
  })
})

it('docs/explain/architecture.md lists the rooms in the order of their layers', () => {
  const page = readFileSync('docs/explain/architecture.md', 'utf8')
  const listed = [...page.matchAll(/^\| `([\w/-]+)` \|/gm)].map(([, room]) => room)
  expect(listed).toEqual(ROOMS)
})
