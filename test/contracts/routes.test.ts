import { Hono } from 'hono'
import { describe, expect, it } from 'vitest'
import { closedByDefault } from '../../src/guards/closed-by-default'
import { open, openRoutesOf } from '../../src/guards/open-route'
import { handleFailure } from '../../src/http/failure'
import { PROBLEMS } from '../../src/http/problem'
import { isUnder } from '../../src/http/unmatched'
import { createRoutes } from '../../src/wiring/app'
import { createPages } from '../../src/wiring/create-pages'
import { partsOf } from '../../src/wiring/wired-services'
import { AT_THE_ROOT } from '../support/contract'
import { OAUTH_SETTINGS } from '../support/oauth'
import { NATIVE_APPS } from '../support/passkeys'
import { expectProblem, read, send, signedInPerson } from '../support/person'
import { socialService } from '../support/providers'
import { appOf, deployed, type OwnService, type Service } from '../support/service'

/** The whole contract: what anyone may call, and what takes a signed-in person. */
const OPEN = [
  'GET /',
  'POST /register',
  'POST /login',
  'POST /login/second-factor',
  'POST /login/second-factor/passkey/options',
  'POST /login/second-factor/passkey',
  'POST /login/second-factor/recovery',
  'POST /login/second-factor/recovery/cancel',
  'POST /login/second-factor/set-up/totp',
  'POST /login/second-factor/set-up/totp/confirm',
  'POST /login/second-factor/set-up/passkey/options',
  'POST /login/second-factor/set-up/passkey',
  'POST /login/link',
  'POST /login/link/confirm',
  'POST /login/passkey/options',
  'POST /login/passkey',
  'GET /login/social',
  'POST /login/social/confirm',
  'POST /login/social/:provider',
  'GET /login/social/:provider/callback',
  'POST /login/social/:provider/callback',
  'POST /oauth/token',
  'POST /oauth/revoke',
  'POST /oauth/introspect',
  'POST /oauth/register',
  'GET /oauth/userinfo',
  'POST /oauth/userinfo',
  'POST /oauth/device_authorization',
  'GET /.well-known/oauth-authorization-server',
  'GET /.well-known/openid-configuration',
  'POST /password/forgot',
  'POST /password/reset',
  'POST /email/verify',
  'POST /email/verify/resend',
  'POST /email/change/confirm',
  'POST /refresh',
  'POST /logout',
  'GET /.well-known/jwks.json',
  'GET /.well-known/apple-app-site-association',
  'GET /.well-known/assetlinks.json',
  'GET /problems/:code',
  'GET /healthz',
  'GET /readyz',
]
const OPEN_PAGES = [
  'GET /login',
  'GET /login/second-factor',
  'GET /login/second-factor/set-up',
  'GET /login/second-factor/recovery',
  'GET /login/second-factor/recovery/cancel',
  'GET /login/link',
  'GET /login/link/confirm',
  'GET /register',
  'GET /password/forgot',
  'GET /password/reset',
  'GET /email/verify',
  'GET /email/change/confirm',
  'GET /login/connect',
  'GET /mail-sent',
  'GET /continue',
  'POST /login/other',
  'GET /.well-known/change-password',
  'GET /assets/:file',
  'GET /openapi.json',
  'GET /docs',
]
/** Lists the routes that only an authorization server with pages has. */
const OAUTH_PAGES = [
  'GET /oauth/authorize',
  'POST /oauth/authorize',
  'GET /oauth/resume',
  'GET /device',
  'GET /oauth/logout',
  'POST /oauth/logout',
]
const CLOSED = [
  'POST /logout/all',
  'POST /oauth/consent',
  'POST /device',
  'POST /device/decide',
  'POST /oauth/logout/confirm',
  'GET /me',
  'PATCH /me',
  'POST /me',
  'POST /me/delete',
  'POST /password',
  'POST /email/change',
  'GET /account',
  'GET /reauthenticate',
  'POST /reauthenticate',
  'POST /reauthenticate/second-factor',
  'POST /reauthenticate/passkey/options',
  'POST /reauthenticate/passkey',
  'GET /me/activity',
  'GET /me/export',
  'GET /me/second-factor',
  'POST /me/totp',
  'POST /me/totp/confirm',
  'POST /me/second-factor/recovery/cancel',
  'POST /me/second-factor/remove',
  'POST /me/recovery-codes',
  'GET /sessions',
  'DELETE /sessions/:id',
  'POST /sessions/:id/end',
  'GET /devices',
  'DELETE /devices/:id',
  'POST /devices/:id/forget',
  'GET /passkeys',
  'POST /passkeys/options',
  'POST /passkeys',
  'POST /passkeys/:id/rename',
  'POST /passkeys/:id/remove',
  'GET /identities',
  'POST /identities/confirm',
  'POST /identities/connect',
  'POST /identities/:provider/link',
  'POST /identities/:id/remove',
  'GET /apps',
  'POST /apps/:id/disconnect',
  'GET /api-keys',
  'POST /api-keys',
  'POST /api-keys/:id/revoke',
  'GET /account/api-keys',
]

/** Standard methods, and two that workerd knows besides. A `Request` with CONNECT cannot be made. */
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'QUERY']

const AT_ROOT = socialService({ ...OAUTH_SETTINGS, ...NATIVE_APPS })
const UNDER_AUTH = socialService({ ISSUER: 'https://example.com/auth', ...OAUTH_SETTINGS, ...NATIVE_APPS })
const SERVICES = [
  { at: 'the root', service: AT_ROOT },
  { at: '/auth', service: UNDER_AUTH },
]

interface Route {
  /** `METHOD path`, as registered, without the base path. */
  readonly name: string
  readonly method: string
  readonly path: string
}

/** Returns the registered routes, without middleware. */
function routesOf({ services }: OwnService): readonly Route[] {
  const { basePath } = services.config
  const names = appOf(services)
    .routes.filter(({ method, path }) => method !== 'ALL' && isUnder(basePath, path))
    .map(({ method, path }) => `${method} ${path.slice(basePath.length) || '/'}`)
  return [...new Set(names)].map((name) => {
    const [method = '', path = ''] = name.split(' ')
    return { name, method, path }
  })
}

/** Returns the URL of a route, below the issuer. */
function urlOf(path: string): string {
  return path === '/'
    ? ''
    : path
        .replace(':id', 'A'.repeat(22))
        .replace(':provider', 'acme')
        .replace(':code', 'not-found')
        .replace(':file', 'janus.css')
        .replace('/mail-sent', '/mail-sent?for=link')
}

/** Asks, and leaves the answer unread: that of a HEAD has no body, whatever its headers say. */
function ask(service: Service, method: string, url: string): Promise<Response> {
  return service.fetch(new Request(`${service.issuer}${url}`, { method }))
}

describe.each(SERVICES)('the route contract at $at', ({ service }) => {
  it('is what is registered, no more and no less', () => {
    const names = routesOf(service).map(({ name }) => name)
    expect(names.sort()).toEqual([...OPEN, ...OPEN_PAGES, ...OAUTH_PAGES, ...CLOSED].sort())
    expect([...openRoutesOf(createPages(service.services).routes.routes)].sort()).toEqual(
      OPEN_PAGES.toSorted(),
    )
    const { services } = service
    const api = [
      createRoutes(services, null),
      ...partsOf(services).map((part) => part.createRoutes(services, null)),
    ]
    const routes = api.flatMap((each) => each.routes)
    expect([...openRoutesOf(routes)].sort()).toEqual([...OPEN].sort())
  })

  it('ADM-01: refuses a caller without credential on every route that is not on the open list', async () => {
    const open = [...OPEN, ...OPEN_PAGES, ...OAUTH_PAGES]
    const closed = routesOf(service).filter(({ name }) => !open.includes(name))
    expect(closed).toHaveLength(CLOSED.length)
    for (const { name, method, path } of closed) {
      const refusal = await send(service, method, urlOf(path))
      expectProblem(refusal, 401, 'authentication-required')
      expect(refusal.headers.get('WWW-Authenticate'), name).toBe('Bearer')
      expect(refusal.cookies, name).toEqual({})
    }
  })

  it('gives HEAD the status of GET, and no body', async () => {
    for (const { name, path } of routesOf(service).filter(({ method }) => method === 'GET')) {
      const [get, head] = [await ask(service, 'GET', urlOf(path)), await ask(service, 'HEAD', urlOf(path))]
      expect({ name, status: head.status, text: await head.text() }).toEqual({
        name,
        status: get.status,
        text: '',
      })
    }
  })

  it('API-05: answers a wrong method with 405, and names exactly the right ones', async () => {
    const routes = routesOf(service)
    for (const path of new Set(routes.map((route) => route.path))) {
      const there = routes.filter((route) => route.path === path).map(({ method }) => method)
      const right = [...there, ...(there.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].sort()
      for (const method of METHODS.filter((each) => !right.includes(each))) {
        const answer = await ask(service, method, urlOf(path))
        const allow = answer.headers.get('Allow')?.split(', ').sort()
        expect({ method, path, status: answer.status, allow }).toEqual({
          method,
          path,
          status: 405,
          allow: right,
        })
        if (method === 'HEAD') continue
        const refusal = await read(answer)
        expectProblem(refusal, 405, 'method-not-allowed')
        expect(refusal.body.detail).toBe(`This path takes ${answer.headers.get('Allow')}.`)
      }
      const options = await ask(service, 'OPTIONS', urlOf(path))
      const allow = options.headers.get('Allow')?.split(', ').sort()
      expect({ path, status: options.status, allow, text: await options.text() }).toEqual({
        path,
        status: 204,
        allow: right,
        text: '',
      })
    }
  })

  it('API-05: answers an unknown path with a 404 problem, whatever the method', async () => {
    for (const path of ['/nothing', '/me/nothing', '/login/x', '/admin', '/.env', '/.well-known/nothing']) {
      for (const method of METHODS) {
        const answer = await ask(service, method, path)
        expect({ method, path, status: answer.status }).toEqual({ method, path, status: 404 })
        if (method === 'HEAD') continue
        const refusal = await read(answer)
        expectProblem(refusal, 404, 'not-found')
        expect(refusal.body.detail).toMatch(/^There is no route at this path/)
      }
    }
  })

  it('serves the type of every problem at the URL that names it, with an explanation', async () => {
    const { body } = await send(service, 'GET', '/nothing')
    expect(body.type).toBe(`${service.issuer}/problems/not-found`)
    for (const [code, { status, title }] of Object.entries(PROBLEMS)) {
      const page = await send(service, 'GET', `/problems/${code}`)
      expect({ status: page.status, body: page.body }).toEqual({ status: 200, body: { code, status, title } })
    }
  })
})

it('API-05: TRACE is refused and echoes nothing', async () => {
  const ada = await signedInPerson({ mode: 'session' })
  const refusal = await send(deployed, 'TRACE', '/me', { headers: ada.headers })
  expectProblem(refusal, 405, 'method-not-allowed')
  expect(refusal.text).not.toContain(ada.sessionId)
})

it('API-05: what is not there is not there for a signed-in caller either', async () => {
  const ada = await signedInPerson({ mode: 'token' })
  expectProblem(await ada.get('/nothing'), 404, 'not-found')
  expectProblem(await ada.delete('/me'), 405, 'method-not-allowed')
})

it.each(['nothing', '__proto__', 'constructor', 'toString', 'Not-Found'])(
  'knows no problem type by the name of %s',
  async (code) => {
    expectProblem(await send(deployed, 'GET', `/problems/${code}`), 404, 'not-found')
  },
)

describe('a route that nobody put on the list', () => {
  /** Returns an app with the guard of Janus, and routes that Janus does not have. */
  function guardedApp(basePath: string) {
    const { services } = AT_ROOT
    const app = new Hono()
      .basePath(basePath)
      .use(closedByDefault(services))
      .get('/open', open, (c) => c.text('open'))
      .post('/open', (c) => c.text('same path, other method'))
      .get('/open/:id', (c) => c.text('below an open path'))
      .get('/unlisted', (c) => c.text('unlisted'))
      .on(['PUT', 'PURGE'], '/odd', (c) => c.text('odd methods'))
      .all('/any-method', (c) => c.text('every method'))
    app.onError((error, c) =>
      handleFailure(error, c, { typeBase: 'urn:test:', log: services.log, local: false }),
    )
    return async (method: string, path: string) => {
      const answer = await app.request(`https://auth.example.com${basePath}${path}`, { method })
      return { method, path, status: answer.status }
    }
  }

  it.each(['', '/auth'])('is closed, with base path "%s"', async (basePath) => {
    const statusOf = guardedApp(basePath)
    expect(await statusOf('GET', '/open')).toMatchObject({ status: 200 })
    for (const [method, path] of [
      ['POST', '/open'],
      ['GET', '/open/1'],
      ['GET', '/unlisted'],
      ['HEAD', '/unlisted'],
      ['PUT', '/odd'],
      ['PURGE', '/odd'],
    ] as const) {
      expect(await statusOf(method, path)).toEqual({ method, path, status: 401 })
    }
  })

  it.each(['GET', 'POST', 'DELETE'])(
    'is closed to %s if it was registered for all methods',
    async (method) => {
      expect(await guardedApp('')(method, '/any-method')).toMatchObject({ status: 401 })
    },
  )
})

describe('under a base path', () => {
  it('serves every route below it, and nothing beside it', async () => {
    for (const { name, method, path } of routesOf(UNDER_AUTH)) {
      const inside = await ask(UNDER_AUTH, method, urlOf(path))
      expect({ name, there: ![404, 405].includes(inside.status) }).toEqual({ name, there: true })
      const root = AT_THE_ROOT.includes(path) ? [] : ['']
      for (const base of [...root, '/AUTH', '/authx', '/x/auth', '/auth%2f', '/auth/auth', '//auth']) {
        const request = new Request(`https://example.com${base}${urlOf(path)}`, { method })
        const { status, body } = await read(await UNDER_AUTH.fetch(request))
        expect({ name, base, status, code: body?.code }).toEqual({
          name,
          base,
          status: 404,
          code: 'not-found',
        })
      }
    }
  })

  it('refuses beside it with the headers that every response has', async () => {
    const beside = await read(await UNDER_AUTH.fetch(new Request('https://example.com/me')))
    expectProblem(beside, 404, 'not-found')
    expect(beside.headers.get('X-Content-Type-Options')).toBe('nosniff')
  })

  it.each(['session', 'token'] as const)('signs in and out, in %s mode', async (mode) => {
    const ada = await signedInPerson({ mode, service: UNDER_AUTH })
    expect((await ada.get('/me')).body.user.email).toBe(ada.email)
    expect((await ada.post('/logout')).status).toBe(204)
    expectProblem(await ada.get('/me'), 401, 'session-ended')
  })
})
