import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'

const PAGES = ['*.md', 'docs/**/*.md', 'examples/**/*.md', 'lab/**/*.md'].flatMap((pattern) =>
  globSync(pattern, { exclude: (name) => name === 'node_modules' }),
)

interface Link {
  readonly page: string
  readonly target: string
}

/** Returns the links of a text to files of the repository. Code is left out. */
function linksOf(page: string, text: string): readonly Link[] {
  const prose = text.replaceAll(/^```[\s\S]*?^```/gm, '').replaceAll(/`[^`\n]*`/g, 'code')
  const targets = [...prose.matchAll(/\]\(([^)\s]+)\)|(?:src|srcset|href)="([^"]+)"/g)]
  return targets
    .map(([, link, attribute]) => ({ page, target: link ?? attribute ?? '' }))
    .filter(({ target }) => !/^[a-z]+:/.test(target))
}

/** Returns the anchors of a text as GitHub makes them from its headings. */
function anchorsOf(text: string): readonly string[] {
  return [...text.replaceAll(/^```[\s\S]*?^```/gm, '').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )
}

/** Returns whether the file of a link exists, and the heading that its anchor names. */
function leadsSomewhere({ page, target }: Link): boolean {
  const [path = '', anchor] = target.split('#')
  const file = path === '' ? page : join(dirname(page), path)
  if (!existsSync(file)) return false
  return anchor === undefined || anchorsOf(readFileSync(file, 'utf8')).includes(anchor)
}

it('every link between pages of the repository leads to a file and a heading that exist', () => {
  const links = PAGES.flatMap((page) => linksOf(page, readFileSync(page, 'utf8')))
  expect(links.length).toBeGreaterThan(25)
  expect(links.filter((link) => !leadsSomewhere(link))).toEqual([])
})

/** Matches what only a checkout has: a page of the package may say where it is. */
const OF_A_CHECKOUT = /^(?:CONTRIBUTING\.md$|(?:examples|lab)\/)/

it('every link of a page that the package contains leads to what it contains', () => {
  const { files } = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly files: readonly string[] }
  // npm adds README.
  const isPacked = (path: string) =>
    path === 'README.md' || files.some((name) => path === name || path.startsWith(`${name}/`))
  const links = PAGES.filter(isPacked).flatMap((page) => linksOf(page, readFileSync(page, 'utf8')))
  expect(links.length).toBeGreaterThan(500)
  const lost = links.filter(({ page, target }) => {
    const [path = ''] = target.split('#')
    const file = path === '' ? page : join(dirname(page), path)
    return !isPacked(file) && !OF_A_CHECKOUT.test(file)
  })
  expect(lost).toEqual([])
})

it('every page that is named at run time exists, and is named where an installed package has it', () => {
  const code = globSync('{src,packages}/**/*.{ts,tsx}')
    .flatMap((path) => readFileSync(path, 'utf8').split('\n'))
    .filter((line) => !/^\s*(?:\/\/|\/?\*)/.test(line))
    .join('\n')
  const named = [...code.matchAll(/pageOf\('([^']+)'\)/g)].map(([, page]) => `docs/${page}`)
  const written = code.match(/(?:node_modules\/janus\/)?\bdocs\/[\w/-]+\.md/g) ?? []
  expect(written.filter((page) => !page.startsWith('node_modules/janus/'))).toEqual([])
  const pages = [...named, ...written.map((page) => page.replace('node_modules/janus/', ''))]
  expect(pages.length).toBeGreaterThan(10)
  expect(pages.filter((page) => !existsSync(page))).toEqual([])
})

it.each(['docs/nowhere.md', 'README.md#no-such-heading', '#no-such-heading'])(
  'a link to %s would be found',
  (target) => {
    const [link] = linksOf('README.md', `Read [this](${target}), not \`[that](code)\`.`)
    expect(link).toEqual({ page: 'README.md', target })
    expect(leadsSomewhere({ page: 'README.md', target })).toBe(false)
  },
)
