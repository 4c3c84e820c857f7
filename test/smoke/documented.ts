import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import { runShell } from './local-service.ts'

/** Returns the code blocks of a language in a section of a page, whatever the level of its heading; there is at least one. */
export function documentedBlocks(page: string, heading: string, language = 'sh'): readonly string[] {
  const sections = readFileSync(page, 'utf8').split(/^(?=#{2,3} )/m)
  const section = sections.find((part) => new RegExp(`^#+ ${heading}\n`).test(part)) ?? ''
  const blocks = [...section.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, 'gms'))]
  expect(blocks.length, `${language} blocks under "${heading}" of ${page}`).toBeGreaterThan(0)
  return blocks.map(([, block = '']) => block)
}

/** Runs a block of shell commands. Its lines `# → text` say what it prints, in this order. */
export function expectPrinted(block: string, folder: string): void {
  const expected = [...block.matchAll(/^# → (.*)$/gm)].map(([, text = '']) => text)
  expect(expected.length).toBeGreaterThan(0)
  let printed = runShell(block, folder)
  for (const text of expected) {
    // Servers write the names of headers in either case.
    const at = printed.toLowerCase().indexOf(text.toLowerCase())
    expect(at, `"${text}" in:\n${printed}`).toBeGreaterThanOrEqual(0)
    printed = printed.slice(at + text.length)
  }
}
