import { describe, expect, it } from 'vitest'
import { ApiKeysPage } from '../../src/pages/api-key-pages'
import { Time } from '../../src/pages/time'
import { countryName } from '../../src/request-source/country'
import { chooseLanguage } from '../../src/request-source/language'
import { pageContext } from '../support/pages'

describe('chooseLanguage', () => {
  it.each([
    [null, 'en'],
    ['', 'en'],
    ['de', 'de'],
    ['de-AT', 'de'],
    ['DE-ch', 'de'],
    ['es-419,es;q=0.9', 'es'],
    ['fr-FR,fr;q=0.9,de;q=0.8,en;q=0.7', 'de'],
    ['en;q=0.5, es;q=0.8', 'es'],
    ['es;q=0.8, de;q=0.8', 'es'],
    ['fr, zh-Hant', 'en'],
    ['*', 'en'],
    ['en;q=0, *', 'de'],
    ['de;q=0, en;q=0.1', 'en'],
    ['constructor, __proto__', 'en'],
    ['deutsch', 'en'],
    [';;;,,,q=', 'en'],
    ['de;q=0', 'en'],
  ])('%j: %s', (header, language) => {
    expect(chooseLanguage(header)).toBe(language)
  })
})

describe('countryName', () => {
  it.each([
    ['DE', 'en', 'Germany'],
    ['DE', 'de', 'Deutschland'],
    ['DE', 'es', 'Alemania'],
    ['T1', 'en', 'Tor'],
    ['XX', 'en', null],
    ['d', 'en', null],
    ['<b>', 'en', null],
    [null, 'en', null],
  ] as const)('%j in %s: %j', (code, language, name) => {
    expect(countryName(code, language)).toBe(name)
  })
})

describe('Time', () => {
  it.each([
    ['en', 'Jan 15, 2027, 8:00 AM UTC'],
    ['de', '15.01.2027, 08:00 UTC'],
    ['es', '15 ene 2027, 8:00 UTC'],
  ] as const)('says in %s that it is in UTC', (language, text) => {
    const time = String(Time({ at: 1_800_000_000, language })).replaceAll('\u202f', ' ')
    expect(time).toBe(`<time datetime="2027-01-15T08:00:00Z">${text}</time>`)
  })
})

it('the days of an API key are days: the script of the pages gives them no hour', async () => {
  const key = {
    id: 'k',
    app: null,
    createdAt: 1_800_000_000,
    expiresAt: 1_807_776_000,
    keyUsedAt: 1_800_057_600,
  }
  const view = { userId: 'u', keys: [key], resources: [], changeable: true, refused: null }
  const page = String(await ApiKeysPage({ context: pageContext(), view, scopeTexts: {} }))
  expect(page).toContain('Until Apr 15, 2027')
  expect(page).toContain('Last used on Jan 16, 2027')
  expect(page).not.toContain('<time')
})
