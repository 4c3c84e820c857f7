import { applyD1Migrations, reset } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createD1Database } from '../../src/storage/d1/d1-database'
import { createAuditLog } from '../../src/storage/sql/audit-log'
import { doEverything, wholeService } from '../support/every-operation'
import { recordingD1 } from '../support/recording-d1'

/** Far from now, so that nothing of what is there is over, due or old. */
const FAR = 4_000_000_000

/** Looks at all accounts: the one statement that should cost more where there are more. */
const COUNT_USERS = 'SELECT count(*) FROM users'

/**
 * Puts so many accounts there, each with three sessions, and what else there is of accounts. The first and the second stand before
 * and after whatever id there may be: at the end of an index a lookup reads a row less.
 */
async function fill(accounts: number): Promise<void> {
  const numbers = 'WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?1)'
  const text = (length: number) =>
    `CASE n WHEN 1 THEN '${'!'.repeat(length)}' WHEN 2 THEN '${'~'.repeat(length)}' ELSE printf('%0${length}d', n) END`
  const [id, key, email] = [text(22), text(43), `${text(22)} || '@example.net'`]
  const inserts = [
    `INSERT INTO users (id, email, email_canonical, password_hash, created_at)
     ${numbers} SELECT ${id}, ${email}, ${email}, '$', ?2 FROM numbers`,
    ...[0, 1, 2].map(
      (nth) => `INSERT INTO sessions (id, user_id, mode, refresh_counter, refreshed_at, created_at,
                  authenticated_at, last_seen_at, idle_expires_at, expires_at)
                ${numbers} SELECT ${text(21)} || ${nth}, ${id}, 'token', 0, 0, ?2, ?2, ?2, ?2, ?2 FROM numbers`,
    ),
    `INSERT INTO audit_events (at, event, outcome, subject_id, chain_hash)
     ${numbers} SELECT ?2, 'signed-in', 'success', ${id}, 'sealed' FROM numbers`,
    `INSERT INTO budgets (budget_key, kind, spent_until, blocked_until)
     ${numbers} SELECT ${key}, 'password', ?2, 0 FROM numbers`,
    `INSERT INTO devices ${numbers} SELECT ${id}, ${id}, ?2, ?2, NULL, NULL FROM numbers`,
    `INSERT INTO mail_requests (account_key, purpose, spent_until) ${numbers} SELECT ${key}, 'sign-in', ?2 FROM numbers`,
    `INSERT INTO known_devices ${numbers} SELECT ${id}, 'Firefox, Linux; NL' FROM numbers WHERE ?2 > 0`,
    `INSERT INTO one_time_tokens (token_hash, purpose, holder, email_canonical, expires_at)
     ${numbers} SELECT ${key}, 'sign-in', ${id}, ${email}, ?2 FROM numbers`,
    `INSERT INTO outbox (id, kind, recipient, queued_at, expires_at, due_at)
     ${numbers} SELECT ${id}, 'new-sign-in', ${email}, ?2, ?2, ?2 FROM numbers`,
  ]
  await env.DB.batch(inserts.map((sql) => env.DB.prepare(sql).bind(accounts, FAR)))
}

/** Returns the migrations with triggers that have the time of this test: what a sweep finds would depend on how long a run took. */
function migrationsAtThisTime(): typeof env.TEST_MIGRATIONS {
  const now = String(Math.floor(Date.now() / 1000))
  return env.TEST_MIGRATIONS.map((migration) => ({
    ...migration,
    queries: migration.queries.map((query) => query.replaceAll('unixepoch()', now)),
  }))
}

/** The rows that the runs of a statement read, and those that they wrote, the fewest first. */
interface Rows {
  readonly read: readonly number[]
  readonly written: readonly number[]
}

/** Returns the rows that each statement read and wrote with so many accounts. */
async function costsAmong(accounts: number): Promise<ReadonlyMap<string, Rows>> {
  await reset()
  await applyD1Migrations(env.DB, migrationsAtThisTime())
  await fill(accounts)
  const { db, sent } = recordingD1(env.DB)
  const service = (settings: object) => wholeService({ DB: db, ...settings })
  await doEverything(
    service({}),
    service({ REGISTRATION: 'verified' }),
    service({ PASSWORD_ITERATIONS: '125000' }),
  )
  await db.prepare(COUNT_USERS).all()

  const costs = Object.groupBy(sent, ({ sql }) => sql)
  return new Map(
    Object.entries(costs).map(([sql, times = []]) => [
      sql,
      // Each by itself: neighbours that are read, or not, would pair them otherwise.
      {
        read: times.map(({ rowsRead }) => rowsRead).sort((a, b) => a - b),
        written: times.map(({ rowsWritten }) => rowsWritten).sort((a, b) => a - b),
      },
    ]),
  )
}

/**
 * The most rows beyond the ends of its ranges that a statement may meet or not: some have a dozen ranges, of random ids. There are 9,000
 * accounts more, with three sessions each.
 */
const NEIGHBOURS = 100

describe('ten times as many accounts', () => {
  let few: ReadonlyMap<string, Rows>
  let many: ReadonlyMap<string, Rows>

  beforeAll(async () => {
    // How many attempts are throttled is a matter of time.
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() })
    few = await costsAmong(1_000)
    many = await costsAmong(10_000)
  })

  afterAll(() => {
    vi.useRealTimers()
  })

  it('make no statement of any route, or of the work behind, write a row more or read more but its neighbours', () => {
    expect(few.size).toBeGreaterThan(60)
    expect([...many.keys()].sort()).toEqual([...few.keys()].sort())
    for (const [sql, costs] of many) {
      if (sql === COUNT_USERS) continue
      const before = few.get(sql) ?? { read: [], written: [] }
      expect(costs.read.length, sql).toBe(before.read.length)
      // SQLite reads one row beyond a range to see that it ends, unless it is the last of its index: ids are random, so a few more or
      // fewer say nothing. A statement that looks at all accounts reads thousands more.
      const read = costs.read.filter((rows, at) => rows > (before.read[at] ?? 0) + NEIGHBOURS)
      const written = costs.written.filter((rows, at) => rows > (before.written[at] ?? 0))
      expect({ sql, read, written }).toEqual({ sql, read: [], written: [] })
    }
  })

  it('would be seen in one that does', () => {
    expect(few.get(COUNT_USERS)).not.toEqual(many.get(COUNT_USERS))
  })
})

describe('the sweep of the audit trail', () => {
  const { db, sent } = recordingD1(env.DB)
  const auditLog = createAuditLog(createD1Database(db))

  /** Returns the rows that some work reads. */
  async function rowsReadBy(work: () => Promise<unknown>): Promise<number> {
    sent.length = 0
    await work()
    return sent.reduce((sum, { rowsRead }) => sum + rowsRead, 0)
  }

  async function insertEvents(count: number, chainHash: string | null): Promise<void> {
    await env.DB.prepare(
      `INSERT INTO audit_events (at, event, outcome, chain_hash)
       SELECT ?2, 'signed-in', 'success', ?3 FROM json_each(?1)`,
    )
      .bind(JSON.stringify(Array(count).fill(0)), FAR, chainHash)
      .run()
  }

  beforeAll(async () => {
    await reset()
    await applyD1Migrations(env.DB, env.TEST_MIGRATIONS)
  })

  it('reads no more of what waits to be sealed than it seals, however much waits', async () => {
    await insertEvents(1_000, 'sealed')
    await insertEvents(1_000, null)
    const ofFew = await rowsReadBy(() => auditLog.findUnsealed(FAR, 200))
    await insertEvents(10_000, null)
    expect(await rowsReadBy(() => auditLog.findUnsealed(FAR, 200))).toBe(ofFew)
    expect(await rowsReadBy(() => auditLog.findUnsealed(FAR + 1, 200))).toBe(ofFew)
    expect(ofFew).toBeLessThan(210)
  })

  it('reads next to nothing while nothing is to be pruned', async () => {
    expect(await rowsReadBy(() => auditLog.prune(FAR, 1_000))).toBeLessThan(5)
  })
})
