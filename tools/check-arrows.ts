// Holds the imports of the project against its layers: no cycle between rooms or files, no arrow upwards, and adapters imported by the
// wiring alone. Part of `npm run check`.
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

const ROOT = dirname(import.meta.dirname)

/** The rooms by layer, from the top. A room may import from layers below it, and from rooms beside it as long as no cycle arises. */
export const LAYERS: readonly (readonly string[])[] = [
  ['lab', 'tools', 'packages/cli', 'examples'],
  ['src/index', 'packages/janus'],
  ['src/janus', 'packages/playground'],
  ['src/wiring'],
  ['src/api', 'src/pages', 'src/storage', 'packages/client', 'packages/verify'],
  ['src/services'],
  ['src/guards', 'src/flows', 'src/oidc'],
  ['src/config'],
  [
    'src/devices',
    'src/identity',
    'src/links',
    'src/sessions',
    'src/tokens',
    'src/keys',
    'src/passwords',
    'src/throttling',
    'src/audit',
    'src/mail',
  ],
  ['src/http'],
  ['src/crypto', 'src/request-source', 'src/runtime'],
]

interface Import {
  readonly from: string
  readonly to: string
}

/** Every violation, in words that say which import to cut. */
export function checkArrows(imports: readonly Import[]): readonly string[] {
  const faults = imports.flatMap(checkImport)
  const crossing = imports.filter(({ from, to }) => roomOf(from) !== roomOf(to))
  return [
    ...new Set(faults),
    ...cycles(crossing.map(({ from, to }) => ({ from: roomOf(from), to: roomOf(to) }))).map((cycle) => {
      const cut = crossing.filter(
        ({ from, to }) => roomOf(from) === cycle.at(-2) && roomOf(to) === cycle.at(-1),
      )
      return `rooms in a cycle: ${cycle.join(' -> ')}; cut ${cut.map(({ from, to }) => `${from} -> ${to}`).join(', ')}`
    }),
    ...cycles(imports).map((cycle) => `files in a cycle: ${cycle.join(' -> ')}; cut one of these imports`),
  ]
}

function checkImport({ from, to }: Import): readonly string[] {
  const [above, below] = [layerOf(from), layerOf(to)]
  if (above === -1) return [`${from}: its folder is in no layer of tools/check-arrows.ts`]
  if (below === -1) return []
  if (above > below) return [`arrow upwards: ${from} imports ${to}; cut it`]
  const adapter = roomOf(to) === 'src/storage' && !['src/storage', 'src/wiring'].includes(roomOf(from))
  return adapter && above > 2 ? [`only src/wiring imports adapters: cut ${from} -> ${to}`] : []
}

function roomOf(file: string): string {
  return (
    LAYERS.flat().find((room) => file.startsWith(`${room}/`) || file.replace(/\.tsx?$/, '') === room) ?? file
  )
}

function layerOf(file: string): number {
  return LAYERS.findIndex((layer) => layer.includes(roomOf(file)))
}

/** One shortest cycle through each strongly connected group of nodes. */
function cycles(edges: readonly Import[]): readonly (readonly string[])[] {
  const next = Map.groupBy(edges, ({ from }) => from)
  const found: string[][] = []
  const seen = new Set<string>()
  for (const start of next.keys()) {
    if (seen.has(start)) continue
    const cycle = shortestBack(start, next)
    if (!cycle) continue
    for (const node of cycle) seen.add(node)
    found.push(cycle)
  }
  return found
}

function shortestBack(start: string, next: ReadonlyMap<string, readonly Import[]>): string[] | null {
  const cameFrom = new Map<string, string>()
  const queue = [start]
  for (const node of queue) {
    for (const { to } of next.get(node) ?? []) {
      if (to === start) {
        const path = [start]
        for (let at = node; at !== start; at = cameFrom.get(at) ?? start) path.unshift(at)
        return [start, ...path]
      }
      if (cameFrom.has(to)) continue
      cameFrom.set(to, node)
      queue.push(to)
    }
  }
  return null
}

/** Every import of one source file by another, types included: a type that points upwards ties the rooms just as well. */
export function readImports(root = ROOT): readonly Import[] {
  const files = ['src', 'packages', 'tools', 'lab'].flatMap((folder) =>
    globSync(`${folder}/**/*.{ts,tsx}`, {
      cwd: root,
      exclude: (name) => /node_modules|\/out\/|\.d\.ts$/.test(String(name)),
    }),
  )
  return files.flatMap((from) =>
    [
      ...readFileSync(join(root, from), 'utf8').matchAll(/(?:from|import)\s*\(?\s*['"](\.[^'"]+)['"]/g),
    ].flatMap(([, spec = '']) => {
      const base = relative(root, join(root, dirname(from), spec))
      const to = [base, `${base}.ts`, `${base}.tsx`].find(
        (path) => /\.tsx?$/.test(path) && existsSync(join(root, path)),
      )
      return to === undefined || to === from ? [] : [{ from, to }]
    }),
  )
}

if (import.meta.main) {
  const faults = checkArrows(readImports())
  for (const fault of faults) console.error(fault)
  process.exitCode = faults.length === 0 ? 0 : 1
}
