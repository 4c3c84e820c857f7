import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { NEWEST_MIGRATION } from '../../src/storage/d1/schema'
import { NEWEST_POSTGRES_MIGRATION } from '../../src/storage/postgres/schema'
import FROZEN from './frozen.json'
import FROZEN_OF_POSTGRES from './frozen-postgres.json'

const FOLDER = join(import.meta.dirname, '../../src/storage/d1/migrations')
const NAMES = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.sql'))
  .sort()

/** As git stores it: a checkout may have other line ends. */
function read(name: string): string {
  return readFileSync(join(FOLDER, name), 'utf8').replaceAll('\r\n', '\n')
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

describe('the migrations', () => {
  it.each(NAMES)('%s is the file that databases have applied', (name) => {
    const hash = sha256(read(name))
    const line = `"${name}": "${hash}"`
    const frozen: string | undefined = (FROZEN as Readonly<Record<string, string>>)[name]
    const advice =
      frozen === undefined
        ? `A new migration is frozen when it lands. Add to test/migrations/frozen.json: ${line}`
        : `Never edit a migration that has landed: databases that applied it keep the older text. Restore ${name}, and add a new migration.`
    expect(frozen, advice).toBe(hash)
  })

  it('none is removed, and each has a number of its own', () => {
    expect(NAMES).toEqual(Object.keys(FROZEN).sort())
    const numbers = NAMES.map((name) => name.slice(0, 5))
    expect(numbers).toEqual([...new Set(numbers)])
    expect(numbers.every((number) => /^\d{4}_$/.test(number))).toBe(true)
  })

  it('LOG-06: they make no account, and nothing that opens one', () => {
    const database = new DatabaseSync(':memory:')
    for (const name of NAMES) database.exec(read(name))
    for (const table of ['users', 'sessions', 'one_time_tokens', 'devices', 'signing_keys']) {
      const [row] = database.prepare(`SELECT count(*) AS n FROM ${table}`).all()
      expect({ table, rows: row?.n }).toEqual({ table, rows: 0 })
    }
    database.close()
  })

  it('the newest is the one that readyz asks for', () => {
    expect(NEWEST_MIGRATION).toBe(NAMES.at(-1))
  })

  // The remote D1 splits what it is sent by these words: workers-sdk issues 4326, 4727, 10998, 14991 and 15314.
  it.each(NAMES)('%s: remote D1 finds where its triggers begin and end', (name) => {
    const text = read(name).replace(/--.*$/gm, '')
    const triggers = [...text.matchAll(/CREATE TRIGGER\b.*?^END;$/gms)].map(([trigger]) => trigger)
    expect(text.match(/CREATE\s+(TEMP\w*\s+)?TRIGGER/gi) ?? []).toHaveLength(triggers.length)
    for (const trigger of triggers) {
      expect(trigger.match(/\b(?:begin|case|end)\b/gi), trigger).toEqual(['BEGIN', 'END'])
    }
  })
})

describe('the migrations of PostgreSQL', () => {
  const folder = join(import.meta.dirname, '../../src/storage/postgres/migrations')
  const names = readdirSync(folder).sort()

  it.each(names)('%s is the file that databases have applied', (name) => {
    const text = readFileSync(join(folder, name), 'utf8').replaceAll('\r\n', '\n')
    const frozen: string | undefined = (FROZEN_OF_POSTGRES as Readonly<Record<string, string>>)[name]
    expect(frozen, 'Never edit a migration that has landed. A new one goes into frozen-postgres.json').toBe(
      sha256(text),
    )
  })

  it('begin with the tables of D1 up to 0020, and each later one of D1 has one of the same name', () => {
    const repairs = ['0042_whole_seconds.sql']
    expect(names).toEqual(Object.keys(FROZEN_OF_POSTGRES).sort())
    expect(names).toEqual(['0020_schema.sql', ...NAMES.filter((name) => name > '0021'), ...repairs].sort())
    expect(NEWEST_POSTGRES_MIGRATION).toBe(names.at(-1))
  })
})

/** Returns the schema after migrations, each a name and its text. */
function schemaAfter(migrations: readonly (readonly [string, string])[]): readonly unknown[] {
  const database = new DatabaseSync(':memory:')
  for (const [, text] of migrations) database.exec(text)
  const schema = database
    .prepare("SELECT type, name, tbl_name, sql FROM sqlite_master WHERE sql <> '' ORDER BY type, name")
    .all()
  database.close()
  return schema
}

/** Three migrations were changed in place before they were frozen. What each had been, made from the text of today. */
const FORMER = {
  '0002_sessions.sql': {
    hash: 'a8a337b54690cc9d',
    from: (text: string) =>
      text.replace(
        "iif(NEW.disabled_at IS NOT NULL, 'account-disabled', 'roles-changed')",
        "CASE WHEN NEW.disabled_at IS NOT NULL THEN 'account-disabled' ELSE 'roles-changed' END",
      ),
  },
  '0005_audit.sql': {
    hash: 'a37ab1d94b92718d',
    from: (text: string) => text.replace(/-- INSERT OR REPLACE.*?^END;\n\n/ms, ''),
  },
  '0006_mail.sql': {
    hash: '87d63b42347f94a5',
    from: (text: string) => {
      const [trigger = ''] = /\n-- What was set up before .*?^END;\n/ms.exec(text) ?? []
      const former = trigger.replace('  DELETE FROM known_devices WHERE user_id = NEW.id;\n', '')
      const place = 'ALTER TABLE users ADD COLUMN email_verified_at INTEGER;\n'
      return text.replace(trigger, '').replace(place, `${place}${former}`)
    },
  },
} satisfies Readonly<Record<string, { hash: string; from: (text: string) => string }>>

type Changed = keyof typeof FORMER

function former(name: Changed): string {
  const text = FORMER[name].from(read(name))
  // Only the very text that was applied proves anything.
  expect(sha256(text).slice(0, 16)).toBe(FORMER[name].hash)
  return text
}

describe('a database from before migrations were frozen', () => {
  const fresh = schemaAfter(NAMES.map((name) => [name, read(name)]))

  it.each<[Changed[]]>([
    [['0002_sessions.sql']],
    [['0002_sessions.sql', '0006_mail.sql']],
    [['0002_sessions.sql', '0005_audit.sql']],
    [['0002_sessions.sql', '0005_audit.sql', '0006_mail.sql']],
  ])('with the former %s is as a fresh one after the migrations of today', (changed) => {
    const older = NAMES.map(
      (name) => [name, changed.some((one) => one === name) ? former(name as Changed) : read(name)] as const,
    )
    const until = older.filter(([name]) => name < '0007')
    expect(schemaAfter(until)).not.toEqual(schemaAfter(until.map(([name]) => [name, read(name)])))
    expect(schemaAfter(older)).toEqual(fresh)
  })

  it('keeps its rows, and its triggers work', () => {
    const database = new DatabaseSync(':memory:')
    for (const name of NAMES.filter((name) => name < '0007')) {
      database.exec(name in FORMER ? former(name as Changed) : read(name))
    }
    database.exec("INSERT INTO audit_events (at, event, outcome) VALUES (1, 'signed-in', 'success')")
    const replace = () =>
      database.exec(
        "INSERT OR REPLACE INTO audit_events (seq, at, event, outcome) VALUES (1, 2, 'x', 'success')",
      )
    replace()
    expect(database.prepare('SELECT at FROM audit_events').all()).toEqual([{ at: 2 }])
    for (const name of NAMES.filter((name) => name >= '0007')) database.exec(read(name))
    expect(replace).toThrow('append-only')
    expect(database.prepare('SELECT at FROM audit_events').all()).toEqual([{ at: 2 }])
    database.close()
  })

  it('keeps the links that wait when their table is made again', () => {
    const database = new DatabaseSync(':memory:')
    for (const name of NAMES.filter((name) => name < '0011')) database.exec(read(name))
    const [user, token, other] = ['u'.repeat(22), 't'.repeat(43), 'o'.repeat(43)]
    database.exec(
      `INSERT INTO users (id, email, email_canonical, created_at) VALUES ('${user}', 'Ada@example.com', 'ada@example.com', 1);
       INSERT INTO one_time_tokens VALUES
         ('${token}', 'register', 'eve@example.com', 'eve@example.com', 'Eve@example.com', 'eve@example.com', 'Eve', '$x', '${token}', 9),
         ('${other}', 'sign-in', '${user}', 'ada@example.com', NULL, NULL, NULL, NULL, '${other}', 8);
       INSERT INTO mail_requests VALUES ('${token}', 'sign-in', 7);`,
    )
    const rows = () => database.prepare('SELECT * FROM one_time_tokens ORDER BY expires_at').all()
    // What has come since is empty.
    const added = { return_to: null, code_mac: null, code_tries: 0, account_key: null }
    const before = rows().map((row) => ({ ...row, ...added }))
    for (const name of NAMES.filter((name) => name >= '0011')) database.exec(read(name))
    expect(rows()).toEqual(before)
    expect(database.prepare('SELECT spent_until FROM mail_requests').all()).toEqual([{ spent_until: 7 }])
    // And what ends them, ends them.
    database.exec("UPDATE users SET password_hash = '$y'")
    expect(rows()).toEqual(before.slice(1))
    database.close()
  })

  it('of the first commit, whose keys have other columns, is refused with an error', () => {
    const database = new DatabaseSync(':memory:')
    database.exec('CREATE TABLE signing_keys (kid TEXT PRIMARY KEY, created_at INTEGER NOT NULL)')
    expect(() => database.exec(read('0007_triggers_as_they_are.sql'))).toThrow('no such column: generation')
    database.close()
  })
})
