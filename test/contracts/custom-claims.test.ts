import { env, exports } from 'cloudflare:workers'
import { decodeJwt } from 'jose'
import { describe, expect, it } from 'vitest'
import { createVerifier } from '../../packages/verify/index'
import type { ClaimsSubject } from '../../src/tokens/custom-claims'
import { faultyD1 } from '../support/faulty-d1'
import { expectProblem, newEmail, PASSWORD, send, signedInPerson } from '../support/person'
import { deployed, ownService } from '../support/service'

const MODES = ['session', 'token'] as const

describe.each(MODES)('claims of the app, in %s mode', (mode) => {
  it('are on the principal, and made of the account as it is then', async () => {
    const subjects: ClaimsSubject[] = []
    const service = ownService(
      {},
      {
        claims: async (subject) => {
          subjects.push(subject)
          return { tenant: 'acme', nothing: undefined, at: new Date(0), for: subject.userId }
        },
      },
    )
    const person = await signedInPerson({ mode, service })
    const headers = new Headers(person.headers)
    const claims = { tenant: 'acme', at: '1970-01-01T00:00:00.000Z', for: person.userId }
    for (const ask of [service.callers.authenticate, service.callers.requireLive]) {
      expect(await ask(headers, 'GET')).toMatchObject({ ok: true, principal: { claims } })
    }
    expect(subjects[0]).toEqual({ userId: person.userId, sessionId: person.sessionId, roles: [] })
    // Once for the token, and for a cookie at each question.
    expect(subjects).toHaveLength(mode === 'token' ? 1 : 2)
  })

  it.each([
    ['throws', () => Promise.reject(new Error('no such tenant'))],
    ['returns an array', () => [] as never],
    ['returns nothing', () => undefined as never],
    ['returns more than fits', () => ({ long: 'é'.repeat(507) })],
  ])('let nobody in where the function %s', async (_, claims) => {
    const service = ownService({}, { claims })
    const body = { email: newEmail(), password: PASSWORD, mode }
    const answer = await send(service, 'POST', '/register', { body })
    if (mode === 'token') return expectProblem(answer, 500, 'internal-error')
    const Cookie = `__Host-session=${answer.cookies['__Host-session']}`
    const verdict = await service.callers.authenticate(new Headers({ Cookie }), 'GET')
    expect(verdict).toMatchObject({ ok: false, problem: { status: 500 } })
    expect(JSON.stringify(verdict)).not.toContain('no such tenant')
  })

  it('may take 1,024 bytes, and no more', async () => {
    // {"long":"…"} is 11 bytes around its text.
    const fitting = ownService({}, { claims: () => ({ long: `${'é'.repeat(506)}!` }) })
    const person = await signedInPerson({ mode, service: fitting })
    const verdict = await fitting.callers.authenticate(new Headers(person.headers), 'GET')
    expect(verdict).toMatchObject({ ok: true })
  })
})

describe('claims of the app in access tokens', () => {
  it('are made anew at each refresh, and read by whoever verifies the token', async () => {
    let tenant = 'acme'
    const service = ownService({}, { claims: () => ({ tenant }) })
    const person = await signedInPerson({ mode: 'token', service })
    tenant = 'umbrella'
    const body = { refresh_token: person.refreshToken }
    const { body: refreshed } = await send(service, 'POST', '/refresh', { body })
    const verifier = createVerifier({
      issuer: env.ISSUER,
      fetch: (url: string) => service.fetch(new Request(url)),
    })
    const ask = (token: string) => verifier.authenticate(new Headers({ Authorization: `Bearer ${token}` }))
    const before = person.headers.Authorization?.replace('Bearer ', '') ?? ''
    expect(await ask(before)).toMatchObject({ principal: { claims: { tenant: 'acme' } } })
    expect(await ask(refreshed.access_token)).toMatchObject({ principal: { claims: { tenant: 'umbrella' } } })
  })

  it('are in the token for the APIs, and not in the one for Janus', async () => {
    const service = ownService(
      { AUDIENCE: 'https://api.example.com' },
      { claims: () => ({ tenant: 'acme' }) },
    )
    const { answer } = await signedInPerson({ mode: 'token', service })
    expect(decodeJwt(answer.body.access_token).claims).toEqual({ tenant: 'acme' })
    expect(decodeJwt(answer.body.account_token).claims).toBeUndefined()
  })

  it('are absent unless the app adds any', async () => {
    const { answer } = await signedInPerson({ mode: 'token' })
    expect(decodeJwt(answer.body.access_token)).not.toHaveProperty('claims')
  })
})

describe('what another service is told of an account', () => {
  it('is its name, address, roles and metadata, as they are now', async () => {
    const person = await signedInPerson({ mode: 'session' })
    await send(deployed, 'PATCH', '/me', { headers: person.headers, body: { name: 'Ada' } })
    expect(await exports.Janus.user({ userId: person.userId })).toEqual({
      ok: true,
      user: {
        id: person.userId,
        email: person.email,
        email_verified: false,
        name: 'Ada',
        roles: [],
        created_at: expect.any(String),
        user_metadata: {},
        app_metadata: {},
      },
    })
  })

  it('is nothing of an account that is disabled, deleted or unknown', async () => {
    const person = await signedInPerson({ mode: 'session' })
    await env.DB.prepare('UPDATE users SET disabled_at = 1 WHERE id = ?1').bind(person.userId).run()
    expect(await exports.Janus.user({ userId: person.userId })).toEqual({ ok: true, user: null })
    await env.DB.prepare('DELETE FROM users WHERE id = ?1').bind(person.userId).run()
    expect(await exports.Janus.user({ userId: person.userId })).toEqual({ ok: true, user: null })
    expect(await exports.Janus.user({ userId: 'nobody' })).toEqual({ ok: true, user: null })
  })

  it('is a problem while the database is away', async () => {
    const db = faultyD1(env.DB)
    const service = ownService({ DB: db })
    db.fail()
    expect(await service.callers.user({ userId: 'A'.repeat(22) })).toMatchObject({
      ok: false,
      problem: { status: 503, body: { code: 'store-unavailable' } },
    })
  })
})
