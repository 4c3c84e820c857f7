import { globSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { renderCommandLine } from '../../tools/reference/cli'
import { generateReference } from '../../tools/reference/generate'
import { renderLlms } from '../../tools/site/pages'

const { version } = JSON.parse(readFileSync('package.json', 'utf8'))

it.each(Object.entries(generateReference(version)))('%s is as its sources say', (path, text) => {
  expect(readFileSync(path, 'utf8'), 'write it again: npm run docs:reference').toBe(text)
})

it('docs/reference/cli.md is as the commands say', async () => {
  const page = readFileSync('docs/reference/cli.md', 'utf8')
  expect(page, 'write it again: npm run docs:reference').toBe(await renderCommandLine())
})

it('llms.txt lists the pages of the documentation', () => {
  const text = readFileSync('llms.txt', 'utf8')
  expect(text, 'write it again: npm run docs:reference').toBe(renderLlms('.'))
  expect(text.match(/^- /gm)?.length).toBeGreaterThan(30)
})

it('docs/reference/log-events.md has a row for each event that src logs, and no other', () => {
  const page = readFileSync('docs/reference/log-events.md', 'utf8')
  const listed = [...page.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, event]) => event)
  const sources = globSync(['src/**/*.{ts,tsx}', 'packages/node/*.ts']).map((file) =>
    readFileSync(file, 'utf8'),
  )
  const logged = sources.flatMap((source) =>
    [...source.matchAll(/\blog\(\s*'([a-z-]+)'/g)].map(([, event]) => event),
  )
  expect(logged.length).toBeGreaterThan(20)
  expect(listed.sort()).toEqual([...new Set(logged)].sort())
})
