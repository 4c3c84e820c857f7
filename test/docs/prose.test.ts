import { globSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { COMMANDS } from '../../packages/cli/commands'
import { HOST_SETTINGS } from '../../packages/node/settings'
import { SETTINGS } from '../../src/config/settings'
import { BINDING_TEXTS } from '../../src/config/texts/bindings'
import { SOCIAL_TEXTS } from '../../src/config/texts/social'
import { OPERATIONS } from '../../tools/openapi/operations'

const PAGES = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'examples/README.md',
  ...globSync('docs/**/*.md'),
]

/** Returns the code spans of a page, outside its blocks. */
function spansOf(file: string): readonly string[] {
  const text = readFileSync(file, 'utf8').replaceAll(/^```[\s\S]*?^```/gm, '')
  return [...text.matchAll(/`([^`\n]+)`/g)].map(([, span = '']) => span)
}

const spans = PAGES.flatMap((page) => spansOf(page).map((span) => ({ page, span })))

/** Returns the names on pages that match a pattern and do not exist. */
function faultsOf(pattern: RegExp, isKnown: (name: string) => boolean): { count: number; faults: string[] } {
  const named = spans.flatMap(({ page, span }) =>
    [...span.matchAll(pattern)].map(([, name = '']) => ({ page, name })),
  )
  const faults = named.filter(({ name }) => !isKnown(name)).map(({ page, name }) => `${page}: ${name}`)
  return { count: named.length, faults }
}

/** Lists the settings of social login, and the ends of those that each provider has. */
const SOCIAL_NAMES = [
  'SOCIAL_PROVIDERS',
  'API_KEYS',
  'OAUTH_CLIENTS',
  'OAUTH_SCOPE_TEXTS',
  'OAUTH_SERVER',
  'OAUTH_RESOURCES',
  ...Object.values(SOCIAL_TEXTS).flatMap((texts) => Object.keys(texts)),
]

/** Names in capitals that are neither settings nor bindings of Janus. */
const OTHER_NAMES = [
  'JANUS',
  'AUTH',
  'CLOUDFLARE_API_TOKEN',
  'CRASHES',
  'NO_COLOR',
  'MIGRATIONS',
  'NAME',
  'FILE',
  'ACCOUNT',
  'METHOD',
  // Codes of Cloudflare's mail service.
  'E_SENDER_NOT_VERIFIED',
  'E_HEADER_NOT_ALLOWED',
  // Settings of Outline.
  'OIDC_ISSUER_URL',
  'OIDC_USERNAME_CLAIM',
  // Of earlier versions, in decisions.
  'WRANGLER_COMMAND',
  'LINK_PATHS',
]

/** Files of a reader's own project. */
const EXAMPLE_FILES = ['src/app.ts', 'test/setup.ts']

describe('the documentation names', () => {
  it('settings and bindings that exist', () => {
    const known = new Set([
      ...Object.keys(SETTINGS),
      ...Object.keys(HOST_SETTINGS),
      ...Object.keys(BINDING_TEXTS),
      ...SOCIAL_NAMES,
      ...OTHER_NAMES,
    ])
    const { count, faults } = faultsOf(/^([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)(?: ?= ?.*)?$/g, (name) =>
      known.has(name),
    )
    expect(count).toBeGreaterThan(100)
    expect(faults).toEqual([])
  })

  it('files and folders that exist', () => {
    const roots = 'src|test|docs|tools|packages|lab|examples|assets|\\.ci'
    const { count, faults } = faultsOf(
      new RegExp(`^((?:${roots})/[\\w./*-]+)$`, 'g'),
      (path) =>
        EXAMPLE_FILES.includes(path) ||
        [path, `${path}.ts`, `${path}-*`].some((pattern) => globSync(pattern).length > 0),
    )
    expect(count).toBeGreaterThan(100)
    expect(faults).toEqual([])
  })

  it('routes that exist', () => {
    const sources = globSync(['src/**/*.{ts,tsx}', 'packages/**/*.{ts,tsx}']).map((file) =>
      readFileSync(file, 'utf8'),
    )
    const code = sources.join('\n')
    const isRoute = (name: string) => {
      const [method = '', path = ''] = name.split(' ')
      const plain = path.replace(/\{(\w+)\}/g, ':$1').replace(/\?.*$/, '')
      if (Object.hasOwn(OPERATIONS, `${method} ${plain}`)) return true
      return method === 'GET' && code.includes(`'${plain}'`)
    }
    const { count, faults } = faultsOf(/^((?:GET|POST|PATCH|PUT|DELETE) \/\S*)$/g, isRoute)
    expect(count).toBeGreaterThan(60)
    expect(faults).toEqual([])
  })

  it('commands that exist', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'))
    const npm = faultsOf(/\bnpm run ([\w:]+)/g, (name) => Object.hasOwn(scripts, name))
    const names = COMMANDS.map(({ name }) => name)
    const janus = faultsOf(/\bnpx janus ((?!COMMAND)[a-z]+(?: [a-z]+)?)/g, (words) =>
      names.some((name) => words === name || words.startsWith(`${name} `) || words.split(' ')[0] === name),
    )
    expect(npm.count + janus.count).toBeGreaterThan(50)
    expect([...npm.faults, ...janus.faults]).toEqual([])
  })
})
