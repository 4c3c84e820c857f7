import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

/** How many controls each family has. */
const FAMILIES = {
  PW: 8,
  REG: 5,
  EML: 4,
  LOG: 6,
  RL: 7,
  SES: 5,
  OUT: 5,
  STP: 2,
  CSRF: 7,
  TOK: 11,
  KEY: 6,
  REF: 5,
  RST: 5,
  MFA: 8,
  WAN: 7,
  ADM: 6,
  OP: 17,
  SOC: 6,
  DPOP: 1,
  AUD: 4,
  HTM: 6,
  API: 7,
  PLT: 2,
}

const CONTROLS = Object.entries(FAMILIES).flatMap(([family, count]) =>
  Array.from({ length: count }, (_, index) => `${family}-${String(index + 1).padStart(2, '0')}`),
)

const page = readFileSync('docs/security.md', 'utf8')
const rows = [...page.matchAll(/^\| ([A-Z]+-\d\d) \| (.*) \| (.*) \| (.*)\|$/gm)].map(
  ([, id = '', does = '', state = '', proof = '']) => ({
    id,
    does,
    state,
    files: [...proof.matchAll(/`([^`]+)`/g)].map(([, file = '']) => file),
  }),
)

describe('docs/security.md', () => {
  it('has each of the 140 controls once', () => {
    expect(CONTROLS).toHaveLength(140)
    expect(rows.map(({ id }) => id).sort()).toEqual([...CONTROLS].sort())
  })

  it.each(rows)('says of $id what is so', ({ id, state, files }) => {
    const [, word, reason] = /^(holds|partly|differently|not yet)(?:: (.+))?$/.exec(state) ?? []
    expect(word, `the state of ${id}`).toBeDefined()
    if (word !== 'holds') expect(reason, `the reason of ${id}`).toBeTruthy()
    if (word === 'not yet') return expect(files).toEqual([])
    expect(files.length, `files that prove ${id}`).toBeGreaterThan(0)
    for (const file of files) {
      // In the title of a test or of a group of tests, or in a row of a table of tests.
      const titles = readFileSync(file, 'utf8').match(/(['"`])(?:(?!\1).)*\1/g) ?? []
      expect(
        titles.some((title) => title.includes(id)),
        `${id} in a title of ${file}`,
      ).toBe(true)
    }
  })
})
