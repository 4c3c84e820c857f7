// Builds the documentation as a static site with search in site/: npm run docs:site
//
// VitePress and what it needs are a package of their own, tools/site, pinned and installed without install scripts when the site is first
// built, so a checkout that builds no site does not carry them.
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { listPages, NAVIGATION, type Page, renderIndex } from './site/pages.ts'

const ROOT = join(import.meta.dirname, '..')
const GENERATOR = join(ROOT, 'tools/site')
const PAGES = join(GENERATOR, '.pages')
const OUT = join(ROOT, 'site')

const pages = listPages(ROOT)
installGenerator()
writePages(pages)
execFileSync(
  process.execPath,
  [join(GENERATOR, 'node_modules/vitepress/bin/vitepress.js'), 'build', PAGES, '--outDir', OUT],
  { cwd: GENERATOR, stdio: 'inherit' },
)
// llms.txt leads to the pages as they were written.
for (const { path } of pages) cpSync(join(ROOT, path), join(OUT, path))
console.log(`\nThe site is in ${OUT}. Serve that folder with any web server.`)

function installGenerator(): void {
  if (existsSync(join(GENERATOR, 'node_modules/vitepress'))) return
  const options = ['ci', '--ignore-scripts', '--no-audit', '--no-fund']
  execFileSync('npm', options, { cwd: GENERATOR, stdio: 'inherit' })
}

/** Copies the pages as they are to a folder of their own, with the configuration of the site. Relative links stay valid. */
function writePages(pages: readonly Page[]): void {
  rmSync(PAGES, { recursive: true, force: true })
  for (const { path } of pages) {
    const target = join(PAGES, asIndex(path))
    mkdirSync(dirname(target), { recursive: true })
    writeFileSync(target, forSite(readFileSync(join(ROOT, path), 'utf8')))
  }
  writeFileSync(join(PAGES, 'docs/explain/decisions/index.md'), renderIndex(pages))
  cpSync(join(ROOT, 'docs/images'), join(PAGES, 'docs/images'), { recursive: true })
  mkdirSync(join(PAGES, 'public'))
  cpSync(join(ROOT, 'llms.txt'), join(PAGES, 'public/llms.txt'))
  mkdirSync(join(PAGES, '.vitepress'))
  const config = {
    title: 'Janus',
    description: 'Sign-in for apps on Cloudflare Workers',
    // Links end with `.html`, so that any web server finds the files.
    cleanUrls: false,
    ignoreDeadLinks: 'localhostLinks',
    themeConfig: { search: { provider: 'local' }, outline: 'deep', sidebar: sidebarOf(pages) },
  }
  writeFileSync(join(PAGES, '.vitepress/config.mjs'), `export default ${JSON.stringify(config, null, 2)}\n`)
}

/** Returns the path of a page on the site: a README is the index of its folder. */
function asIndex(path: string): string {
  return path.replace(/README\.md$/, 'index.md')
}

/**
 * Returns the text as VitePress reads it: links to a folder lead to its index, links to code are its name alone, and paths in HTML are relative in
 * so many words.
 */
function forSite(text: string): string {
  return text
    .replaceAll(/\]\(([^)]*docs\/explain\/decisions)\)/g, ']($1/index.md)')
    .replaceAll(/\]\((?!https?:)([^)]*\/)?README\.md/g, ']($1index.md')
    .replaceAll(/\[([^\]]+)\]\((?!https?:)[^)]+\.(?:ts|tsx|js)\)/g, '$1')
    .replaceAll(/ (src|srcset)="docs\//g, ' $1="./docs/')
}

function sidebarOf(pages: readonly Page[]) {
  return NAVIGATION.map(({ folder, title }) => ({
    text: title,
    collapsed: folder === 'docs/explain/decisions',
    items: pages
      .filter(({ path }) => dirname(path) === folder)
      .map((page) => ({ text: page.title, link: `/${page.path.replace(/\.md$/, '')}` })),
  }))
}
