// Checks the imports of the project against its layers: no cycle between rooms or files, no import of a higher layer, and adapters
// imported by the wiring alone. Part of `npm run check`.
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

const ROOT = dirname(import.meta.dirname)

// The room of the adapters, and the only other room that may import them.
const ADAPTERS = 'src/storage'
const ONLY_USER = 'src/wiring'

/** The rooms by layer, from the top. A room may import from layers below it, and from rooms beside it as long as no cycle arises. */
export const LAYERS: readonly (readonly string[])[] = [
  ['lab', 'tools', 'packages/cli', 'packages/testing'],
  ['src/index', 'src/with-admin', 'packages/janus', 'packages/node'],
  ['src/deployed', 'src/all-parts'],
  ['src/janus', 'packages/playground'],
  ['src/wiring'],
  ['src/api', 'src/pages', 'src/storage', 'packages/client', 'packages/verify'],
  ['src/services'],
  ['src/guards', 'src/flows'],
  ['src/config'],
  ['src/events'],
  [
    'src/devices',
    'src/factors',
    'src/identity',
    'src/links',
    'src/sessions',
    'src/tokens',
    'src/keys',
    'src/passwords',
    'src/passkeys',
    'src/social',
    'src/oauth',
    'src/throttling',
    'src/audit',
    'src/restores',
    'src/mail',
  ],
  ['src/http'],
  ['src/crypto', 'src/request-source', 'src/runtime'],
]

/** One source file imports another. Paths are relative to the root of the project. */
export interface Import {
  readonly from: string
  readonly to: string
}

/** Returns every violation, each as a sentence that names the import to cut. */
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
  if (above === -1) return [`${from}: add its folder to LAYERS in tools/check-arrows.ts`]
  if (below === -1) return []
  if (above > below)
    return [`${roomOf(from)} must not import ${roomOf(to)}, which is above it: cut ${from} -> ${to}`]
  const isAdapter = roomOf(to) === ADAPTERS && ![ADAPTERS, ONLY_USER].includes(roomOf(from))
  return isAdapter ? [`only ${ONLY_USER} imports ${ADAPTERS}: cut ${from} -> ${to}`] : []
}

function roomOf(file: string): string {
  return (
    LAYERS.flat().find((room) => file.startsWith(`${room}/`) || file.replace(/\.tsx?$/, '') === room) ?? file
  )
}

function layerOf(file: string): number {
  return LAYERS.findIndex((layer) => layer.includes(roomOf(file)))
}

/** Returns a shortest cycle for each strongly connected group of nodes. */
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

/** Reads every import between source files, types included: a type from a higher layer ties the rooms together just as well. */
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
