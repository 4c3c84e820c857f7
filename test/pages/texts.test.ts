import { describe, expect, it } from 'vitest'
import { PROBLEMS } from '../../src/http/problem'
import { CATALOGUE } from '../../src/pages/catalogue'
import { errorText, waitText } from '../../src/pages/form-state'
import { API_KEY_TEXTS } from '../../src/pages/texts/api-key-texts'
import type { BuiltInLanguage } from '../../src/request-source/language'

/** Returns every text there is, with the path that leads to it; functions are called with numbers that read as words too. */
function allTexts(value: unknown, path = ''): readonly (readonly [string, string])[] {
  if (typeof value === 'string') return [[path, value]]
  if (typeof value === 'function') return allTexts(value(7, 8), `${path}()`)
  if (typeof value !== 'object' || value === null) throw new Error(`${path} is no text`)
  return Object.entries(value).flatMap(([key, inner]) => allTexts(inner, `${path}.${key}`))
}

/** With those that only a service with `createProvider` carries. */
const TEXTS = Object.entries(CATALOGUE).map(
  ([language, texts]) => [language, texts, API_KEY_TEXTS[language as BuiltInLanguage]] as const,
)

const EN = new Map([...allTexts(CATALOGUE.en), ...allTexts(API_KEY_TEXTS.en, '.apiKeyPages')])

describe.each(TEXTS)('the texts in %s', (language, texts, apiKeyTexts) => {
  const all = [...allTexts(texts), ...allTexts(apiKeyTexts, '.apiKeyPages')]

  it('are those of English, none more, none empty', () => {
    expect(all.map(([path]) => path).sort()).toEqual([...EN.keys()].sort())
    expect(all.filter(([, text]) => text.trim() !== text || text === '')).toEqual([])
  })

  it('are calm, and end as the English ones end', () => {
    expect(all.filter(([, text]) => text.includes('!'))).toEqual([])
    const ending = (text: string | undefined) => /[.?:]$/.exec(text ?? '')?.[0]
    expect(all.filter(([path, text]) => ending(text) !== ending(EN.get(path)))).toEqual([])
  })

  it('are translated', () => {
    if (language === 'en') return
    const same = all.filter(([path, text]) => EN.get(path) === text)
    // "Name" is German, too.
    expect(same.map(([path]) => path)).toEqual(language === 'de' ? ['.fields.name', '.apiKeyPages.name'] : [])
  })

  it('explain every problem', () => {
    for (const code of [...Object.keys(PROBLEMS), 'invalid-link'])
      expect(texts.problems).toHaveProperty([code])
  })

  it('have something to say of any field and any code', () => {
    for (const code of ['missing', 'type', 'invalid', 'unknown', 'duplicate']) {
      for (const field of ['email', 'password', 'constructor', '']) {
        expect(errorText(texts, { field, code })).not.toBe(texts.errors.other)
      }
    }
    for (const code of ['too-short', 'too-long', 'common', 'guessable', 'breached']) {
      expect(errorText(texts, { field: 'new_password', code })).not.toBe(texts.errors.other)
    }
    expect(errorText(texts, { field: 'email', code: 'constructor' })).toBe(texts.errors.other)
    expect(errorText(texts, { field: '__proto__', code: 'toString' })).toBe(texts.errors.other)
  })

  it('say the limits of a password', () => {
    expect(errorText(texts, { field: 'password', code: 'too-short' }, 15)).toContain('15')
    expect(errorText(texts, { field: 'password', code: 'too-long' }, 15)).toContain('256')
  })
})

describe('how long to wait', () => {
  it.each([
    [1, '1 second'],
    [89, '89 seconds'],
    [90, '2 minutes'],
    [121, '3 minutes'],
    [900, '15 minutes'],
    [5400, '2 hours'],
    [86_400, '24 hours'],
  ])('%i s is %s', (seconds, text) => {
    expect(waitText(CATALOGUE.en, seconds)).toBe(text)
  })
})
