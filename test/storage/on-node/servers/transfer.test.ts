import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { run as migrate } from '../../../../packages/cli/migrate/migrate.ts'
import { readMigrations } from '../../../../packages/cli/migrate/migrations-config.ts'
import { run as exportTo } from '../../../../packages/cli/transfer/export.ts'
import { run as importFrom } from '../../../../packages/cli/transfer/import.ts'
import { readSchema } from '../../../../packages/cli/transfer/schema.ts'
import { chainHash } from '../../../../src/audit/audit-chain'
import { runCommand as janus } from '../../../support/run-command.ts'

const folder = mkdtempSync(join(tmpdir(), 'janus-transfer-'))
const at = (name: string) => join(folder, name)

afterAll(() => rmSync(folder, { recursive: true }))

/** Sealed rows of the audit trail, with the gap that PostgreSQL leaves where a transaction is rolled back. */
async function sealedRows(): Promise<string> {
  let hash = ''
  const rows: string[] = []
  for (const seq of [1, 2, 4]) {
    const row = {
      seq,
      at: 10,
      event: 'signed-in',
      outcome: 'success',
      reason: null,
      actor_id: null,
      subject_id: null,
    }
    const rest = {
      account_key: null,
      session_id: null,
      mode: null,
      address: null,
      country: null,
      user_agent: "Müller's/1.0",
    }
    hash = await chainHash(hash, { ...row, ...rest, request_id: null })
    rows.push(`(${seq}, 10, 'signed-in', 'success', 'Müller''s/1.0', '${hash}')`)
  }
  return `INSERT INTO audit_events (seq, at, event, outcome, user_agent, chain_hash) VALUES ${rows.join(', ')};`
}

it('moves what the migrations make, and what triggers look at in the order that they allow', async () => {
  const { tables } = await readSchema()
  expect(tables.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['sessions', 'passkeys', 'audit_events']),
  )
  // No session without a second factor begins once its account is there, and one with it would end a recovery that is there.
  expect(tables.slice(-2).map(({ name }) => name)).toEqual(['factor_recoveries', 'users'])
  expect(tables.filter(({ seeded }) => seeded).map(({ name }) => name)).toEqual(['audit_chain', 'restores'])
  const db = new DatabaseSync(':memory:')
  for (const { text } of readMigrations('src/storage/d1/migrations')) db.exec(text)
  const onInsert = db
    .prepare(
      `SELECT name FROM sqlite_master WHERE type = 'trigger' AND sql LIKE '% INSERT ON %' ORDER BY name`,
    )
    .all()
  // Two judge a row by itself. Another that looks at other tables needs its place in packages/cli/transfer/schema.ts.
  expect(onInsert.map(({ name }) => name)).toEqual([
    'audit_events_are_not_replaced',
    'sessions_need_second_factor',
    'sessions_with_second_factor_end_recovery',
    'users_roles_fit_into_a_token',
  ])
})

describe('an export', () => {
  const file = at('whole.ndjson')
  const source = at('source.sqlite')
  const PEOPLE = 4100

  beforeAll(async () => {
    expect((await janus(migrate, '--sqlite', source)).code).toBe(0)
    const db = new DatabaseSync(source)
    const id = `printf('%022d', value)`
    db.exec(await sealedRows())
    db.exec(`WITH RECURSIVE counted(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM counted WHERE value < ${PEOPLE})
      INSERT INTO sessions (id, user_id, mode, secret_hash, created_at, authenticated_at, last_seen_at, idle_expires_at, expires_at)
      SELECT ${id}, ${id}, 'session', '${'s'.repeat(43)}', 1, 1, 1, 9, 9 FROM counted`)
    db.exec(`WITH RECURSIVE counted(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM counted WHERE value < ${PEOPLE})
      INSERT INTO users (id, email, email_canonical, name, created_at, second_factor_at)
      SELECT ${id}, 'p' || value || '@example.com', 'p' || value || '@example.com', 'O''Hara ?1 🦊' || char(10), 1, iif(value = 7, 1, NULL) FROM counted`)
    db.close()
  })

  it('is whole, for its owner alone, and never written over', async () => {
    const done = await janus(exportTo, file, '--sqlite', source)
    expect(done, done.printed).toMatchObject({
      code: 0,
      printed: expect.stringContaining(`has ${2 * PEOPLE + 5} rows`),
    })
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(readFileSync(file, 'utf8').trimEnd().split('\n')).toHaveLength(2 * PEOPLE + 5 + 2)
    expect(await janus(exportTo, file, '--sqlite', source)).toMatchObject({
      code: -1,
      printed: expect.stringContaining('is there already'),
    })
  })

  it('goes on where it stopped, in the middle of a line', async () => {
    const whole = readFileSync(file)
    const again = at('again.ndjson')
    writeFileSync(`${again}.part`, whole.subarray(0, whole.length * 0.6))
    const done = await janus(exportTo, again, '--sqlite', source)
    expect([done.code, done.printed]).toEqual([0, expect.stringMatching(/Going on after \d{4} rows/)])
    expect(readFileSync(again).equals(whole)).toBe(true)
  })

  it('stops where the database changed meanwhile, or since it was begun', async () => {
    const used = at('used.sqlite')
    copyFileSync(source, used)
    const whole = readFileSync(file)
    const path = at('used.ndjson')
    writeFileSync(`${path}.part`, whole.subarray(0, whole.length / 2))
    const db = new DatabaseSync(used)
    db.exec('UPDATE sessions SET last_seen_at = 2 WHERE id = (SELECT min(id) FROM sessions)')
    db.close()
    expect((await janus(exportTo, path, '--sqlite', used)).printed).toContain('The database changed since')
    // A row that is missing at the end.
    const lines = readFileSync(file, 'utf8').split('\n')
    writeFileSync(`${path}.part`, `${[...lines.slice(0, 2000), ...lines.slice(2001, 4000)].join('\n')}\n`)
    expect((await janus(exportTo, path, '--sqlite', source)).printed).toContain(
      'changed while it was exported',
    )
    expect(existsSync(path)).toBe(false)
  })

  it('is imported as it is, goes on after an interruption, and adds to nothing', async () => {
    const target = at('target.sqlite')
    const done = await janus(importFrom, file, '--sqlite', target)
    expect(done, done.printed).toMatchObject({
      code: 0,
      printed: expect.stringContaining('the chain of the audit trail is intact'),
    })
    expect(await janus(exportTo, at('back.ndjson'), '--sqlite', target)).toMatchObject({ code: 0 })
    expect(readFileSync(at('back.ndjson')).equals(readFileSync(file))).toBe(true)
    expect(await janus(importFrom, file, '--sqlite', target)).toMatchObject({
      code: -1,
      printed: expect.stringContaining('The database is not empty: audit_events, sessions, users.'),
    })

    // As if it had stopped between two transactions.
    const db = new DatabaseSync(target)
    const triggers = db.prepare(`SELECT name, sql FROM sqlite_master WHERE type = 'trigger'`).all()
    for (const { name } of triggers) db.exec(`DROP TRIGGER ${name}`)
    db.exec(`DELETE FROM users; DELETE FROM sessions WHERE CAST(id AS INTEGER) > 1500`)
    for (const { sql } of triggers) db.exec(String(sql))
    db.close()
    const resumed = await janus(importFrom, file, '--resume', '--sqlite', target)
    expect(resumed, resumed.printed).toMatchObject({ code: 0 })
    await janus(exportTo, at('resumed.ndjson'), '--sqlite', target)
    expect(readFileSync(at('resumed.ndjson')).equals(readFileSync(file))).toBe(true)
  })

  it('is refused if it is of another schema, has no end, is no export, or is not what was sealed', async () => {
    const text = readFileSync(file, 'utf8')
    const cases: readonly (readonly [name: string, text: string, said: string])[] = [
      [
        'older',
        text.replace(/"schema":"[^"]+"/, '"schema":"0001_accounts.sql"'),
        'has the schema 0001_accounts.sql, and this version',
      ],
      ['cut', text.slice(0, text.length / 2), 'the export was not finished'],
      ['none', '{"janus":"no"}\n', 'is not an export of Janus'],
      ['changed', text.replace("Müller's/1.0", 'Mallory/1.0'), 'The chain is broken'],
      ['short', text.replace(/\n\["sessions",[^\n]+/, ''), 'The database is not as'],
    ]
    for (const [name, content, said] of cases) {
      writeFileSync(at(`${name}.ndjson`), content)
      const { code, printed } = await janus(
        importFrom,
        at(`${name}.ndjson`),
        '--sqlite',
        at(`${name}.sqlite`),
      )
      expect([code, printed], name).toEqual([-1, expect.stringContaining(said)])
    }
    const { printed } = await janus(importFrom, file, '--resume', '--sqlite', at('changed.sqlite'))
    expect(printed).toContain('The chain is broken')
  })
})
