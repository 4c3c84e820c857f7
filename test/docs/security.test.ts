import { existsSync, globSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parseAst } from 'vitest/node'

/** Says how many controls each family has. */
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
  AK: 5,
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

const page = readFileSync('docs/explain/security.md', 'utf8')
const rows = [...page.matchAll(/^\| ([A-Z]+-\d\d) \| (.*) \| (.*) \| (.*)\|$/gm)].map(
  ([, id = '', does = '', state = '', proof = '']) => ({
    id,
    does,
    state,
    files: [...proof.matchAll(/`([^`]+)`/g)].map(([, file = '']) => file),
  }),
)

/** A call of `it`, `test` or `describe` by its title, as a file writes it. */
interface Titled {
  readonly title: string
  /** Says whether its tests run: neither it nor a group around it is skipped, left to do, or meant to fail. Vitest fails an empty group. */
  readonly runs: boolean
}

type Node = Readonly<Record<string, unknown>>

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null
}

/** Returns the names of a callee, outermost last: `it`, `each` of `it.each(rows)`. */
function namesOf(callee: unknown): readonly string[] {
  if (!isNode(callee)) return []
  if (callee.type === 'Identifier') return [String(callee.name)]
  if (callee.type === 'CallExpression') return namesOf(callee.callee)
  if (callee.type === 'TaggedTemplateExpression') return namesOf(callee.tag)
  if (callee.type !== 'MemberExpression' || !isNode(callee.property)) return []
  const object = namesOf(callee.object)
  return object.length === 0 ? [] : [...object, String(callee.property.name)]
}

/** Lists the calls that keep a test from running, or let it pass by failing. */
const NOT_RUN = ['skip', 'skipIf', 'runIf', 'todo', 'fails']

/** Returns every titled call of a file. A title with something put in is taken up to there. */
function titledIn(source: string): readonly Titled[] {
  const found: Titled[] = []

  function visit(value: unknown, runs: boolean): void {
    if (!isNode(value)) return
    const [root = '', ...rest] = value.type === 'CallExpression' ? namesOf(value.callee) : []
    if (!['it', 'test', 'describe'].includes(root)) {
      for (const each of Object.values(value)) visit(each, runs)
      return
    }
    const [title, ...body] = value.arguments as readonly unknown[]
    const inside = runs && body.length > 0 && !rest.some((name) => NOT_RUN.includes(name))
    const text = titleOf(title)
    if (text !== null) found.push({ title: text, runs: inside })
    for (const each of body) visit(each, inside)
  }

  visit(parseAst(source, { lang: 'ts' }), true)
  return found
}

function titleOf(node: unknown): string | null {
  if (!isNode(node)) return null
  if (node.type === 'Literal') return typeof node.value === 'string' ? node.value : null
  if (node.type !== 'TemplateLiteral') return null
  const [first] = node.quasis as readonly { readonly value: { readonly cooked: string } }[]
  return first?.value.cooked ?? null
}

/** Returns the controls that lead a title: `RL-01, RL-04` of `RL-01, RL-04: a success takes back …`. */
function controlsOf(title: string): readonly string[] {
  return /^([A-Z]+-\d+(?:, [A-Z]+-\d+)*): /.exec(title)?.[1]?.split(', ') ?? []
}

const titled = new Map<string, readonly Titled[]>()

function titledOf(file: string): readonly Titled[] {
  const known = titled.get(file) ?? titledIn(readFileSync(file, 'utf8'))
  titled.set(file, known)
  return known
}

function proves(file: string, id: string): boolean {
  return titledOf(file).some(({ title, runs }) => runs && controlsOf(title).includes(id))
}

describe('docs/explain/security.md', () => {
  it('has each of the 145 controls once', () => {
    expect(CONTROLS).toHaveLength(145)
    expect(rows.map(({ id }) => id).sort()).toEqual([...CONTROLS].sort())
  })

  it.each(rows)('says of $id what is so', ({ id, state, files }) => {
    const [, word, reason] = /^(holds|partly|differently|not yet)(?:: (.+))?$/.exec(state) ?? []
    expect(word, `the state of ${id}`).toBeDefined()
    if (word !== 'holds') expect(reason, `the reason of ${id}`).toBeTruthy()
    if (word === 'not yet') return expect(files).toEqual([])
    expect(files.length, `files that prove ${id}`).toBeGreaterThan(0)
    for (const file of files)
      expect(proves(file, id), `a test of ${file} whose title begins with ${id}`).toBe(true)
  })

  it('names files and decisions that exist', () => {
    const files = [...page.matchAll(/`((?:test|src|docs|scripts)\/[^`]+)`/g)].map(([, file = '']) => file)
    expect(files.filter((file) => !existsSync(file))).toEqual([])
    const decisions = [...page.matchAll(/docs\/explain\/decisions\/([\d, ]+)/g)].flatMap(
      ([, list = '']) => list.match(/\d{4}/g) ?? [],
    )
    expect(decisions.length).toBeGreaterThan(3)
    for (const number of decisions)
      expect(globSync(`docs/explain/decisions/${number}-*.md`), number).toHaveLength(1)
  })
})

describe('a title that counts as proof', () => {
  const counts: readonly [string, string, boolean][] = [
    ['of a test', "it('RL-01: waits', () => {})", true],
    ['of a table of tests', "it.each([['a', 1]])('RL-00, RL-01: %s', () => {})", true],
    ['of a tagged table', "it.each`a`('RL-01: $a', () => {})", true],
    [
      'of a group of tests',
      "describe.each(MODES)('RL-01: in %s mode', () => { it('waits', () => {}) })",
      true,
    ],
    ['of a test that is skipped', "it.skip('RL-01: waits', () => {})", false],
    ['of a table that is skipped', "it.skip.each([1])('RL-01: waits', () => {})", false],
    ['in a group that is skipped', "describe.skip('all', () => { it('RL-01: waits', () => {}) })", false],
    ['of a test that is to do', "it.todo('RL-01: waits')", false],
    ['of a test that has to fail', "it.fails('RL-01: waits', () => {})", false],
    ['of a test without a body', "it('RL-01: waits')", false],
    ['that names the control later', "it('waits (RL-01: delays)', () => {})", false],
    ['that begins like it', "it('RL-011: waits', () => {})", false],
    ['that is a comment', "// it('RL-01: waits', () => {})", false],
    ['of a regular expression', "/a/.test('RL-01: waits', () => {})", false],
    ['that is a text', "const title = 'RL-01: waits'", false],
    ['in the row of a table', "it.each(['RL-01: waits'])('%s', () => {})", false],
  ]

  it.each(counts)('%s: %s', (_, source, expected) => {
    titled.set(source, titledIn(source))
    expect(proves(source, 'RL-01')).toBe(expected)
  })
})
