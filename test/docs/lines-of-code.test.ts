import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { APPS, countLines, linesOf, table } from '../../lab/compare/lines.ts'

const GUIDE = 'docs/start/add-to-your-worker.md'

it('the guide has the lines of code that npm run lines counts in the files of both apps', () => {
  const guide = readFileSync(GUIDE, 'utf8')
  expect(guide).toContain(`\n${table()}\n`)
  for (const command of Object.values(APPS).flatMap(({ local, deployed }) => [...local, ...deployed])) {
    expect(guide).toContain(command)
  }
})

it('README.md has the sums of the same table', () => {
  const [janus, betterAuth] = Object.values(APPS).map((app) =>
    [...linesOf(app).values()].reduce((a, b) => a + b),
  )
  expect(readFileSync('README.md', 'utf8')).toContain(
    `${janus} lines here and ${betterAuth} with Better Auth`,
  )
})

it.each([
  ['blank lines', 'a\n\n  \nb\n', 2],
  ['comments on lines of their own', '// one\n# two\n  /** three\n   * four\n   */\na // five\n', 1],
  ['a line of a text that begins with a star or a tag', '* a\n<b>\n', 2],
])('%s count as a reader would say', (_what, text, lines) => {
  expect(countLines(text)).toBe(lines)
})
