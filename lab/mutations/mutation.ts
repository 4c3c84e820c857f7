import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * One way to break a guard, and the tests that should fail then. The guard is marked in the code by a line above it, `// guard: <name>`.
 *
 * Without `cut`, the line below the mark is taken out, or so many `lines`, and `put` stands in their place. With `cut`, only its first
 * occurrence below the mark is.
 */
export interface Mutation {
  /** The name in the mark, which is in one place of the code. */
  readonly guard: string
  readonly lines?: number
  readonly cut?: string
  readonly put?: string
  /** A file without a mark, in which `cut` occurs once: a migration is never changed. */
  readonly file?: string
  readonly tests: readonly string[]
}

/** Says where guards are. */
const SOURCES = ['src/**/*.{ts,tsx}', 'packages/**/*.{ts,tsx}']

/** Sets how far below its mark a guard begins, in lines: a mark cannot be within a text that runs over lines. */
const REACH = 20

const MARK = /^[ \t]*\/\/ guard: (.+)\n/gm

/** Reads which files have the mark of each guard: one, unless something is wrong. */
export function readMarks(root: string): ReadonlyMap<string, readonly string[]> {
  const marks = new Map<string, string[]>()
  const files = globSync(SOURCES, { cwd: root, exclude: ['**/node_modules/**'] })
  for (const file of files) {
    for (const [, guard = ''] of readFileSync(join(root, file), 'utf8').matchAll(MARK)) {
      marks.set(guard, [...(marks.get(guard) ?? []), file])
    }
  }
  return marks
}

/** Returns the text of the file with the guard broken, or `null` if the mark or what it says to cut is not there. */
export function breakGuard(text: string, { guard, lines = 1, cut, put = '', file }: Mutation): string | null {
  if (file !== undefined) {
    return cut !== undefined && text.split(cut).length === 2 ? text.replace(cut, () => put) : null
  }
  const mark = [...text.matchAll(MARK)].find(([, name]) => name === guard)
  if (!mark) return null
  const above = text.slice(0, mark.index)
  // Other guards may have their marks in the same lines.
  const below = text.slice(mark.index).replace(MARK, '')
  const reached = below.split('\n').slice(0, REACH).join('\n')
  if (cut !== undefined) return reached.includes(cut) ? above + below.replace(cut, () => put) : null
  return above + put + below.split('\n').slice(lines).join('\n')
}
