import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { SETTING_TEXTS } from '../../src/config/setting-texts'
import { SETTINGS } from '../../src/config/settings'
import { generateConfiguration } from '../../tools/configuration/generate'

const generated = generateConfiguration(readFileSync('package.json', 'utf8'))

describe('what is generated from the settings', () => {
  it.each(Object.entries(generated))('%s is as the rows of src/config/settings.ts say', (path, text) => {
    expect(readFileSync(path, 'utf8'), 'write it again: npm run docs:configuration').toBe(text)
  })

  it('has a line for each setting on the page, with its bounds as the parser has them', () => {
    const page = generated['docs/reference/configuration.md'] ?? ''
    const lines = [...page.matchAll(/^\| `([A-Z_]+)` \| [^|]+ \| ([^|]+) \| [^|]+ \|$/gm)]
    expect(lines.map(([, name]) => name).sort()).toEqual(Object.keys(SETTINGS).sort())
    const values = new Map(lines.map(([, name, accepts]) => [name, accepts]))
    expect(values.get('MAX_ATTEMPTS')).toBe('20 to 100')
    expect(values.get('JWT_ALG')).toBe('`ES256`, `EdDSA`, `HS256`')
  })

  it('names no setting that there is not', () => {
    const texts = Object.values(SETTING_TEXTS).map((text) => JSON.stringify(text))
    const named = texts.flatMap((text) => text.match(/`[A-Z]+(?:_[A-Z]+)+`/g) ?? [])
    const settings = Object.keys(SETTINGS).map((name) => `\`${name}\``)
    expect(named.length).toBeGreaterThan(0)
    expect(named.filter((name) => !settings.includes(name))).toEqual([])
  })
})
