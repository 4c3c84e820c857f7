import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { createForge } from '../support/forge'
import { expectProblem, newAddress, type Person, read, send, signedInPerson } from '../support/person'
import { deployed, ownService } from '../support/service'

/** Lists the ways to end a session that somebody else may hold, and whether its refresh token could still tell. */
const EVENTS: Readonly<Record<string, (ada: Person) => Promise<unknown>>> = {
  'signing out': (ada) => ada.post('/logout'),
  'signing out everywhere, from elsewhere': async (ada) => (await ada.signIn()).post('/logout/all'),
  'being ended from the list': async (ada) => (await ada.signIn()).delete(`/sessions/${ada.sessionId}`),
  'a new password, from elsewhere': async (ada) =>
    (await ada.signIn()).post('/password', {
      current_password: ada.password,
      new_password: 'another horse battery',
    }),
  'deletion of the account, from elsewhere': async (ada) =>
    (await ada.signIn()).post('/me/delete', { password: ada.password }),
  'disabling of the account': (ada) =>
    env.DB.prepare('UPDATE users SET disabled_at = 1 WHERE id = ?1').bind(ada.userId).run(),
  'a change of roles': (ada) =>
    env.DB.prepare(`UPDATE users SET roles = '["editor"]' WHERE id = ?1`).bind(ada.userId).run(),
  'deletion of the account by SQL': (ada) =>
    env.DB.prepare('DELETE FROM users WHERE id = ?1').bind(ada.userId).run(),
}

describe.each(Object.keys(EVENTS))('INC-3: after %s', (event) => {
  it.each(['session', 'token'] as const)('a credential of %s mode opens nothing of Janus', async (mode) => {
    const ada = await signedInPerson({ mode })
    await EVENTS[event]?.(ada)
    // A second service has nothing in memory: INC-18.
    for (const service of [deployed, ownService()]) {
      expectProblem(await send(service, 'GET', '/me', { headers: ada.headers }), 401, 'session-ended')
      expectProblem(await send(service, 'GET', '/sessions', { headers: ada.headers }), 401, 'session-ended')
      const who = await send(service, 'GET', '/', { headers: ada.headers })
      expect(who.body.authenticated ?? who.body.code).toBe(mode === 'session' ? false : 'session-ended')
    }
  })

  it('its refresh token is refused at once', async () => {
    const ada = await signedInPerson({ mode: 'token' })
    await EVENTS[event]?.(ada)
    for (const service of [deployed, ownService()]) {
      const body = { refresh_token: ada.refreshToken }
      expectProblem(await send(service, 'POST', '/refresh', { body }), 401, 'session-ended')
    }
  })
})

it('INC-5: no header names the issuer', async () => {
  const foreign = {
    Host: 'evil.example',
    'X-Forwarded-Host': 'evil.example',
    'X-Forwarded-Proto': 'http',
    'X-Original-Host': 'evil.example',
    Forwarded: 'host=evil.example;proto=http',
  }
  const refused = await send(deployed, 'GET', '/me', { headers: foreign })
  expect(refused.body.type).toBe(`${env.ISSUER}/problems/authentication-required`)

  const ada = await signedInPerson({ mode: 'token' })
  const body = { email: ada.email, password: ada.password, mode: 'token' }
  const signedIn = await send(deployed, 'POST', '/login', { body, headers: foreign })
  const [, payload = ''] = String(signedIn.body.access_token).split('.')
  expect(JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/')))).toMatchObject({
    iss: env.ISSUER,
    aud: env.ISSUER,
  })

  const form = new Request(`${env.ISSUER}/login`, {
    method: 'POST',
    headers: {
      ...foreign,
      'Content-Type': 'application/x-www-form-urlencoded',
      'CF-Connecting-IP': newAddress(),
    },
    body: new URLSearchParams({ email: ada.email, password: ada.password, return_to: '//evil.example' }),
    redirect: 'manual',
  })
  const redirected = await read(await deployed.fetch(form))
  expect({ status: redirected.status, location: redirected.headers.get('Location') }).toEqual({
    status: 303,
    location: '/',
  })
})

it('a live route lets nobody in whose session is of another account, whatever the token says', async () => {
  const [ada, eve] = [await signedInPerson({ mode: 'token' }), await signedInPerson({ mode: 'token' })]
  const token = await (await createForge(eve)).signClaims({ sub: ada.userId })
  const headers = { Authorization: `Bearer ${token}` }
  for (const path of ['/sessions', '/devices', '/me/activity']) {
    expectProblem(await send(deployed, 'GET', path, { headers }), 401, 'session-ended')
  }
})
