import { globSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

/** Phrases that people do not use, each with what to write instead. */
const REFUSED: readonly (readonly [pattern: RegExp, instead: string])[] = [
  [/\bany more\b/i, 'no longer'],
  [/\b(is|are) good for\b|\bgood once\b/i, 'expires in, works once'],
  [/\be-mail/i, 'email'],
  [/\bmend(s|ed|ing)?\b/i, 'fix'],
  [/\bfor who\b|\bwho prefers?\b/i, 'name who acts'],
  [/\bis to be\b|\bare to be\b/i, 'must be'],
  [/\bgoes without saying\b|\bare one for\b/i, 'say it'],
  [/\bas if it were not there\b/i, 'returns 404'],
  [/\bcannot be told\b/i, 'is unknown'],
  [/\bstands? not once\b/i, 'must occur exactly once'],
  [/\bfast cop(y|ies)\b/i, 'cached copy'],
  [/\b(dis)?honou?red\b|\bobey(s|ed)?\b/i, 'accepted, handled'],
  [/\bput (it|that|them|this|the others?) right\b|\bput right\b/i, 'correct'],
  [/\bno good\b/i, 'invalid'],
  [/\bwhoever\b/i, 'name who acts'],
  [/\banother account[’']s is as unknown\b/i, 'returns 404 for sessions of other accounts'],
  [/\bcannot be made to lend\b/i, 'is useless to them'],
  [/\bneed not ask\b/i, 'caches'],
  [/\bsays what one says\b/i, 'returns'],
  [/\bin an afternoon\b/i, 'only true statements'],
  [/\bto the first page\b/i, 'Go to home page'],
  [/\basked for\b/i, 'requested'],
  [/\bend what you do not recogni[sz]e\b/i, "sign out of any you don't recognize"],
  [
    /\bthere is no such field\b|\bfield is needed\b|\bthat was too much\b/i,
    'Unknown field, required, too large',
  ],
  [/\bnot copied whole\b/i, 'cut off'],
  [/\bwas signed in to from\b/i, 'New sign-in to'],
  [/\bJanus goes on trying\b/i, 'will be retried'],
]

/** Returns the words that a file shows to its readers. Generated pages repeat what is checked at its source. */
function wordsOf(file: string): string {
  const text = readFileSync(file, 'utf8')
  if (file.endsWith('.md')) return text.replaceAll(/^```[\s\S]*?^```/gm, '')
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/(^|\s)\/\/.*$/gm, '')
}

function refusedIn(text: string): readonly string[] {
  return REFUSED.flatMap(([pattern, instead]) => {
    const [found] = pattern.exec(text) ?? []
    return found === undefined ? [] : [`"${found}": ${instead}`]
  })
}

// Decisions and the changelog are records of their time.
const PAGES = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'examples/README.md',
  ...globSync('docs/**/*.md'),
].filter((file) => !file.startsWith('docs/explain/decisions/'))
const TEXTS = [
  'src/http/problem.ts',
  'src/api/**/*.ts',
  'src/config/texts/*.ts',
  'src/sessions/delete-cached-copies.ts',
  'src/pages/texts/en*.ts',
  'src/mail/texts/en.ts',
  'tools/openapi/*.ts',
  'tools/reference/*.ts',
  'packages/cli/**/*.ts',
  'packages/verify/*.ts',
  'lab/mutations/run.ts',
].flatMap((pattern) => globSync(pattern))

/** Files whose doc comments begin with a verb. */
const VERB_FIRST = globSync(
  ['src', 'packages', 'lab', 'tools', 'test'].map((room) => `${room}/**/*.{ts,tsx}`),
).filter((file) => !/node_modules|\/dist\/|docs\/words\.test/.test(file))

/** Returns the doc comments of a text that begin with a clause in place of a verb. */
function clausesIn(text: string): readonly string[] {
  const begun = /\/\*\*\s*(?:\*\s*)?((?:What|Whether|Whose|How|Where|When|Why|Who)\b[^\n]*)/g
  return [...text.matchAll(begun)].map(([, clause = '']) => clause)
}

describe('doc comments', () => {
  it('begin with a verb', () => {
    expect(VERB_FIRST.length).toBeGreaterThan(1000)
    const faults = VERB_FIRST.flatMap((file) =>
      clausesIn(readFileSync(file, 'utf8')).map((clause) => `${file}: ${clause}`),
    )
    expect(faults).toEqual([])
  })

  it('would be found', () => {
    expect(clausesIn('/** Whether it is there. */')).toEqual(['Whether it is there. */'])
    expect(clausesIn('/**\n   * What it does.\n   */')).toEqual(['What it does.'])
    expect(clausesIn('/** Returns what it does. */')).toEqual([])
  })
})

describe('what people read', () => {
  it('uses the words of the field', () => {
    const faults = [...PAGES, ...TEXTS].flatMap((file) =>
      refusedIn(wordsOf(file)).map((fault) => `${file}: ${fault}`),
    )
    expect(faults).toEqual([])
    expect(PAGES.length).toBeGreaterThan(30)
    expect(TEXTS.length).toBeGreaterThan(60)
  })

  it.each([
    'The link is not valid any more.',
    'The link is good for an hour.',
    'Send an e-mail address.',
    'every refusal are one for who prefers HTML',
    'New password asked for',
    'To the first page',
  ])('would be refused: %s', (text) => {
    expect(refusedIn(text).length).toBeGreaterThan(0)
  })
})
