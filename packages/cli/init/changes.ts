/** One file as it is and as it becomes. */
export interface FileChange {
  /** Below the project. */
  readonly path: string
  /** `null`: the file does not exist yet. */
  readonly before: string | null
  readonly after: string
}

/** Counts the unchanged lines that are shown around a change. */
const CONTEXT = 2

/** Returns what a change does to an existing file, as `diff -u` shows it. */
export function renderDiff({ path, before, after }: FileChange): string {
  const lines = compareLines((before ?? '').split('\n'), after.split('\n'))
  const shown = lines.map((_, index) =>
    lines.slice(Math.max(0, index - CONTEXT), index + CONTEXT + 1).some(({ sign }) => sign !== ' '),
  )
  const body = lines.flatMap(({ sign, text }, index) => {
    if (shown[index]) return [`${sign} ${text}`]
    return shown[index + 1] ? ['  …'] : []
  })
  return [`--- ${path}`, ...body].join('\n')
}

interface Line {
  readonly sign: ' ' | '+' | '-'
  readonly text: string
}

/** Compares by the longest common subsequence. Files of a project's configuration are short enough for its square. */
function compareLines(before: readonly string[], after: readonly string[]): readonly Line[] {
  const lengths = Array.from({ length: before.length + 1 }, () => new Uint32Array(after.length + 1))
  const at = (row: number, column: number) => lengths[row]?.[column] ?? 0
  for (let row = before.length - 1; row >= 0; row--) {
    for (let column = after.length - 1; column >= 0; column--) {
      const line = lengths[row]
      if (!line) continue
      line[column] =
        before[row] === after[column]
          ? at(row + 1, column + 1) + 1
          : Math.max(at(row + 1, column), at(row, column + 1))
    }
  }
  const lines: Line[] = []
  let [row, column] = [0, 0]
  while (row < before.length || column < after.length) {
    const [old = '', added = ''] = [before[row], after[column]]
    if (row < before.length && column < after.length && old === added) {
      lines.push({ sign: ' ', text: old })
      row += 1
      column += 1
    } else if (
      row < before.length &&
      (column === after.length || at(row + 1, column) >= at(row, column + 1))
    ) {
      lines.push({ sign: '-', text: old })
      row += 1
    } else {
      lines.push({ sign: '+', text: added })
      column += 1
    }
  }
  return lines
}
