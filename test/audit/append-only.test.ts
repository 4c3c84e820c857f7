import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it } from 'vitest'
import { createD1Database } from '../../src/storage/d1/d1-database'
import { createAuditLog } from '../../src/storage/sql/audit-log'
import { PASSWORD, send, signedInPerson } from '../support/person'
import { deployed, ownService } from '../support/service'
import { rowsAfter } from '../support/trail'

const REFUSAL = /the audit trail is append-only/

/** Every column, with a value that the table itself would take. */
const OTHER = {
  seq: 1_000_000,
  at: 1,
  event: 'signed-in!',
  outcome: 'refused',
  reason: 'other',
  actor_id: 'other',
  subject_id: 'other',
  account_key: 'other',
  session_id: 'other',
  mode: 'other',
  address: 'other',
  country: 'XX',
  user_agent: 'other',
  request_id: 'other',
}

/** A person's events of which one has every column that a success or a refusal can have. */
beforeEach(async () => {
  const ada = await signedInPerson({ mode: 'session' })
  await ada.post('/me/delete', { password: `not ${PASSWORD}` })
})

async function seal(): Promise<void> {
  const service = ownService()
  service.ahead = 61
  await service.sweep()
}

it('knows every column that there is', async () => {
  const columns = await env.DB.prepare("SELECT name FROM pragma_table_info('audit_events')").all()
  expect(columns.results.map(({ name }) => name).sort()).toEqual(
    [...Object.keys(OTHER), 'chain_hash', 'source_salt', 'source_digest'].sort(),
  )
})

describe.each([
  ['not sealed yet', async () => {}],
  ['sealed', seal],
])('a row that is %s', (state, prepare) => {
  it.each(Object.entries(OTHER))(
    'AUD-03: keeps its %s, whatever it was and would be',
    async (column, other) => {
      await prepare()
      const before = await rowsAfter(0)
      expect(before.some(({ chain_hash }) => (chain_hash === null) === (state === 'not sealed yet'))).toBe(
        true,
      )
      for (const { seq } of before.slice(-2)) {
        for (const value of column === 'seq' ? [other] : [other, null]) {
          const update = env.DB.prepare(
            `UPDATE audit_events SET ${column} = ?1 WHERE seq = ?2 AND ${column} IS NOT ?1`,
          )
          const run = update.bind(value, seq).run()
          // NULL does not change a column that is NULL already.
          if (before.at(seq - 1 - (before[0]?.seq ?? 1) + 1)?.[column] === value) await run
          else await expect(run).rejects.toThrow(value === null ? /append-only|NOT NULL/ : REFUSAL)
        }
      }
      expect(await rowsAfter(0)).toEqual(before)
    },
  )

  it('AUD-03: is not removed, alone, with all others, or by being replaced', async () => {
    await prepare()
    const before = await rowsAfter(0)
    const last = before.at(-1)
    for (const sql of [
      `DELETE FROM audit_events WHERE seq = ${last?.seq}`,
      'DELETE FROM audit_events',
      'DELETE FROM audit_events WHERE seq = (SELECT min(seq) FROM audit_events)',
    ]) {
      await expect(env.DB.prepare(sql).run(), sql).rejects.toThrow(REFUSAL)
    }
    expect(await rowsAfter(0)).toEqual(before)
  })

  it('AUD-03: is not replaced by an insert or an upsert', async () => {
    await prepare()
    const before = await rowsAfter(0)
    const { seq } = before.at(-1) ?? {}
    const row = `INTO audit_events (seq, at, event, outcome) VALUES (${seq}, 1, 'forged', 'success')`
    for (const sql of [
      `INSERT OR REPLACE ${row}`,
      `REPLACE ${row}`,
      `INSERT ${row} ON CONFLICT DO UPDATE SET event = 'forged'`,
    ]) {
      await expect(env.DB.prepare(sql).run(), sql).rejects.toThrow()
    }
    expect(await rowsAfter(0)).toEqual(before)
  })
})

it('AUD-03: a hash is set once, and neither changed nor taken back', async () => {
  const [row] = (await rowsAfter(0)).slice(-1)
  const set = (hash: string | null) =>
    env.DB.prepare('UPDATE audit_events SET chain_hash = ?1 WHERE seq = ?2').bind(hash, row?.seq).run()
  await set('a'.repeat(64))
  for (const hash of ['b'.repeat(64), 'a'.repeat(64), null]) await expect(set(hash)).rejects.toThrow(REFUSAL)
  expect(await rowsAfter((row?.seq ?? 0) - 1)).toEqual([{ ...row, chain_hash: 'a'.repeat(64) }])
})

it('AUD-03: a hash does not come with another change', async () => {
  const [row] = (await rowsAfter(0)).slice(-1)
  const sql = "UPDATE audit_events SET chain_hash = 'x', address = '6.6.6.6' WHERE seq = ?1"
  await expect(env.DB.prepare(sql).bind(row?.seq).run()).rejects.toThrow(REFUSAL)
  expect(await rowsAfter((row?.seq ?? 0) - 1)).toEqual([row])
})

it('AUD-03: only what was pruned may go', async () => {
  await seal()
  const before = await rowsAfter(0)
  expect(before.length).toBeGreaterThan(2)
  expect(await createAuditLog(createD1Database(env.DB)).prune(Number.MAX_SAFE_INTEGER, 1)).toBe(1)
  const left = await rowsAfter(0)
  expect(left).toEqual(before.slice(1))
  for (const { seq } of left) {
    const remove = env.DB.prepare('DELETE FROM audit_events WHERE seq = ?1').bind(seq)
    await expect(remove.run()).rejects.toThrow(REFUSAL)
  }
  expect(await rowsAfter(0)).toEqual(left)
})

it('AUD-03: no route changes or removes an event', async () => {
  const ada = await signedInPerson({ mode: 'session' })
  const { events } = (await ada.get('/me/activity')).body
  const before = await rowsAfter(0)
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
    for (const path of ['/me/activity', `/me/activity/${events[0].id}`]) {
      const { status } = await send(deployed, method, path, { headers: ada.headers })
      expect([404, 405]).toContain(status)
    }
  }
  expect(await rowsAfter(0)).toEqual(before)
})
