import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { COMMANDS, findCommand, renderCommands } from '../../packages/cli/commands.ts'
import { commandLine } from '../../packages/cli/place.ts'

it.each(COMMANDS)('$name: an npm script runs it, and its help says how to', async ({ name, load }) => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> }
  expect(scripts[name.replace(' ', ':')]).toMatch(new RegExp(`/janus\\.ts ${name}$`))
  const { help } = await load()
  const usage = help.split('\n').find((line) => line.startsWith('  '))
  expect(usage?.replace(/(?:ACTION|FILE) (?=\[options\])/, '')).toBe(`  ${commandLine(name, '[options]')}`)
  expect(help.split('\n').filter((line) => line.length > 80)).toEqual([])
  expect(renderCommands()).toContain(`\n  ${name} `)
})

it.each([
  [['doctor', '--remote'], 'doctor'],
  [['keys', 'rotate', '--remote'], 'keys rotate'],
  [['keys'], undefined],
  [['keys', '--remote', 'rotate'], undefined],
  [['rotate'], undefined],
  [[], undefined],
])('%j names the command %s', (words, name) => expect(findCommand(words)?.name).toBe(name))

it('a command that only a checkout has says what to do elsewhere', () => {
  const summaries = COMMANDS.filter(({ summary }) => summary.endsWith('(checkout only)'))
  expect(summaries.length).toBeGreaterThan(0)
  expect(COMMANDS.filter(({ instead }) => instead !== undefined)).toEqual(summaries)
})
