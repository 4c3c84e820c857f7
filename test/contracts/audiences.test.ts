import { describe, expect, it } from 'vitest'
import { createAccountClient } from '../../packages/client/account.ts'
import { createJanusClient } from '../../packages/client/index.ts'
import { FORMS, TOKEN_FORMS } from '../support/client'
import { createNetwork } from '../support/network'
import { expectProblem, newEmail, PASSWORD, send, signedInPerson } from '../support/person'
import { appOf, type OwnService, ownService } from '../support/service'

const API = 'https://api.example.com'
/** Longer than an access token lives. */
const LONG = 1000

const apart = ownService({ AUDIENCE: API })

/** Returns every route that takes a credential, by what it answers to nobody. */
async function guardedRoutes(service: OwnService): Promise<readonly [string, string][]> {
  const guarded: [string, string][] = []
  for (const { method, path } of appOf(service.services).routes) {
    if (method === 'ALL' || guarded.some((known) => `${known}` === `${method},${path}`)) continue
    const { body } = await send(service, method, path)
    if (body?.code === 'authentication-required' && path !== '/refresh') guarded.push([method, path])
  }
  return guarded
}

function bearer(token: unknown): Record<string, string> {
  return { Authorization: `Bearer ${token}` }
}

/** Returns the claims of a token, unverified. */
function claimsOf(token: string): Record<string, unknown> {
  return JSON.parse(atob((token.split('.')[1] ?? '').replace(/-/g, '+').replace(/_/g, '/')))
}

describe('TOK-07, OUT-01: with AUDIENCE, an access token is for the API alone', () => {
  it('opens no route of Janus itself, and ends no session', async () => {
    const ada = await signedInPerson({ mode: 'token', service: apart })
    const routes = await guardedRoutes(apart)
    expect(routes.length).toBeGreaterThan(14)
    for (const [method, path] of routes) {
      const headers = ada.headers
      expectProblem(await send(apart, method, path, { headers }), 401, 'invalid-token')
    }
    const { account_token } = ada.answer.body
    const me = await send(apart, 'GET', '/me', { headers: bearer(account_token) })
    expect(me).toMatchObject({ status: 200, body: { user: { id: ada.userId, name: null } } })
    const listed = await send(apart, 'GET', '/sessions', { headers: bearer(account_token) })
    expect(listed.body.sessions).toMatchObject([{ id: ada.sessionId, current: true }])
  })

  it('is what the app beside Janus takes, which takes no token for Janus', async () => {
    const ada = await signedInPerson({ mode: 'token', service: apart })
    const { access_token, account_token } = ada.answer.body
    for (const ask of [apart.callers.authenticate, apart.callers.requireLive]) {
      const verdict = await ask(new Headers(bearer(access_token)), 'GET')
      expect(verdict).toMatchObject({ ok: true, principal: { userId: ada.userId, sessionId: ada.sessionId } })
      const other = await ask(new Headers(bearer(account_token)), 'GET')
      expect(other).toMatchObject({ ok: false, problem: { status: 401 } })
    }
  })

  it('comes with one for Janus at each sign-in and refresh, of the same session and life', async () => {
    const ada = await signedInPerson({ mode: 'token', service: apart })
    const again = await ada.signIn()
    const refreshed = await send(apart, 'POST', '/refresh', { body: { refresh_token: again.refreshToken } })
    for (const { body } of [ada.answer, again.answer, refreshed]) {
      const forApi = claimsOf(body.access_token)
      const forJanus = claimsOf(body.account_token)
      expect([forApi.aud, forJanus.aud]).toEqual([API, apart.issuer])
      expect(forApi.jti).not.toBe(forJanus.jti)
      const { aud, jti, ...rest } = forApi
      expect(forJanus).toMatchObject(rest)
    }
    const out = await send(apart, 'POST', '/logout', { headers: bearer(again.answer.body.account_token) })
    expect(out.status).toBe(204)
  })

  it('says nothing of a cookie: that is sent to Janus and to the app on its host alike', async () => {
    const ada = await signedInPerson({ mode: 'session', service: apart })
    expect(ada.answer.body).not.toHaveProperty('account_token')
    expect((await ada.get('/me')).status).toBe(200)
    expect(await apart.callers.authenticate(new Headers(ada.headers), 'GET')).toMatchObject({ ok: true })
  })

  it('without AUDIENCE one token is for both', async () => {
    const one = ownService()
    const ada = await signedInPerson({ mode: 'token', service: one })
    expect(ada.answer.body).not.toHaveProperty('account_token')
    expect((await ada.get('/me')).status).toBe(200)
    expect(await one.callers.authenticate(new Headers(ada.headers), 'GET')).toMatchObject({ ok: true })
  })
})

describe.each(TOKEN_FORMS)('TOK-07: the client sends each its own token, %s', (form) => {
  it('and both anew after a refresh', async () => {
    const service = ownService({ AUDIENCE: API, ISSUER: 'https://example.com/auth' })
    const network = createNetwork(async (request) => {
      if (`${request.url}/`.startsWith(`${service.issuer}/`)) return service.fetch(request)
      const verdict = await service.callers.authenticate(request.headers, request.method)
      return verdict.ok
        ? new Response(null, { status: 204 })
        : Response.json(verdict.problem.body, verdict.problem)
    })
    const { issuer } = service
    const client = createJanusClient({ ...FORMS[form], issuer, origins: [API], fetch: network.fetch })
    await client.signUp({ email: newEmail(), password: PASSWORD })
    const statusOf = async (url: string) => (await client.fetch(url)).status
    for (const ahead of [0, LONG]) {
      service.ahead = ahead
      expect(await statusOf(`${API}/notes`)).toBe(204)
      expect(await statusOf('https://example.com/authors')).toBe(204)
      expect(await statusOf(`${issuer}/sessions`)).toBe(200)
      expect(await statusOf(issuer)).toBe(200)
      expect(await client.me()).not.toBeNull()
    }
    expect(network.count('POST /auth/refresh')).toBe(1)
    await createAccountClient(client).signOutEverywhere()
    expect(await client.me()).toBeNull()
  })
})
