import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it } from 'vitest'
import { DELETE_SESSIONS, RESTORED } from '../../packages/cli/restored/statements'
import { createRestores } from '../../src/restores/restores'
import { StoreUnavailable } from '../../src/runtime/outage'
import { expectProblem, type SignedIn, send, signedInPerson } from '../support/person'
import { createPlace, type Place } from '../support/place'

/** Does what `janus restored` does. */
async function runRestored(): Promise<void> {
  await env.DB.batch(RESTORED.map((sql) => env.DB.prepare(sql)))
  await env.DB.prepare(DELETE_SESSIONS.sql).run()
}

type Row = Readonly<Record<string, string | number | null>>

/** Remembers what D1 has of accounts and sessions; the result puts D1 back to it. KV stays as it is. */
async function takeBackup(): Promise<() => Promise<void>> {
  const tables = await Promise.all(
    ['users', 'sessions'].map(async (table) => {
      const { results } = await env.DB.prepare(`SELECT * FROM ${table}`).all<Row>()
      return { table, rows: results }
    }),
  )
  return async () => {
    await env.DB.batch(
      tables.flatMap(({ table, rows }) => [
        env.DB.prepare(`DELETE FROM ${table}`),
        ...rows.map((row) => {
          const columns = Object.keys(row)
          const marks = columns.map(() => '?').join(', ')
          const insert = `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${marks})`
          return env.DB.prepare(insert).bind(...Object.values(row))
        }),
      ]),
    )
  }
}

beforeEach(() => env.DB.exec('UPDATE restores SET restored_at = 0'))

/** The problem of a request with a credential from before. */
const REJECTED = { session: 'session-ended', token: 'invalid-token' } as const

describe.each([
  ['session', {}],
  ['token', { JWT_ALG: 'ES256' }],
  ['token', { JWT_ALG: 'HS256' }],
] as const)('after D1 was put back, in %s mode, %o', (mode, settings) => {
  /** Asks with a credential in a place that knows of no restore yet, and in one that begins. */
  async function statuses(warm: Place, who: SignedIn): Promise<readonly number[]> {
    const answers = [await warm.askApp(who), await createPlace(settings).askApp(who)]
    return answers.map(({ status }) => status)
  }

  it('OUT-02: the account that D1 no longer knows is let in until the command runs, and not afterwards', async () => {
    const warm = createPlace(settings)
    const putBack = await takeBackup()
    const ada = await signedInPerson({ mode, service: warm })
    await putBack()
    expect(await statuses(warm, ada)).toEqual([200, 200])

    await runRestored()
    expect(await statuses(createPlace(settings), ada)).toEqual([401, 401])
    warm.ahead = 61
    expect(await statuses(warm, ada)).toEqual([401, 401])
    expectProblem(await send(warm, 'GET', '/me', { headers: ada.headers }), 401, REJECTED[mode])
  })

  it('OUT-02: the session that "everywhere" does not reach is let in until the command runs, and not afterwards', async () => {
    const warm = createPlace(settings)
    const ada = await signedInPerson({ mode, service: warm })
    const putBack = await takeBackup()
    const lost = await ada.signIn()
    await putBack()
    expect((await ada.post('/logout/all')).status).toBe(204)
    expect(await statuses(warm, lost)).toEqual([200, 200])

    await runRestored()
    warm.ahead = 61
    expect(await statuses(warm, lost)).toEqual([401, 401])
  })

  it('OUT-02: the session that was signed out is live again until the command runs, and not afterwards', async () => {
    const warm = createPlace(settings)
    const ada = await signedInPerson({ mode, service: warm })
    const putBack = await takeBackup()
    expect((await ada.post('/logout')).status).toBe(204)
    expectProblem(await send(warm, 'GET', '/me', { headers: ada.headers }), 401, 'session-ended')
    await putBack()
    expect((await send(warm, 'GET', '/me', { headers: ada.headers })).status).toBe(200)

    await runRestored()
    warm.ahead = 61
    expect(await statuses(warm, ada)).toEqual([401, 401])
    expectProblem(await send(warm, 'GET', '/me', { headers: ada.headers }), 401, REJECTED[mode])
    if (mode === 'token') {
      const body = { refresh_token: ada.refreshToken }
      expectProblem(await send(warm, 'POST', '/refresh', { body }), 401, 'session-ended')
    }
  })

  it('what is issued afterwards is accepted everywhere, and no key of before is published', async () => {
    const [warm, other] = [createPlace(settings), createPlace(settings)]
    const ada = await signedInPerson({ mode, service: warm })
    await other.askApp(ada)
    const before = await warm.services.signingKeys.keySet()
    await runRestored()
    warm.ahead = 61
    other.ahead = 61
    const again = await signedInPerson({ mode, service: warm })
    for (const place of [warm, other]) expect((await place.askApp(again)).status).toBe(200)
    const kids = ((await warm.services.signingKeys.keySet()) ?? []).map(({ kid }) => kid)
    for (const { kid } of before ?? []) expect(kids).not.toContain(kid)
  })
})

describe('the instant of the last restore', () => {
  /** Restores over a store of literals. */
  function restoresAt(answers: { lastAt: number | 'down' }) {
    const state = { now: 1000, reads: 0, log: [] as string[] }
    const deferred: Promise<unknown>[] = []
    const restores = createRestores({
      store: {
        async findLastAt() {
          state.reads += 1
          if (answers.lastAt === 'down') throw new StoreUnavailable('D1', 'down')
          return answers.lastAt
        },
        wasPutBack: async () => false,
      },
      defer: (work) => deferred.push(work),
      clock: () => state.now,
      log: (event) => state.log.push(event),
    })
    return { state, restores, settle: () => Promise.all(deferred.splice(0)) }
  }

  it('is read once in 50 seconds however many ask, and behind a response while it is younger than a minute', async () => {
    const answers = { lastAt: 7 }
    const { state, restores, settle } = restoresAt(answers)
    for (state.now = 1000; state.now < 1050; state.now++) expect(await restores.lastAt()).toBe(7)
    expect(state.reads).toBe(1)
    answers.lastAt = 900
    const asked = Array.from({ length: 20 }, () => restores.lastAt())
    expect(await Promise.all(asked)).toEqual(Array(20).fill(7))
    await settle()
    expect(await restores.lastAt()).toBe(900)
    expect(state.reads).toBe(2)
  })

  it('is never older than a minute', async () => {
    const answers = { lastAt: 7 }
    const { state, restores } = restoresAt(answers)
    await restores.lastAt()
    answers.lastAt = 900
    state.now += 60
    expect(await restores.lastAt()).toBe(900)
  })

  it('stays what it was while D1 does not answer, and D1 is asked again after ten seconds', async () => {
    const answers: { lastAt: number | 'down' } = { lastAt: 7 }
    const { state, restores, settle } = restoresAt(answers)
    await restores.lastAt()
    answers.lastAt = 'down'
    state.now += 60
    expect(await restores.lastAt()).toBe(7)
    state.now += 9
    expect(await restores.lastAt()).toBe(7)
    expect(state.reads).toBe(2)
    answers.lastAt = 900
    state.now += 1
    expect(await restores.lastAt()).toBe(7)
    await settle()
    expect(await restores.lastAt()).toBe(900)
    expect(state.log).toEqual(['restores-not-read'])
  })
})

it('an isolate that begins while D1 does not answer accepts copies', async () => {
  const ada = await signedInPerson({ mode: 'session', service: createPlace() })
  const cold = createPlace()
  cold.db.fail()
  expect((await cold.askApp(ada)).status).toBe(200)
  expect(cold.log).toContainEqual({ event: 'restores-not-read', store: 'D1' })
})

describe('OUT-02: the sweep', () => {
  const noticed = ({ log }: Place) => log.filter(({ event }) => event === 'restore-noticed')
  const readMark = async () => JSON.parse((await env.SESSIONS.get('audit-mark')) ?? 'null')

  /** Sweeps a minute after something was recorded, so that there is something to seal. */
  async function sweepAt(here: Place, ahead: number): Promise<void> {
    await signedInPerson({ mode: 'token', service: here })
    here.ahead = ahead
    await here.sweep()
  }

  beforeEach(() => env.SESSIONS.delete('audit-mark'))

  it('marks the trail at most once in ten minutes', async () => {
    const here = createPlace()
    for (const ahead of [100, 200, 300, 700]) await sweepAt(here, ahead)
    const puts = here.kv.calls.filter(({ operation, key }) => operation === 'put' && key === 'audit-mark')
    expect(puts).toHaveLength(2)
    const hash = expect.stringMatching(/^[0-9a-f]{64}$/)
    expect(await readMark()).toEqual({ seq: expect.any(Number), chainHash: hash, at: expect.any(Number) })
    expect(noticed(here)).toEqual([])
  })

  it('notices a trail that lacks what was marked, until the command has run', async () => {
    const here = createPlace()
    await sweepAt(here, 1100)
    const mark = await readMark()
    let ahead = 1100
    for (const other of [{ seq: mark.seq + 1000 }, { chainHash: 'f'.repeat(64) }]) {
      const kept = JSON.stringify({ ...mark, ...other })
      await env.SESSIONS.put('audit-mark', kept)
      ahead += 700
      await sweepAt(here, ahead)
      expect(await env.SESSIONS.get('audit-mark')).toBe(kept)
    }
    expect(noticed(here)).toHaveLength(2)

    await env.SESSIONS.put('audit-mark', JSON.stringify({ seq: mark.seq + 1000, chainHash: '', at: 1 }))
    await runRestored()
    await sweepAt(here, ahead + 700)
    expect(noticed(here)).toHaveLength(2)
    expect((await readMark()).at).toBeGreaterThan(1)
  })
})
