export type Level = 'ok' | 'warning' | 'error'

/** Describes the result of one check. Names settings, never a secret's value. */
export interface Finding {
  /** The group and the check, as in `site.route`: for machines. */
  readonly check: string
  readonly level: Level
  /** One sentence. */
  readonly what: string
  /** Says what to do; `null` if there is nothing to do. */
  readonly fix: string | null
}

export function ok(check: string, what: string): Finding {
  return { check, level: 'ok', what, fix: null }
}

export function warning(check: string, what: string, fix: string): Finding {
  return { check, level: 'warning', what, fix }
}

export function error(check: string, what: string, fix: string): Finding {
  return { check, level: 'error', what, fix }
}

/** The groups there are, in the order they are shown in. */
const GROUPS: Readonly<Record<string, string>> = {
  settings: 'Settings',
  worker: 'Worker',
  site: 'Address',
  origins: 'Other origins',
  plan: 'Plan and cost',
  database: 'Database',
  account: 'Account',
  service: 'Service, as it answers',
}

const COLUMNS = 80
const INDENT = 2 + 'warning'.length + 2

/** Returns the findings in groups, each with its fix, in 80 columns. */
export function renderFindings(findings: readonly Finding[]): string {
  return Object.entries(GROUPS)
    .map(([group, title]) => ({
      title,
      shown: findings.filter(({ check }) => check.startsWith(`${group}.`)),
    }))
    .filter(({ shown }) => shown.length > 0)
    .map(({ title, shown }) => `${title}\n${shown.map(renderFinding).join('\n')}\n`)
    .join('\n')
}

/** Returns how many there are of each: `2 errors, 1 warning, 9 ok.` */
export function renderSummary(findings: readonly Finding[]): string {
  const { error, warning, ok } = countLevels(findings)
  const plural = (count: number, word: string) => `${count} ${word}${count === 1 ? '' : 's'}`
  return `${plural(error, 'error')}, ${plural(warning, 'warning')}, ${ok} ok.`
}

export function countLevels(findings: readonly Finding[]): Readonly<Record<Level, number>> {
  const count = (level: Level) => findings.filter((finding) => finding.level === level).length
  return { error: count('error'), warning: count('warning'), ok: count('ok') }
}

function renderFinding({ level, what, fix }: Finding): string {
  const [first = '', ...more] = wrap(what)
  const indent = ' '.repeat(INDENT)
  const lines = [`  ${level.padEnd(INDENT - 2)}${first}`, ...more.map((line) => indent + line)]
  if (fix !== null) lines.push(...wrap(`Fix: ${fix}`).map((line) => indent + line))
  return lines.join('\n')
}

/** Wraps a text. A word that is longer than a line, such as a URL, gets a line of its own. */
function wrap(text: string): readonly string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const line = lines.at(-1)
    if (line !== undefined && line.length + 1 + word.length <= COLUMNS - INDENT) {
      lines[lines.length - 1] = `${line} ${word}`
    } else {
      lines.push(word)
    }
  }
  return lines
}
