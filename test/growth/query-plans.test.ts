import { env } from 'cloudflare:workers'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { doEverything, type WholeService, wholeService } from '../support/every-operation'
import { triggerStatements, unkeyedSteps } from '../support/query-plan'
import { recordingD1 } from '../support/recording-d1'

const SOURCES = import.meta.glob<string>('../../src/**/*.{ts,tsx}', {
  query: '?raw',
  import: 'default',
  eager: true,
})

const { db, sent } = recordingD1(env.DB)
const open = wholeService({ DB: db })
const others: readonly [verified: WholeService, dearer: WholeService] = [
  wholeService({ DB: db, REGISTRATION: 'verified' }),
  wholeService({ DB: db, PASSWORD_ITERATIONS: '125000' }),
]

const inOneLine = (sql: string) => sql.replace(/\s+/g, ' ').trim()

/**
 * Statements that sort, by a text of theirs. Of an account at most MAX_SESSIONS open sessions and one, and at most 20 devices and one: an
 * index in that order would write a row more each time one is used.
 */
const SORTS_FEW = ["end_reason = 'too-many-sessions'", 'DELETE FROM devices']

/** Each statement that was sent, once. */
let statements: readonly string[] = []

beforeAll(async () => {
  await doEverything(open, ...others)
  statements = [...new Set(sent.map(({ sql }) => sql))]
})

describe('what Janus sends to D1', () => {
  it('was sent by every route there is', () => {
    expect(open.routes.length).toBeGreaterThan(40)
    expect(open.routes.filter((route) => !open.answered.has(route))).toEqual([])
  })

  it('was sent from every place in the source that makes a statement', () => {
    const found = statements.map(inOneLine)
    // Up to the first value or part that is put in.
    // PostgreSQL's and SQLite's own have tests of their own.
    const sources = Object.entries(SOURCES).filter(([file]) => !/storage.(postgres|sqlite)/.test(file))
    const begun = sources.flatMap(([file, source]) =>
      [...source.matchAll(/\bsql(?:<[^(]*>)?\(\s*(?:\/\/.*\s*)*[`']([^`'$:]+)/g)].map(([, sql = '']) => ({
        file,
        sql,
      })),
    )
    expect(begun.length).toBeGreaterThan(50)
    expect(begun.filter(({ sql }) => !found.some((each) => each.startsWith(inOneLine(sql))))).toEqual([])
  })

  it('API-04: has every value beside its text: what is quoted there is quoted in the source', () => {
    const source = Object.values(SOURCES).join('\n')
    const put = statements.flatMap((sql) => [
      ...[...sql.matchAll(/'[^']*'/g)].map(([text]) => text).filter((text) => !source.includes(text)),
      // An instant.
      ...(sql.match(/\b\d{10,}\b/g) ?? []),
    ])
    expect(put).toEqual([])
    expect(statements.filter((sql) => sql.includes('?1')).length).toBeGreaterThan(40)
  })

  it('finds every row by the primary key or a unique index, and sorts none but the sessions and devices of one account', async () => {
    const unkeyed: Record<string, readonly string[]> = {}
    for (const sql of statements) {
      const sorts = SORTS_FEW.some((text) => sql.includes(text)) ? ['USE TEMP B-TREE FOR ORDER BY'] : []
      const steps = (await unkeyedSteps(sql)).filter((step) => !sorts.includes(step))
      if (steps.length > 0) unkeyed[inOneLine(sql)] = steps
    }
    expect(unkeyed).toEqual({})
  })

  it('sets off triggers that do as well', async () => {
    const run = await triggerStatements()
    expect(new Set(run.map(({ trigger }) => trigger)).size).toBeGreaterThan(8)
    const unkeyed: Record<string, readonly string[]> = {}
    for (const { trigger, sql } of run) {
      const steps = await unkeyedSteps(sql)
      if (steps.length > 0) unkeyed[`${trigger}: ${inOneLine(sql)}`] = steps
    }
    expect(unkeyed).toEqual({})
  })

  it('has no index to use but unique ones', async () => {
    const found = await env.DB.prepare(
      "SELECT name FROM sqlite_master WHERE type = 'index' AND sql NOT LIKE 'CREATE UNIQUE INDEX %'",
    ).all()
    expect(found.results).toEqual([])
  })
})

describe('a statement is noticed', () => {
  afterEach(() =>
    env.DB.batch([
      env.DB.prepare('DROP INDEX IF EXISTS not_unique'),
      env.DB.prepare('DROP TRIGGER IF EXISTS looks_at_all'),
    ]),
  )

  it.each([
    ['reads a whole table', 'SELECT id FROM users WHERE name = ?1', ['SCAN users']],
    ['reads a whole index', 'SELECT id FROM sessions ORDER BY expires_at LIMIT 1', [/^SCAN sessions USING/]],
    ['computes with what it searches by', 'SELECT id FROM users WHERE lower(id) = ?1', [/^SCAN users/]],
    ['skips the first column of an index', 'DELETE FROM sessions WHERE created_at < ?1', ['SCAN sessions']],
    [
      'sorts what it found',
      'SELECT id FROM sessions WHERE user_id = ?1 ORDER BY last_seen_at DESC LIMIT 10',
      ['USE TEMP B-TREE FOR ORDER BY'],
    ],
    [
      'reads a whole table in a subquery',
      'UPDATE users SET name = ?1 WHERE id = ?2 AND EXISTS (SELECT 1 FROM sessions WHERE country = ?3)',
      ['SCAN sessions'],
    ],
    [
      'needs an index that there is not',
      `SELECT sessions.id FROM sessions JOIN known_devices ON known_devices.device = sessions.user_agent
        WHERE sessions.user_id = ?1`,
      [/AUTOMATIC|^SCAN known_devices/],
    ],
    ['takes the newest of all', 'SELECT max(created_at) FROM sessions', [/^S(EARCH|CAN) sessions/]],
  ])('that %s', async (_, sql, steps) => {
    const unkeyed = await unkeyedSteps(sql)
    expect(unkeyed).toHaveLength(steps.length)
    for (const [index, step] of steps.entries()) expect(unkeyed[index]).toMatch(step)
  })

  it('that uses an index which is not unique', async () => {
    await env.DB.prepare('CREATE INDEX not_unique ON users (name)').run()
    expect(await unkeyedSteps('SELECT email FROM users WHERE name = ?1')).toEqual([
      'SEARCH users USING INDEX not_unique (name=?)',
    ])
  })

  it('that a trigger runs', async () => {
    await env.DB.prepare(
      `CREATE TRIGGER looks_at_all AFTER UPDATE ON users WHEN NEW.name IS NOT NULL
       BEGIN UPDATE sessions SET country = NULL WHERE country = NEW.name; END`,
    ).run()
    const run = (await triggerStatements()).filter(({ trigger }) => trigger === 'looks_at_all')
    expect(await Promise.all(run.map(({ sql }) => unkeyedSteps(sql)))).toEqual([[], ['SCAN sessions']])
  })
})
