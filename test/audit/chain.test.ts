import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it } from 'vitest'
import { type AuditRow, chainHash, holdsSource } from '../../src/audit/audit-chain'
import { sweepAudit } from '../../src/audit/sweep-audit'
import { createD1Database } from '../../src/storage/d1/d1-database'
import { createKvMarkStore } from '../../src/storage/kv/mark-store'
import { createAuditLog } from '../../src/storage/sql/audit-log'
import { createRestoreStore } from '../../src/storage/sql/restore-store'
import { faultyD1 } from '../support/faulty-d1'
import { PASSWORD, send, signedInPerson } from '../support/person'
import { type LoggedEvent, ownService } from '../support/service'
import { rowsAfter } from '../support/trail'

const DAY = 24 * 60 * 60

/** Noon of a day, in seconds. */
const NOON = 20_000 * DAY + DAY / 2

beforeEach(async () => {
  // An empty trail, by the way that pruning goes.
  await env.DB.batch([
    env.DB.prepare("UPDATE audit_chain SET pruned_to = 9e15, chain_hash = ''"),
    env.DB.prepare('DELETE FROM audit_events'),
    env.DB.prepare('UPDATE audit_chain SET pruned_to = 0'),
  ])
})

/** Puts one event into the trail for each of these instants. */
async function insertAt(...instants: readonly number[]): Promise<void> {
  await env.DB.prepare(
    `INSERT INTO audit_events (at, event, outcome, subject_id, user_agent)
     SELECT value, 'signed-in', 'success', 'ada', 'Müller/1.0 "x"' FROM json_each(?1)`,
  )
    .bind(JSON.stringify(instants))
    .run()
}

/** Sweeps once at an instant, and returns what it logged. */
async function sweepAt(
  now: number,
  { days = 365, db = env.DB }: { days?: number; db?: Parameters<typeof createD1Database>[0] } = {},
): Promise<readonly LoggedEvent[]> {
  const log: LoggedEvent[] = []
  await sweepAudit({
    auditLog: createAuditLog(createD1Database(db)),
    auditRetentionDays: days,
    restoreStore: createRestoreStore(createD1Database(db)),
    marks: createKvMarkStore(env.SESSIONS),
    clock: () => now,
    log: (event, fields) => log.push({ event, ...fields }),
  })
  return log
}

/** Returns the first row whose hash is not that of all before it, or that is not the next; `null` if the chain is whole. */
async function firstBroken(): Promise<number | null> {
  const anchor = await env.DB.prepare('SELECT pruned_to, chain_hash FROM audit_chain').first()
  let [seq, hash] = [Number(anchor?.pruned_to), String(anchor?.chain_hash)]
  for (const row of await rowsAfter(0)) {
    if (row.chain_hash === null) continue
    seq += 1
    hash = await chainHash(hash, row as unknown as AuditRow)
    const holds = await holdsSource(row as unknown as AuditRow)
    if (row.seq !== seq || row.chain_hash !== hash || !holds) return seq
  }
  return null
}

async function sealedSeqs(): Promise<readonly number[]> {
  return (await rowsAfter(0)).filter(({ chain_hash }) => chain_hash !== null).map(({ seq }) => seq)
}

/** Changes rows as a database administrator could, without the triggers. */
async function behindTheTriggers(sql: string): Promise<void> {
  const triggers = await env.DB.prepare(
    "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_events'",
  ).all<{ name: string; sql: string }>()
  expect(triggers.results.length).toBeGreaterThanOrEqual(2)
  await env.DB.batch([
    ...triggers.results.map(({ name }) => env.DB.prepare(`DROP TRIGGER ${name}`)),
    env.DB.prepare(sql),
    ...triggers.results.map((trigger) => env.DB.prepare(trigger.sql)),
  ])
}

describe('sealing', () => {
  it('AUD-03: seals what happened more than a minute ago, in order, and logs the end of the chain', async () => {
    await insertAt(NOON - 3600, NOON - 61, NOON - 60, NOON)
    const log = await sweepAt(NOON)
    const [first, second, ...others] = await rowsAfter(0)
    const one = await chainHash('', first as unknown as AuditRow)
    const two = await chainHash(one, second as unknown as AuditRow)
    expect([first?.chain_hash, second?.chain_hash]).toEqual([one, two])
    expect(others.map(({ chain_hash }) => chain_hash)).toEqual([null, null])
    expect(log).toEqual([{ event: 'audit-sealed', seq: 2, chain_hash: two, events: 2 }])
    expect(one).toMatch(/^[0-9a-f]{64}$/)
  })

  it('AUD-03: seals each row once, and goes on from the end', async () => {
    await insertAt(NOON - 3600, NOON - 61)
    await sweepAt(NOON)
    const before = await rowsAfter(0)
    expect(await sweepAt(NOON + 1)).toEqual([])
    expect(await rowsAfter(0)).toEqual(before)
    await insertAt(NOON)
    const [line] = await sweepAt(NOON + 61)
    const [last] = await rowsAfter(2)
    expect(last?.chain_hash).toBe(await chainHash(String(before[1]?.chain_hash), last as unknown as AuditRow))
    expect(line).toEqual({ event: 'audit-sealed', seq: 3, chain_hash: last?.chain_hash, events: 1 })
    expect(await firstBroken()).toBeNull()
  })

  it('AUD-03: seals no row before all rows before it, whatever the clocks of their requests said', async () => {
    await insertAt(NOON - 100, NOON - 10, NOON - 90, NOON - 80)
    await sweepAt(NOON)
    expect(await sealedSeqs()).toEqual([1])
    await sweepAt(NOON + 100)
    expect(await sealedSeqs()).toEqual([1, 2, 3, 4])
    expect(await firstBroken()).toBeNull()
  })

  it('AUD-03: two sweeps at once agree', async () => {
    await insertAt(...Array.from({ length: 250 }, (_, index) => NOON - 1000 + index))
    await Promise.all([sweepAt(NOON), sweepAt(NOON), sweepAt(NOON - 10)])
    expect(await sealedSeqs()).toHaveLength(250)
    expect(await firstBroken()).toBeNull()
  })

  it('AUD-03: a sweep that comes late changes nothing that another has sealed', async () => {
    await insertAt(NOON - 1000, NOON - 900)
    const db = faultyD1(env.DB)
    const sealing = db.hold(/UPDATE audit_events/)
    const late = sweepAt(NOON, { db: db as unknown as D1Database })
    await sealing.reached
    await insertAt(NOON - 800)
    await sweepAt(NOON)
    const before = await rowsAfter(0)
    sealing.release()
    await late
    expect(await rowsAfter(0)).toEqual(before)
    expect(await firstBroken()).toBeNull()
  })

  it('AUD-03: a sweep that comes late seals nothing after what another has sealed', async () => {
    await insertAt(NOON - 1000, NOON - 900, NOON - 800)
    const db = faultyD1(env.DB)
    const sealing = db.hold(/UPDATE audit_events/)
    const late = sweepAt(NOON, { db: db as unknown as D1Database })
    await sealing.reached
    await sweepAt(NOON - 830)
    sealing.release()
    await late
    expect(await sealedSeqs()).toHaveLength(2)
    await sweepAt(NOON)
    expect(await sealedSeqs()).toHaveLength(3)
    expect(await firstBroken()).toBeNull()
  })

  it('AUD-03: does a bounded number of rows in a run, and the rest in the next', async () => {
    await insertAt(...Array.from({ length: 1100 }, (_, index) => NOON - 2000 + (index % 900)).sort())
    const log = await sweepAt(NOON)
    expect(log.map(({ event, events }) => `${event} ${events}`)).toEqual(Array(5).fill('audit-sealed 200'))
    expect(await sealedSeqs()).toHaveLength(1000)
    await sweepAt(NOON)
    expect(await sealedSeqs()).toHaveLength(1100)
    expect(await firstBroken()).toBeNull()
  })

  it('AUD-03: is finished by the next run when the answer was lost', async () => {
    await insertAt(NOON - 1000, NOON - 900)
    const db = faultyD1(env.DB)
    db.loseAnswers()
    await expect(sweepAt(NOON, { db: db as unknown as D1Database })).rejects.toThrow()
    await insertAt(NOON - 800)
    await sweepAt(NOON)
    expect(await sealedSeqs()).toEqual([1, 2, 3])
    expect(await firstBroken()).toBeNull()
  })
})

describe('a sealed trail', () => {
  const COLUMNS = [
    "at = 1, event = 'x'",
    'at = at + 1',
    "event = 'account-deleted'",
    "outcome = 'refused'",
    "reason = ''",
    "actor_id = 'eve'",
    "subject_id = 'eve'",
    'subject_id = NULL',
    "account_key = 'x'",
    "session_id = 'x'",
    "mode = 'token'",
    "address = '6.6.6.6'",
    "country = 'XX'",
    "user_agent = 'Müller/1.0'",
    "request_id = 'x'",
    // A value that moves from one column to the next is a change, too.
    'user_agent = NULL, request_id = user_agent',
  ]

  it.each(COLUMNS)('AUD-03: shows that a row was changed: %s', async (change) => {
    await insertAt(...Array.from({ length: 5 }, (_, index) => NOON - 1000 + index))
    await sweepAt(NOON)
    expect(await firstBroken()).toBeNull()
    await behindTheTriggers(`UPDATE audit_events SET ${change} WHERE seq = 3`)
    expect(await firstBroken()).toBe(3)
  })

  it.each([
    ['the first was removed', 'DELETE FROM audit_events WHERE seq = 1', 1],
    ['one was removed', 'DELETE FROM audit_events WHERE seq = 3', 3],
    ['one took the place of another', 'UPDATE audit_events SET seq = seq + 100 WHERE seq = 3', 3],
    ['its hash was changed', "UPDATE audit_events SET chain_hash = 'x' WHERE seq = 3", 3],
    [
      'one was put between, and the others moved on',
      `INSERT INTO audit_events SELECT 1000 + seq, at, event, outcome, reason, actor_id, subject_id, account_key, session_id,
         mode, address, country, user_agent, request_id, chain_hash, source_salt, source_digest FROM audit_events WHERE seq = 2`,
      6,
    ],
  ])('AUD-03: shows that %s', async (_, sql, seq) => {
    await insertAt(...Array.from({ length: 5 }, (_, index) => NOON - 1000 + index))
    await sweepAt(NOON)
    await behindTheTriggers(sql)
    expect(await firstBroken()).toBe(seq)
  })

  it('AUD-03: shows by the log that its end was cut off', async () => {
    await insertAt(...Array.from({ length: 5 }, (_, index) => NOON - 1000 + index))
    const [line] = await sweepAt(NOON)
    await behindTheTriggers('DELETE FROM audit_events WHERE seq > 3')
    expect(await firstBroken()).toBeNull()
    const [end] = (await rowsAfter(0)).slice(-1)
    expect(line).toMatchObject({ event: 'audit-sealed', seq: 5 })
    expect(end?.chain_hash).not.toBe(line?.chain_hash)
  })
})

describe('pruning', () => {
  const MIDNIGHT = NOON - DAY / 2

  it('AUD-03: keeps whole days, as many as are configured, and a chain that can be verified', async () => {
    const kept = [MIDNIGHT - 2 * DAY, MIDNIGHT - DAY, MIDNIGHT - 1, NOON - 100]
    await insertAt(MIDNIGHT - 9 * DAY, MIDNIGHT - 2 * DAY - 1, ...kept)
    const log = await sweepAt(NOON, { days: 2 })
    expect(log.at(-1)).toEqual({ event: 'audit-pruned', events: 2 })
    const rows = await rowsAfter(0)
    expect(rows.map(({ at }) => at)).toEqual(kept)
    expect(await env.DB.prepare('SELECT pruned_to FROM audit_chain').first('pruned_to')).toBe(2)
    expect(await firstBroken()).toBeNull()
    expect((await sweepAt(NOON, { days: 2 })).filter(({ event }) => event === 'audit-pruned')).toEqual([])
    expect(await rowsAfter(0)).toEqual(rows)
  })

  it('AUD-03: shows that more was removed than was pruned', async () => {
    await insertAt(MIDNIGHT - 9 * DAY, MIDNIGHT - 9 * DAY, MIDNIGHT - DAY, MIDNIGHT - DAY)
    await sweepAt(NOON, { days: 2 })
    await behindTheTriggers('DELETE FROM audit_events WHERE seq = 3')
    expect(await firstBroken()).toBe(3)
  })

  it('AUD-03: never removes the newest row, so that no place is given twice', async () => {
    await insertAt(NOON - 900 * DAY, NOON - 900 * DAY)
    await sweepAt(NOON, { days: 1 })
    expect((await rowsAfter(0)).map(({ seq }) => seq)).toEqual([2])
    await sweepAt(NOON + DAY, { days: 1 })
    await insertAt(NOON)
    expect((await rowsAfter(0)).map(({ seq }) => seq)).toEqual([2, 3])
    await sweepAt(NOON + 100, { days: 1 })
    expect((await rowsAfter(0)).map(({ seq }) => seq)).toEqual([3])
    expect(await firstBroken()).toBeNull()
  })

  it('AUD-03: removes nothing that is not sealed, nor anything after it', async () => {
    await insertAt(...Array.from({ length: 5 }, () => NOON - 900 * DAY))
    await env.DB.prepare("UPDATE audit_events SET chain_hash = 'x' WHERE seq IN (1, 3, 4, 5)").run()
    const auditLog = createAuditLog(createD1Database(env.DB))
    expect(await auditLog.prune(NOON, 100)).toBe(1)
    expect(await auditLog.prune(NOON, 100)).toBe(0)
    expect((await rowsAfter(0)).map(({ seq }) => seq)).toEqual([2, 3, 4, 5])
  })

  it('AUD-03: removes a bounded number of rows in a run, and the rest in the next', async () => {
    await insertAt(...Array.from({ length: 1100 }, () => NOON - 900 * DAY))
    expect((await sweepAt(NOON)).at(-1)).toEqual({ event: 'audit-pruned', events: 1000 })
    expect(await firstBroken()).toBeNull()
    expect((await sweepAt(NOON)).at(-1)).toEqual({ event: 'audit-pruned', events: 99 })
    expect((await rowsAfter(0)).map(({ seq }) => seq)).toEqual([1100])
    expect(await firstBroken()).toBeNull()
  })

  it('AUD-03: two at once leave a chain that can be verified', async () => {
    await insertAt(...Array.from({ length: 20 }, (_, index) => NOON - (20 - index) * DAY))
    await sweepAt(NOON)
    await Promise.all([sweepAt(NOON, { days: 10 }), sweepAt(NOON, { days: 5 }), sweepAt(NOON, { days: 8 })])
    expect((await rowsAfter(0)).map(({ seq }) => seq)).toEqual([16, 17, 18, 19, 20])
    expect(await firstBroken()).toBeNull()
  })
})

describe('a deleted account', () => {
  const kept = (id: string) =>
    env.DB.prepare('SELECT address, user_agent, country, source_salt FROM audit_events WHERE subject_id = ?1')
      .bind(id)
      .all<Record<string, string | null>>()

  it.each(['session', 'token'] as const)(
    'AUD-03: in %s mode, loses addresses and agents in the trail within minutes, whose chain stays whole; others lose nothing',
    async (mode) => {
      const service = ownService()
      const [ada, eve] = [await signedInPerson({ mode, service }), await signedInPerson({ mode, service })]
      const agent = { 'User-Agent': 'Canary/1.0', ...ada.headers }
      const deletion = { headers: agent, body: { password: PASSWORD } }
      // Some of it is sealed before, and some after.
      const now = Math.floor(Date.now() / 1000)
      await sweepAt(now + 61)
      expect((await send(service, 'POST', '/me/delete', deletion)).status).toBe(204)
      expect((await kept(ada.userId)).results.some(({ user_agent }) => user_agent === 'Canary/1.0')).toBe(
        true,
      )

      for (const later of [62, 125, 190]) await sweepAt(now + later)
      const { results } = await kept(ada.userId)
      expect(results.length).toBeGreaterThan(2)
      for (const row of results)
        expect(row).toMatchObject({ address: null, user_agent: null, source_salt: null })
      expect((await kept(eve.userId)).results.every(({ address }) => address !== null)).toBe(true)
      expect((await env.DB.prepare('SELECT id FROM deleted_accounts').all()).results).toEqual([])
      expect(await firstBroken()).toBeNull()
      expect((await rowsAfter(0)).every(({ chain_hash }) => chain_hash !== null)).toBe(true)
    },
  )

  it('AUD-03: nobody forgets where events of an account came from while there is the account, or changes it', async () => {
    const ada = await signedInPerson({ mode: 'session' })
    await sweepAt(Math.floor(Date.now() / 1000) + 61)
    const set = (values: string) =>
      env.DB.prepare(`UPDATE audit_events SET ${values} WHERE subject_id = ?1`).bind(ada.userId).run()
    const forget = 'address = NULL, user_agent = NULL, source_salt = NULL'
    await expect(set(forget)).rejects.toThrow('append-only')
    await env.DB.prepare('DELETE FROM users WHERE id = ?1').bind(ada.userId).run()
    for (const more of ["country = 'XX'", 'chain_hash = NULL', 'source_digest = NULL', "address = '6.6.6.6'"])
      await expect(set(`${forget}, ${more}`)).rejects.toThrow('append-only')
    await set(`${forget}`)
    expect(await firstBroken()).toBeNull()
  })

  it('AUD-03: rows that an older version sealed verify as they are, and keep what they have until they are pruned', async () => {
    await insertAt(NOON - 1000)
    const [old] = await rowsAfter(0)
    const hash = await chainHash('', old as unknown as AuditRow)
    await env.DB.prepare('UPDATE audit_events SET chain_hash = ?1').bind(hash).run()
    await insertAt(NOON - 900)
    await sweepAt(NOON)
    expect(await firstBroken()).toBeNull()
    const [first, second] = await rowsAfter(0)
    expect([first?.source_digest, second?.source_digest]).toEqual([
      null,
      expect.stringMatching(/^[0-9a-f]{64}$/),
    ])
    await behindTheTriggers('UPDATE audit_events SET user_agent = NULL WHERE seq = 1')
    expect(await firstBroken()).toBe(1)
  })
})
