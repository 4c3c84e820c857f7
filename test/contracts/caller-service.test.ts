import { env, exports } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { createJanus } from '../../src/janus'
import { signedInPerson } from '../support/person'
import { createPlace, sessionCopy, sessionRow } from '../support/place'
import { ownService } from '../support/service'

const { Janus } = exports

describe.each(['session', 'token'] as const)('over a service binding, a caller in %s mode', (mode) => {
  it('is known as the HTTP routes know them', async () => {
    const person = await signedInPerson({ mode })
    const principal = {
      userId: person.userId,
      sessionId: person.sessionId,
      mode,
      roles: [],
      authenticatedAt: expect.any(Number),
      amr: ['pwd'],
      acr: 'urn:janus:1fa',
      claims: {},
    }
    const headers = new Headers(person.headers)
    expect(await Janus.authenticate(headers, 'GET')).toEqual({ ok: true, principal })
    expect(await Janus.requireLive(headers, 'GET')).toEqual({ ok: true, principal })
  })

  it('has no session any more once another service ends it', async () => {
    const person = await signedInPerson({ mode })
    const headers = new Headers(person.headers)
    expect(await Janus.endSession(person.sessionId)).toEqual({ ok: true, ended: true })
    expect(await Janus.requireLive(headers, 'GET')).toMatchObject({
      ok: false,
      problem: { status: 401, body: { code: 'session-ended' } },
    })
    expect(await sessionCopy(person.sessionId)).toBeNull()
    expect(await sessionRow(person.sessionId)).toMatchObject({ end_reason: 'ended-by-service' })
    expect(await Janus.endSession(person.sessionId)).toEqual({ ok: true, ended: false })
  })

  it('AUD-01: whose session another service ended can read that it was', async () => {
    const person = await signedInPerson({ mode })
    const other = await person.signIn()
    await Janus.endSession(other.sessionId)
    const { body } = await person.get('/me/activity')
    expect(body.events[0]).toMatchObject({
      event: 'session-ended',
      reason: 'ended-by-service',
      by_owner: false,
      session_id: other.sessionId,
    })
  })

  it('ADM-03: is let in until the answer is stale, and not by a live check, once disabled', async () => {
    const person = await signedInPerson({ mode })
    await env.DB.prepare('UPDATE users SET disabled_at = 1 WHERE id = ?1').bind(person.userId).run()
    const headers = new Headers(person.headers)
    expect((await Janus.authenticate(headers, 'GET')).ok).toBe(true)
    expect((await Janus.requireLive(headers, 'GET')).ok).toBe(false)
  })

  it('API-02: is answered with a problem, not with an error, where a store fails', async () => {
    const here = createPlace()
    const person = await signedInPerson({ mode, service: here })
    here.db.fail()
    const headers = new Headers(person.headers)
    expect((await here.callers.authenticate(headers, 'GET')).ok).toBe(true)
    for (const answer of [
      await here.callers.requireLive(headers, 'GET'),
      await here.callers.endSession(person.sessionId),
    ]) {
      expect(answer).toMatchObject({
        ok: false,
        problem: { status: 503, headers: { 'Retry-After': '5' }, body: { code: 'store-unavailable' } },
      })
    }
    expect(here.log.map(({ event }) => event)).toContain('store-unavailable')
  })
})

it('a copy that was left is deleted by whoever asks again', async () => {
  const here = createPlace()
  const person = await signedInPerson({ mode: 'session', service: here })
  here.kv.fail('delete')
  await here.callers.endSession(person.sessionId)
  here.kv.recover()
  expect(await here.callers.endSession(person.sessionId)).toEqual({ ok: true, ended: false })
  expect(await sessionCopy(person.sessionId)).toBeNull()
})

it('CSRF-02: the handshake of a WebSocket is no safe request: another site is refused', async () => {
  const person = await signedInPerson({ mode: 'session' })
  const handshake = (origin: string) =>
    Janus.authenticate(new Headers({ ...person.headers, Upgrade: 'WebSocket', Origin: origin }), 'GET')
  expect((await handshake(env.ISSUER)).ok).toBe(true)
  expect(await handshake('https://evil.example.com')).toMatchObject({
    ok: false,
    problem: { body: { code: 'cross-site-request' } },
  })
})

it('CSRF-02: a cookie without the method of its request counts as if the request changed something', async () => {
  const person = await signedInPerson({ mode: 'session' })
  const from = (site: string) => new Headers({ ...person.headers, 'Sec-Fetch-Site': site })
  expect((await Janus.authenticate(from('same-origin'))).ok).toBe(true)
  expect((await Janus.authenticate(from('cross-site'), 'GET')).ok).toBe(true)
  for (const refused of [
    await Janus.authenticate(from('cross-site')),
    await Janus.authenticate(from('cross-site'), 'get'),
    await Janus.requireLive(from('same-site')),
  ]) {
    expect(refused).toMatchObject({ ok: false, problem: { body: { code: 'cross-site-request' } } })
  }
})

it('a copy that KV refuses to delete is said to be left, and the sweep takes it', async () => {
  const here = createPlace()
  const person = await signedInPerson({ mode: 'session', service: here })
  here.kv.fail('delete')
  const end = await here.callers.endSession(person.sessionId)
  expect(end).toMatchObject({ ok: false, problem: { status: 503 } })
  expect(await sessionCopy(person.sessionId)).not.toBeNull()
  expect((await here.callers.endSession(person.sessionId)).ok, 'asked again').toBe(false)
  here.kv.recover()
  here.ahead = 120
  await here.sweep()
  expect(await sessionCopy(person.sessionId)).toBeNull()
})

it('ends nothing for an id that is none, and asks no store: KV refuses a long key', async () => {
  const here = createPlace()
  for (const id of ['', 'nobody', "' OR 1=1 --", '*', 'a'.repeat(23), 'a'.repeat(600)])
    expect(await here.callers.endSession(id), id).toEqual({ ok: true, ended: false })
  expect([...here.db.calls, ...here.kv.calls]).toEqual([])
})

it('asks D1 once more with LIVE_CHECK=always, and not twice when a live check was asked for', async () => {
  const here = createPlace({ LIVE_CHECK: 'always' })
  const person = await signedInPerson({ mode: 'token', service: here })
  for (const ask of [here.callers.authenticate, here.callers.requireLive]) {
    here.db.calls.length = 0
    expect((await ask(new Headers(person.headers), 'GET')).ok).toBe(true)
    expect(here.db.calls.length).toBe(1)
  }
})

it('a Janus that is not configured lets nobody in', async () => {
  const janus = createJanus({ ISSUER: 'https://auth.example.com' }, { log: () => {} })
  const person = await signedInPerson({ mode: 'token', service: ownService() })
  for (const answer of [
    await janus.authenticate(new Headers(person.headers)),
    await janus.requireLive(new Headers(person.headers)),
    await janus.endSession(person.sessionId),
  ]) {
    expect(answer).toMatchObject({ ok: false, problem: { status: 500, body: { code: 'internal-error' } } })
  }
})
