import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { Hono } from 'hono'
import { describe, expect, it } from 'vitest'
import { type JanusEnv, janus } from '../../packages/verify/index'
import { createJanus } from '../../src/janus'
import { createPages } from '../../src/pages/create-pages'
import { expectProblem, newEmail, PASSWORD, send, signedInPerson } from '../support/person'
import type { Service } from '../support/service'

const ORIGIN = 'https://example.com'
const ISSUER = `${ORIGIN}/auth`

/** Somebody's app, with Janus mounted in it as README shows. */
function hostApp({ at = '/auth', issuer = ISSUER }: { at?: string; issuer?: string } = {}): Service {
  const variables = { ...env, ISSUER: issuer }
  const auth = createJanus(variables, { log: () => {}, createPages })
  const app = new Hono<JanusEnv>()
    .get('/', (c) => c.text('The shop'))
    .route(at, auth)
    .get('/orders', janus({ issuer, service: auth }), (c) => c.json({ orders_of: c.var.principal.userId }))
    .get('/broken', () => {
      throw new Error('The shop is broken')
    })
  app.notFound((c) => c.text('The shop has no such page', 404))
  app.onError((_, c) => c.text('The shop is sorry', 500))
  return {
    issuer: `${ORIGIN}${at}`,
    async fetch(request) {
      const context = createExecutionContext()
      const response = await app.fetch(request, variables, context)
      await waitOnExecutionContext(context)
      return response
    },
  }
}

const host = hostApp()
const shop: Service = { ...host, issuer: ORIGIN }

describe.each(['session', 'token'] as const)('mounted in an app, in %s mode', (mode) => {
  it('signs people in, and the app knows them', async () => {
    const person = await signedInPerson({ mode, service: host })
    expect((await person.get('/me')).body.user.email).toBe(person.email)
    const orders = await send(shop, 'GET', '/orders', { headers: person.headers })
    expect(orders).toMatchObject({ status: 200, body: { orders_of: person.userId } })
    expect((await person.post('/logout')).status).toBe(204)
    expect((await person.get('/me')).status).toBe(401)
  })

  it('ADM-01: is closed by default there, too', async () => {
    const answers = await Promise.all(
      ['/me', '/sessions', '/me/activity'].map((path) => send(host, 'GET', path)),
    )
    for (const answer of answers) expectProblem(answer, 401, 'authentication-required')
    expectProblem(await send(host, 'POST', '/logout'), 401, 'authentication-required')
    expectProblem(await send(shop, 'GET', '/orders'), 401, 'authentication-required')
  })
})

it('CSRF-04: guards signing in against foreign pages there, too', async () => {
  const headers = { Origin: 'https://evil.example' }
  const body = { email: newEmail(), password: PASSWORD }
  expectProblem(await send(host, 'POST', '/login', { headers, body }), 403, 'cross-site-request')
})

it('answers who it is at its own root, and leads there from a slash at the end', async () => {
  expect((await send(host, 'GET', '')).body).toEqual({ authenticated: false })
  for (const [path, to] of [
    ['/', '/auth'],
    ['/login/?a=b', '/auth/login?a=b'],
  ] as const) {
    const moved = await send(host, 'GET', path)
    expect([moved.status, moved.headers.get('Location')]).toEqual([308, to])
  }
  expectProblem(await send(host, 'GET', '/nothing/'), 404, 'not-found')
  expectProblem(await send({ ...host, issuer: ORIGIN }, 'GET', '/auth//evil.example/'), 404, 'not-found')
})

it("API-05: answers what it has not, and the wrong method, itself; the rest is the app's", async () => {
  expectProblem(await send(host, 'GET', '/nothing'), 404, 'not-found')
  const wrong = await send(host, 'DELETE', '/login')
  expectProblem(wrong, 405, 'method-not-allowed')
  expect(wrong.headers.get('Allow')).toBe('GET, HEAD, POST, OPTIONS')
  expect(await send(shop, 'GET', '/nothing')).toMatchObject({
    status: 404,
    text: 'The shop has no such page',
  })
  expect(await send(shop, 'GET', '/')).toMatchObject({ status: 200, text: 'The shop' })
  expect(await send(shop, 'GET', '/broken')).toMatchObject({ status: 500, text: 'The shop is sorry' })
})

it("puts its headers on its own answers, and not on the app's", async () => {
  const own = await send(host, 'GET', '/nothing')
  expect(own.headers.get('Content-Security-Policy')).toContain("default-src 'none'")
  const other = await send(shop, 'GET', '/')
  expect(other.headers.get('Content-Security-Policy')).toBeNull()
  expect(other.headers.get('Cache-Control')).toBeNull()
})

it('has its pages there, which load what they need from there', async () => {
  const page = await send(host, 'GET', '/login', { headers: { Accept: 'text/html' } })
  expect(page.status).toBe(200)
  expect(page.text).toContain('/auth/assets/janus.css')
  expect((await send(host, 'GET', '/assets/janus.css')).status).toBe(200)
})

it('API-02: mounted elsewhere than ISSUER says, lets nobody in', async () => {
  const elsewhere = hostApp({ at: '/login-service' })
  for (const path of ['/register', '/login', '/me', '/healthz']) {
    const method = path === '/me' || path === '/healthz' ? 'GET' : 'POST'
    const answer = await send(elsewhere, method, path, { body: method === 'POST' ? {} : undefined })
    expectProblem(answer, 500, 'internal-error')
    expect(answer.body.detail).toBe('Janus is mounted elsewhere than its ISSUER says: mount it at /auth.')
  }
})
