import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { checkLive } from '../../src/guards/require-live-session'
import { countingService } from '../support/counting'
import { ENDINGS } from '../support/endings'
import { createForge } from '../support/forge'
import { guardedApp } from '../support/guarded-app'
import { expectProblem, type Person, send, signedInPerson } from '../support/person'
import { createPlace, type Place } from '../support/place'
import { stopTime } from '../support/stop-time'

/** Turns the memo on. It adds its seconds to the table of docs/explain/staleness.md, and nothing else. */
const MEMO = { MEMO_SECONDS: '5' }

beforeEach(stopTime)

/** Returns a Janus that remembers, where `person` has just been let in, so that they are remembered. */
async function remembering(
  mode: 'session' | 'token',
  settings = {},
): Promise<{ here: Place; person: Person }> {
  const here = createPlace({ ...MEMO, ...settings })
  const person = await signedInPerson({ mode, service: here })
  expect((await here.askApp(person)).status).toBe(200)
  return { here, person }
}

describe.each(['session', 'token'] as const)('in %s mode, the memo', (mode) => {
  it('saves every request after the first what it takes to know who is asking', async () => {
    const { service, costsOf } = countingService(MEMO)
    const person = await signedInPerson({ mode, service })
    const app = guardedApp(service)
    const ask = async () =>
      expect((await send(app, 'GET', '/protected', { headers: person.headers })).status).toBe(200)
    const first = await costsOf(ask)
    expect([first.kvReads, first.verifications]).toEqual(mode === 'session' ? [1, 0] : [0, 1])
    const twentyMore = await costsOf(() => Promise.all(Array.from({ length: 20 }, ask)))
    expect(twentyMore).toEqual({
      d1: 0,
      kvReads: 0,
      kvWrites: 0,
      kvDeletes: 0,
      hashes: 0,
      signatures: 0,
      verifications: 0,
    })
  })

  it('saves nothing where MEMO_SECONDS is 0', async () => {
    const { service, costsOf } = countingService({ MEMO_SECONDS: '0' })
    const person = await signedInPerson({ mode, service })
    const app = guardedApp(service)
    const ask = () => send(app, 'GET', '/protected', { headers: person.headers })
    await ask()
    const { kvReads, verifications } = await costsOf(ask)
    expect([kvReads, verifications]).toEqual(mode === 'session' ? [1, 0] : [0, 1])
  })

  it('is not asked by a live check: a session that ended elsewhere is refused at once', async () => {
    const { here, person } = await remembering(mode)
    const elsewhere = createPlace(MEMO)
    expect((await send(elsewhere, 'POST', '/logout', { headers: person.headers })).status).toBe(204)
    expectProblem(await send(here, 'GET', '/sessions', { headers: person.headers }), 401, 'session-ended')
    const live = await here.callers.requireLive(new Headers(person.headers), 'GET')
    expect(live).toMatchObject({ ok: false, problem: { body: { code: 'session-ended' } } })
    const principal = {
      userId: person.userId,
      sessionId: person.sessionId,
      mode,
      roles: [],
      authenticatedAt: 0,
      amr: ['pwd'],
      acr: 'urn:janus:1fa',
      claims: {},
    } as const
    await expect(checkLive(here.services, principal)).rejects.toMatchObject({ code: 'session-ended' })
  })

  it('lets nobody in by a credential that differs in one character', async () => {
    const { here, person } = await remembering(mode)
    const [name = '', value = ''] = Object.entries(person.headers)[0] ?? []
    for (const at of [value.length - 2, value.length - 20]) {
      const other = value.slice(0, at) + (value[at] === 'A' ? 'B' : 'A') + value.slice(at + 1)
      expect((await here.askApp({ headers: { [name]: other } })).status).toBe(401)
    }
    expect((await here.askApp(person)).status).toBe(200)
  })

  it('does not outlive the session or the token, whatever the memo has', async () => {
    const { here, person } = await remembering(mode, {
      MEMO_SECONDS: '30',
      SESSION_IDLE_SECONDS: '120',
      SESSION_LIFETIME_SECONDS: '120',
      // Longer than claims are remembered, so that they are remembered anew just before the end.
      ACCESS_TOKEN_LIFETIME_SECONDS: '90',
    })
    const life = mode === 'session' ? 120 : 90
    here.ahead = life - 10
    expect((await here.askApp(person)).status).toBe(200)
    here.ahead = life + 1
    expectProblem(await here.askApp(person), 401, mode === 'session' ? 'session-ended' : 'token-expired')
  })
})

describe('a session that is remembered', () => {
  it.each(ENDINGS)('is forgotten at once by %s here', async (_, end) => {
    const { here, person } = await remembering('session')
    expect((await end(person)).status).toBeLessThan(300)
    expectProblem(await here.askApp(person), 401, 'session-ended')
  })

  it('is forgotten by another service that ends it here', async () => {
    const { here, person } = await remembering('session')
    expect(await here.callers.endSession(person.sessionId)).toEqual({ ok: true, ended: true })
    expectProblem(await here.askApp(person), 401, 'session-ended')
  })

  it('is forgotten though KV refuses to delete its copy, and lives on there until the sweep', async () => {
    const { here, person } = await remembering('session')
    here.kv.fail('delete')
    expect((await person.post('/logout')).status).toBe(503)
    here.kv.calls.length = 0
    await here.askApp(person)
    expect(here.kv.calls).toEqual([{ operation: 'get', key: `session:${person.sessionId}` }])
  })

  it('is forgotten with all others of its account, though KV fails at the first of them', async () => {
    const { here, person } = await remembering('session')
    const others: Awaited<ReturnType<typeof person.signIn>>[] = []
    for (let n = 0; n < 12; n++) others.push(await person.signIn())
    for (const other of others) await here.askApp(other)
    here.kv.fail('delete')
    expect((await person.post('/logout/all')).status).toBe(503)
    here.kv.calls.length = 0
    for (const other of others) await here.askApp(other)
    expect(here.kv.calls.filter(({ operation }) => operation === 'get')).toHaveLength(12)
  })

  it('is forgotten when its copy is deleted here because it had ended elsewhere', async () => {
    const { here, person } = await remembering('session')
    await createPlace().callers.endSession(person.sessionId)
    await here.services.sessionCache.delete([person.sessionId])
    expectProblem(await here.askApp(person), 401, 'session-ended')
  })

  it('is forgotten when its copy is written anew here: the next request sees what was written', async () => {
    const { here, person } = await remembering('session')
    const now = here.services.clock()
    const live = await here.services.sessions.findLive(person.sessionId, now)
    if (!live) throw new Error('The session has ended')
    await here.services.sessionCache.save({ ...live, roles: ['writer'] }, now)
    expect((await here.askApp(person)).body.roles).toEqual(['writer'])
  })

  it('is honoured for MEMO_SECONDS after it ended elsewhere, and no longer', async () => {
    const { here, person } = await remembering('session')
    await createPlace().callers.endSession(person.sessionId)
    here.ahead = 3
    expect((await here.askApp(person)).status).toBe(200)
    here.ahead = 6
    expectProblem(await here.askApp(person), 401, 'session-ended')
  })

  it('is forgotten at its idle expiry when D1 was away as it would have slid', async () => {
    const { here, person } = await remembering('session', {
      MEMO_SECONDS: '30',
      SESSION_IDLE_SECONDS: '120',
      SESSION_LIFETIME_SECONDS: '600',
    })
    here.ahead = 110
    here.db.fail()
    expect((await here.askApp(person)).status).toBe(200)
    here.db.recover()
    here.ahead = 121
    expectProblem(await here.askApp(person), 401, 'session-ended')
  })

  it('is not made to last by being used', async () => {
    const { here, person } = await remembering('session')
    await createPlace().callers.endSession(person.sessionId)
    for (here.ahead = 1; here.ahead < 4; here.ahead++) await here.askApp(person)
    here.ahead = 6
    expectProblem(await here.askApp(person), 401, 'session-ended')
  })

  it('is not remembered by a request that was under way when it ended', async () => {
    const { here, person } = await remembering('session')
    here.ahead = 6
    here.kv.fallBehind()
    await here.askApp(person)
    here.ahead = 12
    const held = here.kv.hold('get')
    const underWay = here.askApp(person)
    await held.reached
    await here.callers.endSession(person.sessionId)
    held.release()
    expect((await underWay).status).toBe(200)
    here.kv.catchUp()
    expectProblem(await here.askApp(person), 401, 'session-ended')
  })

  it('is known while KV and D1 are down', async () => {
    const { here, person } = await remembering('session')
    here.kv.fail('get')
    here.db.fail()
    expect((await here.askApp(person)).status).toBe(200)
  })

  it('slides as it would without: the request that is not remembered moves it on', async () => {
    const { here, person } = await remembering('session', { SESSION_IDLE_SECONDS: '120' })
    const idleExpiresAt = () =>
      env.DB.prepare('SELECT idle_expires_at FROM sessions WHERE id = ?1')
        .bind(person.sessionId)
        .first<number>('idle_expires_at')
    const before = (await idleExpiresAt()) ?? 0
    here.ahead = 70
    expect((await here.askApp(person)).status).toBe(200)
    expect(await idleExpiresAt()).toBeGreaterThan(before + 60)
  })
})

describe('a token that is remembered', () => {
  it('KEY-02: is refused once its key has left the set', async () => {
    const { here, person } = await remembering('token')
    const verifier = vi.spyOn(here.services.signingKeys, 'verifier')
    verifier.mockResolvedValue(null)
    expectProblem(await here.askApp(person), 401, 'invalid-token')
    verifier.mockRestore()
    expect((await here.askApp(person)).status).toBe(200)
  })

  it('TOK-04: opens nothing for another that is like it but for its signature', async () => {
    const { here, person } = await remembering('token')
    const forge = await createForge(person)
    const [header, claims] = forge.token.split('.')
    const other = await forge.signClaims({ jti: 'other' })
    const signature = other.split('.')[2]
    const headers = { Authorization: `Bearer ${header}.${claims}.${signature}` }
    expectProblem(await here.askApp({ headers }), 401, 'invalid-token')
  })
})
