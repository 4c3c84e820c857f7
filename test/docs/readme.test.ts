import { globSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const text = readFileSync('README.md', 'utf8')

it('README.md is read in two minutes: at most 150 lines', () => {
  expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(150)
})

it('README.md has its parts in the order in which they are needed', () => {
  expect([...text.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading)).toEqual([
    'Add sign-in to your Worker',
    'Use it from the browser',
    'Sessions or tokens?',
    'Has and has not',
    'Try it here',
    'Documentation',
    'Status',
  ])
})

it('README.md names the commands that start and test a checkout', () => {
  expect(text).toContain('\nnpm ci && npm start ')
  expect(text).toContain('\nnpm ci && npm test ')
  expect(text).toContain(': npm run test:all\n')
})

it('README.md has a link in each row of its comparison', () => {
  const [, table = ''] = /\n## Has and has not\n([\s\S]*?)\n## /.exec(text) ?? []
  const rows = table.split('\n').filter((line) => /^\| [a-z]/.test(line))
  expect(rows.length).toBeGreaterThan(10)
  expect(rows.filter((row) => !/\]\((?:https:|docs\/)/.test(row) || row.split('|').length !== 8)).toEqual([])
})

it('README.md leads to every page of the documentation', () => {
  const pages = globSync('docs/{start,guides,reference,operate,explain}/*.md')
  expect(pages.length).toBeGreaterThan(25)
  expect(pages.filter((page) => !text.includes(`](${page})`))).toEqual([])
})
