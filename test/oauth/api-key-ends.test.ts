import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { makeKey, refusedAs, rowOf } from '../support/api-keys'
import { newClient, oauthService, RESOURCE } from '../support/oauth'
import { exchangeKey, introspect } from '../support/oauth-machines'
import { addPasskey, signInWithPasskey } from '../support/passkeys'
import { clientOf, expectProblem, PASSWORD, type Person, signedInPerson } from '../support/person'
import { setUpTotp } from '../support/second-factor'
import type { OwnService } from '../support/service'

const DAY = 24 * 60 * 60

let service: OwnService

beforeAll(() => {
  service = oauthService()
})

describe.each(['session', 'token'] as const)('the end of API keys of somebody in %s mode', (mode) => {
  let ada: Person
  beforeAll(async () => {
    ada = await signedInPerson({ mode, service })
  })

  it('AK-04: are revoked at once, by their owner alone, and introspection says so', async () => {
    const api = await newClient({
      name: 'Notes API',
      redirectUris: [],
      scopes: [],
      grants: [],
      serves: RESOURCE,
    })
    const { id, secret } = await makeKey(ada)
    const { access_token } = (await exchangeKey(service, secret)).body
    expect((await introspect(service, api, access_token)).body).toMatchObject({
      active: true,
      client_id: `k_${id}`,
      sub: ada.userId,
    })
    const eve = await signedInPerson({ mode, service })
    expectProblem(await eve.post(`/api-keys/${id}/revoke`), 404, 'not-found')
    expectProblem(await ada.post(`/api-keys/${ada.sessionId}/revoke`), 404, 'not-found')
    expectProblem(await ada.post(`/apps/${id}/disconnect`), 404, 'not-found')
    expect((await exchangeKey(service, secret)).status).toBe(200)
    expect((await ada.post(`/api-keys/${id}/revoke`)).status).toBe(204)
    expect(await exchangeKey(service, secret)).toMatchObject(refusedAs('invalid_request'))
    expect((await introspect(service, api, access_token)).text).toBe('{"active":false}')
    expectProblem(await ada.post(`/api-keys/${id}/revoke`), 404, 'not-found')
    const { events } = (await ada.get('/me/activity')).body
    expect(events).toContainEqual(
      expect.objectContaining({
        event: 'session-ended',
        reason: 'api-key-revoked',
        session_id: id,
        by_owner: true,
      }),
    )
    expect(events).toContainEqual(
      expect.objectContaining({ event: 'api-key-created', session_id: id, by_owner: true }),
    )
  })

  it.each([
    [
      'a password that is changed',
      (person: Person) =>
        person.post('/password', { current_password: PASSWORD, new_password: 'another horse battery' }),
    ],
    ['a sign-out everywhere', (person: Person) => person.post('/logout/all', { keep_current: true })],
    ['an account that is deleted', (person: Person) => person.post('/me/delete', { password: PASSWORD })],
    [
      'an account that is disabled',
      (person: Person) =>
        env.DB.prepare('UPDATE users SET disabled_at = 1 WHERE id = ?1').bind(person.userId).run(),
    ],
    [
      'roles that change',
      (person: Person) =>
        env.DB.prepare(`UPDATE users SET roles = '["admin"]' WHERE id = ?1`).bind(person.userId).run(),
    ],
    ['an authenticator app that is set up', (person: Person) => setUpTotp(person)],
    [
      'an address that is proven without the password',
      (person: Person) =>
        env.DB.prepare('UPDATE users SET email_verified_at = 1, password_hash = NULL WHERE id = ?1')
          .bind(person.userId)
          .run(),
    ],
  ] as const)('AK-04: end with %s', async (_, act) => {
    const grace = await signedInPerson({ mode, service })
    const { secret } = await makeKey(grace)
    expect((await exchangeKey(service, secret)).status).toBe(200)
    await act(grace)
    expect(await exchangeKey(service, secret)).toMatchObject(refusedAs('invalid_request'))
    // Nor does it come back with an account that may sign in again.
    await env.DB.prepare('UPDATE users SET disabled_at = NULL WHERE id = ?1').bind(grace.userId).run()
    expect(await exchangeKey(service, secret)).toMatchObject(refusedAs('invalid_request'))
  })

  it('AK-04: end with the passkey that their person was signed in by', async () => {
    const grace = await signedInPerson({ mode, service })
    const { id, soft } = await addPasskey(grace)
    const answer = await signInWithPasskey(service, soft, { mode })
    const { secret } = await makeKey(clientOf(service, mode, answer))
    const own = await makeKey(grace)
    expect((await grace.post(`/passkeys/${id}/remove`)).status).toBe(204)
    expect(await exchangeKey(service, secret)).toMatchObject(refusedAs('invalid_request'))
    expect((await exchangeKey(service, own.secret)).status).toBe(200)
  })

  it('AK-04: outlive the session that made them, and as many sign-ins as there may be', async () => {
    const few = oauthService({ MAX_SESSIONS: '2' })
    const grace = await signedInPerson({ mode, service: few })
    const { secret } = await makeKey(grace)
    for (let n = 0; n < 3; n++) await grace.signIn()
    expect((await exchangeKey(few, secret)).status).toBe(200)
    await makeKey(await grace.signIn())
    const last = await grace.signIn()
    expect((await last.get('/sessions')).body.sessions).toHaveLength(2)
    expect((await last.get('/api-keys')).body.api_keys).toHaveLength(2)
    expect((await last.post('/logout')).status).toBe(204)
    expect((await exchangeKey(few, secret)).status).toBe(200)
  })

  it('AK-04: end when their time is over, and are swept', async () => {
    const own = oauthService()
    const grace = await signedInPerson({ mode, service: own })
    const { id, secret } = await makeKey(grace, { expires_in_days: 1 })
    own.ahead = DAY - 60
    const { expires_in } = (await exchangeKey(own, secret)).body
    expect(expires_in).toBeLessThanOrEqual(60)
    own.ahead = DAY
    expect(await exchangeKey(own, secret)).toMatchObject(refusedAs('invalid_request'))
    own.ahead = 3 * DAY
    await own.sweep()
    expect(await rowOf(id)).toBeNull()
  })

  it('AK-04: of uses and a revocation at once, none works after it', async () => {
    const { id, secret } = await makeKey(ada)
    const uses = Array.from({ length: 20 }, () => exchangeKey(service, secret))
    const revoked = ada.post(`/api-keys/${id}/revoke`)
    for (const { status } of await Promise.all(uses)) expect([200, 400]).toContain(status)
    expect((await revoked).status).toBe(204)
    expect(await exchangeKey(service, secret)).toMatchObject(refusedAs('invalid_request'))
  })
})
