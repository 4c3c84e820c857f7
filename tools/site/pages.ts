import { globSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

/** A page of the documentation. */
export interface Page {
  /** From the root of the repository. */
  readonly path: string
  readonly title: string
  /** Its first sentence. */
  readonly summary: string
}

/** The folders of the documentation, in the order in which a reader needs them. */
export const NAVIGATION = [
  { folder: 'docs/start', title: 'Start' },
  { folder: 'docs/guides', title: 'Guides' },
  { folder: 'docs/reference', title: 'Reference' },
  { folder: 'docs/operate', title: 'Operate' },
  { folder: 'docs/explain', title: 'Explain' },
  { folder: 'docs/explain/decisions', title: 'Decisions' },
] as const

/** The pages that a reader needs first, in this order. The others follow by name. */
const FIRST = [
  'add-to-your-worker',
  'first-requests',
  'sign-in',
  'sessions-and-devices',
  'deploy',
  'going-live',
]

const PATTERNS = ['*.md', 'docs/**/*.md', 'examples/*.md', 'lab/bench/*.md']

/** Returns every page of the site, in reading order. */
export function listPages(root: string): readonly Page[] {
  const paths = PATTERNS.flatMap((pattern) => globSync(pattern, { cwd: root }))
  return paths.sort((a, b) => rankOf(a) - rankOf(b) || a.localeCompare(b)).map((path) => readPage(root, path))
}

function rankOf(path: string): number {
  const folder = NAVIGATION.findIndex((each) => each.folder === dirname(path))
  const first = FIRST.indexOf(basename(path, '.md'))
  return (folder + 1) * 100 + (first === -1 ? FIRST.length : first)
}

function readPage(root: string, path: string): Page {
  const text = readFileSync(join(root, path), 'utf8').replaceAll(/<!--[\s\S]*?-->/g, '')
  const [, title = path] = /^# (.+)$/m.exec(text) ?? []
  const prose = text
    .replaceAll(/^```[\s\S]*?^```/gm, '')
    .split(/\n{2,}/)
    .find((block) => /^[A-Za-z`"*]/.test(block.trim()))
  const plain = (prose ?? '')
    .trim()
    .replaceAll('\n', ' ')
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll('**', '')
  const [summary = plain] = /^.*?[.:](?= |$)/.exec(plain) ?? []
  return { path, title, summary: summary.replace(/:$/, '.') }
}

/** Returns the page that lists the decisions. */
export function renderIndex(pages: readonly Page[]): string {
  const rows = pages
    .filter(({ path }) => dirname(path) === 'docs/explain/decisions')
    .map(({ path, title }) => `- [${basename(path).slice(0, 4)}: ${title}](${basename(path)})`)
  return `# Decisions\n\nDecisions that may surprise, with their reasons.\n\n${rows.join('\n')}\n`
}

/** Returns llms.txt (llmstxt.org): what Janus is, and each page of the documentation with its first sentence. Decisions are one link. */
export function renderLlms(root: string): string {
  const pages = listPages(root)
  const about = pages.find(({ path }) => path === 'README.md')?.summary ?? ''
  const sections = NAVIGATION.filter(({ title }) => title !== 'Decisions').map(({ folder, title }) => {
    const rows = pages
      .filter(({ path }) => dirname(path) === folder)
      .map((page) => `- [${page.title}](${page.path}): ${page.summary}`)
    return `## ${title}\n\n${rows.join('\n')}`
  })
  const optional =
    '## Optional\n\n- [Decisions](docs/explain/decisions/): Decisions that may surprise, with their reasons.'
  return `# Janus\n\n> ${about}\n\n${[...sections, optional].join('\n\n')}\n`
}
