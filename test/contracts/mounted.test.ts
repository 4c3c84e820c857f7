import { createExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { Hono } from 'hono'
import { secureHeaders } from 'hono/secure-headers'
import { describe, expect, it } from 'vitest'
import { type JanusEnv, janus } from '../../packages/verify/index'
import { createJanus, type JanusOptions } from '../../src/janus'
import { createMail } from '../../src/wiring/create-mail'
import { createPages } from '../../src/wiring/create-pages'
import { createPasskeys } from '../../src/wiring/create-passkeys'
import { createSecondFactors } from '../../src/wiring/create-second-factors'
import { type Answer, expectProblem, newEmail, PASSWORD, read, send, signedInPerson } from '../support/person'
import type { Service } from '../support/service'

const ORIGIN = 'https://example.com'
const ISSUER = `${ORIGIN}/auth`

/** Returns somebody's Janus, and its settings. With a mailer, so that work is done behind every response. */
function ownJanus({ issuer = ISSUER, ...options }: { issuer?: string } & JanusOptions = {}) {
  const mailer = { send: async () => {} }
  const variables = { ...env, ISSUER: issuer, MAILER: 'cloudflare', MAIL_FROM: 'shop@example.com' }
  return createJanus(variables, {
    log: () => {},
    createPages,
    createMail,
    createPasskeys,
    createSecondFactors,
    mailer,
    ...options,
  })
}

/** Returns somebody's app, with Janus mounted in it as docs/start/add-to-your-worker.md shows. */
function hostApp({ at = '/auth', issuer = ISSUER }: { at?: string; issuer?: string } = {}) {
  const auth = ownJanus({ issuer })
  const app = new Hono<JanusEnv>()
    .get('/', (c) => c.text('The shop'))
    .route(at, auth)
    .get('/orders', janus({ issuer, service: auth }), (c) => c.json({ orders_of: c.var.principal.userId }))
    .get('/broken', () => {
      throw new Error('The shop is broken')
    })
  app.notFound((c) => c.text('The shop has no such page', 404))
  app.onError((_, c) => c.text('The shop is sorry', 500))
  return app
}

/** Returns an app as a service that clients ask. */
function seen(app: Hono<never> | Hono<JanusEnv> | Hono, at = '/auth'): Service {
  return { issuer: `${ORIGIN}${at}`, fetch: async (request) => app.fetch(request) }
}

const host = seen(hostApp())
const shop = seen(hostApp(), '')

/** Every way into an app that has Janus in it, and every way to hand it a request. */
const WAYS: Readonly<Record<string, () => Service['fetch']>> = {
  'with a context': () => {
    const app = hostApp()
    return async (request) => app.fetch(request, env, createExecutionContext())
  },
  'without a context': () => {
    const app = hostApp()
    return async (request) => app.fetch(request, env)
  },
  'with the request alone': () => {
    const app = hostApp()
    return async (request) => app.fetch(request)
  },
  'from a handler of the app, by app.request': () => {
    const app = hostApp()
    const outer = new Hono().all('*', (c) => app.request(c.req.raw))
    return async (request) => outer.fetch(request)
  },
  'handed on by a route of the app': () => {
    const auth = ownJanus()
    const app = new Hono().on(['GET', 'POST', 'DELETE', 'PATCH'], ['/auth', '/auth/*'], (c) =>
      auth.fetch(c.req.raw, c.env),
    )
    return async (request) => app.fetch(request)
  },
  'asked as it is': () => {
    const auth = ownJanus()
    return async (request) => auth.fetch(request)
  },
  'mounted at the root': () => {
    const app = hostApp({ at: '/' })
    return async (request) => app.fetch(request)
  },
  'in an app with another path in front': () => {
    const app = new Hono().route('/api', hostApp({ at: '/auth', issuer: `${ORIGIN}/api/auth` }))
    return async (request) => {
      const url = request.url.replace('/auth', '/api/auth')
      return app.fetch(new Request(url, request))
    }
  },
}

describe.each(Object.entries(WAYS))('mounted in an app that is entered %s', (_, way) => {
  it.each(['session', 'token'] as const)('signs people in and out, in %s mode', async (mode) => {
    const service = { issuer: ISSUER, fetch: way() }
    const person = await signedInPerson({ mode, service })
    expect((await person.get('/me')).body.user.email).toBe(person.email)
    expect((await person.get('/sessions')).body.sessions).toHaveLength(1)
    expect((await person.patch('/me', { name: 'Ada' })).body.user.name).toBe('Ada')
    expect((await person.post('/logout')).status).toBe(204)
    expectProblem(await person.get('/me'), 401, 'session-ended')
  })

  it.each(['GET', 'PUT'])(
    'API-05: answers %s of a path with a slash after it as of the path',
    async (method) => {
      const service = { issuer: ISSUER, fetch: way() }
      for (const path of ['', '/login', '/me', '/sessions', '/nothing']) {
        if (method === 'PUT' && path === '/nothing') continue
        const [bare, slashed] = [await send(service, method, path), await send(service, method, `${path}/`)]
        const facts = ({ status, headers, body }: Answer) => [status, body?.code, headers.get('Allow')]
        // A handler of the app hands on what it is registered for.
        expect({ path, facts: facts(slashed) }).toEqual({ path, facts: facts(bare) })
      }
      expectProblem(await send(service, 'POST', '/login/', { body: {} }), 422, 'invalid-input')
    },
  )
})

describe.each(['session', 'token'] as const)('mounted in an app, in %s mode', (mode) => {
  it("is known by the app's own routes", async () => {
    const person = await signedInPerson({ mode, service: host })
    const orders = () => send(shop, 'GET', '/orders', { headers: person.headers })
    expect(await orders()).toMatchObject({ status: 200, body: { orders_of: person.userId } })
    await person.post('/logout/all')
    expect((await person.get('/me')).status).toBe(401)
  })

  it.each([
    ['/logout', undefined],
    ['/logout/all', undefined],
    ['/me/delete', { password: PASSWORD }],
  ])(
    'OUT-01: %s clears what is cached, and not the storage of the app, whose origin it is',
    async (path, body) => {
      const person = await signedInPerson({ mode, service: host })
      const out = await person.post(path, body)
      expect([out.status, out.headers.get('Clear-Site-Data')]).toEqual([204, '"cache"'])
    },
  )

  it('ADM-01: is closed by default there, too', async () => {
    const answers = await Promise.all(
      ['/me', '/sessions', '/me/activity'].map((path) => send(host, 'GET', path)),
    )
    for (const answer of answers) expectProblem(answer, 401, 'authentication-required')
    expectProblem(await send(host, 'POST', '/logout'), 401, 'authentication-required')
    expectProblem(await send(shop, 'GET', '/orders'), 401, 'authentication-required')
  })

  it('tells the app who is asking, by janus.request with a path below the issuer or the whole', async () => {
    const auth = ownJanus()
    const { headers, userId } = await signedInPerson({ mode, service: host })
    for (const asked of ['/me', 'me', '/me/', '/auth/me', `${ISSUER}/me`, new URL(`${ISSUER}/me`)]) {
      const answer = await read(await auth.request(asked, { headers }))
      expect([asked, answer.status, answer.body.user?.id]).toEqual([asked, 200, userId])
    }
    const request = new Request(`${ISSUER}/me`, { headers })
    expect((await auth.request(request)).status).toBe(200)
    expect((await auth.request('/sessions?cursor=none', { headers })).status).toBe(422)
    const sent = { method: 'PATCH', body: '{"name":"Ada"}' }
    const json = { ...headers, 'Content-Type': 'application/json' }
    expect((await auth.request('/me', { ...sent, headers: json })).status).toBe(200)
  })
})

it('slides a session behind the response, however the app is entered', async () => {
  const { headers } = await signedInPerson({ mode: 'session', service: host })
  const later = () => Math.floor(Date.now() / 1000) + 4 * 24 * 3600
  const auth = ownJanus({ clock: later })
  const app = new Hono().route('/auth', auth)
  expect((await app.request(`${ISSUER}/me`, { headers })).status).toBe(200)
})

it('CSRF-04: guards signing in against foreign pages there, too', async () => {
  const headers = { Origin: 'https://evil.example' }
  const body = { email: newEmail(), password: PASSWORD }
  expectProblem(await send(host, 'POST', '/login', { headers, body }), 403, 'cross-site-request')
})

it("API-05: answers what it has not, and the wrong method, itself; the rest is the app's", async () => {
  expectProblem(await send(host, 'GET', '/nothing'), 404, 'not-found')
  expectProblem(await send(shop, 'GET', '/auth//evil.example/'), 404, 'not-found')
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

it('asked for a path that is not its own, says under which path it is, and allows no method', async () => {
  const auth = ownJanus()
  const stripped = new Hono().mount('/auth', (request) => auth.fetch(request))
  for (const answer of [
    await read(await auth.fetch(new Request(`${ORIGIN}/login`, { method: 'POST' }))),
    await send(seen(stripped), 'POST', '/login', { body: {} }),
  ]) {
    expectProblem(answer, 404, 'not-found')
    expect(answer.body.detail).toContain('Every route is under /auth,')
    expect(answer.headers.get('Allow')).toBeNull()
  }
})

describe('the headers of its answers', () => {
  it("are its own, and not on the app's", async () => {
    const own = await send(host, 'GET', '/nothing')
    expect(own.headers.get('Content-Security-Policy')).toContain("default-src 'none'")
    const other = await send(shop, 'GET', '/')
    expect(other.headers.get('Content-Security-Policy')).toBeNull()
    expect(other.headers.get('Cache-Control')).toBeNull()
  })

  it('have what the app sets on every answer, before and after, and every cookie', async () => {
    const app = new Hono()
      .use(secureHeaders())
      .use(async (c, next) => {
        c.header('Vary', 'Accept-Encoding')
        c.header('Set-Cookie', 'shop=1', { append: true })
        c.header('Server-Timing', 'shop')
        await next()
        c.header('After', 'yes')
      })
      .route('/auth', ownJanus())
    const body = { email: newEmail(), password: PASSWORD }
    const { headers, status } = await send(seen(app), 'POST', '/register', { body })
    expect(status).toBe(201)
    expect(
      headers
        .getSetCookie()
        .map((cookie) => cookie.split('=')[0])
        .slice(0, 2),
    ).toEqual(['shop', '__Host-session'])
    expect([headers.get('Server-Timing'), headers.get('After')]).toEqual(['shop', 'yes'])
    expect(headers.get('X-Frame-Options')).toBe('SAMEORIGIN')
    expect(headers.get('Cache-Control')).toBe('no-store')
    for (const name of ['Cookie', 'Authorization', 'Origin']) expect(headers.get('Vary')).toContain(name)
  })

  it('vary by the caller also where a middleware of the app has begun the answer', async () => {
    const app = new Hono()
      .use(async (c, next) => {
        c.res.headers.set('Vary', 'Accept-Encoding')
        await next()
      })
      .route('/auth', ownJanus())
    const vary = (await send(seen(app), 'GET', '/me')).headers.get('Vary')
    for (const name of ['Accept-Encoding', 'Cookie', 'Authorization']) expect(vary).toContain(name)
  })
})

it('has its pages there, which load what they need from there', async () => {
  const page = await send(host, 'GET', '/login', { headers: { Accept: 'text/html' } })
  expect(page.status).toBe(200)
  expect(page.text).toContain('/auth/assets/janus.css')
  expect((await send(host, 'GET', '/assets/janus.css')).status).toBe(200)
})

it.each([
  { at: '/login-service', issuer: ISSUER, right: '/auth' },
  { at: '/auth', issuer: ORIGIN, right: '/' },
  { at: '/authentication', issuer: ISSUER, right: '/auth' },
])('API-02: mounted at $at with the issuer $issuer, lets nobody in', async ({ at, issuer, right }) => {
  const elsewhere = seen(hostApp({ at, issuer }), at)
  for (const path of ['/register', '/login', '/me', '/healthz']) {
    const method = path === '/me' || path === '/healthz' ? 'GET' : 'POST'
    const answer = await send(elsewhere, method, path, { body: method === 'POST' ? {} : undefined })
    expectProblem(answer, 500, 'internal-error')
    expect(answer.body.detail).toBe(`Janus is not mounted at the path of ISSUER. Mount it at ${right}.`)
    expect(answer.headers.get('Content-Security-Policy')).toContain("default-src 'none'")
  }
})

describe.each([
  { issuer: ORIGIN, base: '' },
  { issuer: ISSUER, base: '/auth' },
])('mounted at the root, with the issuer $issuer', ({ issuer, base }) => {
  const app = seen(hostApp({ at: '/', issuer }), '')

  it("answers its own routes, and leaves all others to the app, without Janus's headers", async () => {
    expectProblem(await send(app, 'GET', `${base}/me`), 401, 'authentication-required')
    expectProblem(await send(app, 'DELETE', `${base}/login`), 405, 'method-not-allowed')
    expect(await send(app, 'GET', '/')).toMatchObject({ text: 'The shop' })
    const person = await signedInPerson({ mode: 'session', service: { ...app, issuer } })
    const orders = await send(app, 'GET', '/orders', { headers: person.headers })
    expect(orders).toMatchObject({ status: 200, body: { orders_of: person.userId } })
    for (const [path, status, text] of [
      ['/nothing', 404, 'The shop has no such page'],
      ['/broken', 500, 'The shop is sorry'],
    ] as const) {
      const answer = await send(app, 'GET', path)
      expect(answer).toMatchObject({ status, text })
      expect(answer.headers.get('Content-Security-Policy')).toBeNull()
    }
  })
})

describe('mounted without a valid configuration', () => {
  function unconfigured(at: string) {
    const auth = createJanus({}, { log: () => {} })
    return seen(
      new Hono().route(at, auth).get('/orders', (c) => c.text('Orders')),
      '',
    )
  }

  it.each(['/auth', '/'])('at %s, says what is missing and lets nobody in, and the app lives', async (at) => {
    const app = unconfigured(at)
    expect((await send(app, 'GET', '/auth/readyz')).status).toBe(503)
    expect((await send(app, 'GET', '/orders')).text).toBe('Orders')
    expect((await send(app, 'POST', '/auth/login', { body: {} })).status).toBe(at === '/' ? 404 : 500)
  })
})
