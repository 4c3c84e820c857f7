import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { unstable_readConfig } from 'wrangler'
import { examine, wrong } from '../smoke/examine-config.ts'
import { documentedToml, writeOwnToml, writeToml } from '../smoke/sample-config.ts'

/** What is the same for everyone, whatever the address. */
const COMMON = [
  'compatibility_date',
  'kv_namespaces',
  'observability',
  'ratelimits',
  'secrets',
  'send_email',
  'triggers',
] as const

describe.each([
  ['own-host', writeOwnToml, [...COMMON, 'keep_names']],
  ['same-host', writeOwnToml, [...COMMON, 'keep_names']],
  ['mounted', writeToml, COMMON],
] as const)('the wrangler.toml of docs/deploy/%s.md', (page, write, same) => {
  it.each(same)('has what wrangler.toml has: %s', (field) => {
    const documented = unstable_readConfig({ config: write(documentedToml(page)).configPath })
    expect(documented[field]).toEqual(unstable_readConfig({ config: 'wrangler.toml' })[field])
  })

  it('has nothing wrong with it', async () => {
    const findings = await examine(write(documentedToml(page)))
    expect(wrong(findings)).toEqual([])
    expect(findings.length).toBeGreaterThan(5)
  })
})

it.each(['own-host', 'same-host'])('docs/deploy/%s.md builds as wrangler.toml does', (page) => {
  const [build = 'no [build]'] = /^\[build\]\n(?:.+\n)+/m.exec(readFileSync('wrangler.toml', 'utf8')) ?? []
  expect(documentedToml(page)).toContain(build)
})
