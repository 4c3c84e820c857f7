import { beforeAll, describe, expect, it } from 'vitest'
import { mailingService } from '../support/mail'
import { NATIVE_APPS } from '../support/passkeys'
import { newAddress, newEmail, PASSWORD, type Person, signedInPerson } from '../support/person'
import { appOf, ownService, type Service } from '../support/service'

const APP = 'https://app.example.org'
/** With mail and pages, so that every route is there. */
const janus = mailingService({ ALLOWED_ORIGINS: APP, ...NATIVE_APPS })

/** Storage that is not there. */
const down = () => Promise.reject(new Error('down'))
const statement = { bind: () => statement, first: down, all: down, run: down }
const broken = mailingService({
  DB: { prepare: () => statement, batch: down },
  SESSIONS: { get: down, put: down, delete: down },
})

const NEW_PASSWORD = 'another horse battery'
const BODIES: Readonly<Record<string, (person: Person) => unknown>> = {
  'POST /register': ({ mode }) => ({ email: newEmail(), password: PASSWORD, mode, name: 'Canary Ada' }),
  'POST /login': ({ email, mode }) => ({ email, password: PASSWORD, mode }),
  'POST /refresh': ({ refreshToken }) => ({ refresh_token: refreshToken }),
  'PATCH /me': () => ({ name: 'Canary Ada' }),
  'POST /me': () => ({ name: 'Canary Ada' }),
  'POST /me/delete': () => ({ password: PASSWORD }),
  'POST /password': () => ({ current_password: PASSWORD, new_password: NEW_PASSWORD }),
}

const ROUTES = [
  ...new Set(
    appOf(janus.services)
      .routes.filter(({ method }) => method !== 'ALL')
      .map(({ method, path }) => `${method} ${path}`),
  ),
  // What is no route answers too.
  'GET /nothing',
  'PUT /me',
  'OPTIONS /login',
  'TRACE /',
]

interface Seen {
  readonly what: string
  readonly response: Response
  readonly text: string
}

/** Makes one request for a route as it is meant, with whatever the caller adds or leaves out. */
async function visit(
  what: string,
  service: Service,
  route: string,
  person: Person,
  headers: Record<string, string>,
  sendsBody = true,
): Promise<Seen> {
  const [method = '', path = ''] = route.split(' ')
  const found = path
    .replace(':id', person.sessionId)
    .replace(':code', 'not-found')
    .replace(':file', 'janus.css')
  const url = path === '/' ? '' : found
  const body = sendsBody ? BODIES[route]?.(person) : undefined
  const request = new Request(`${service.issuer}${url}`, {
    method,
    headers: {
      'CF-Connecting-IP': newAddress(),
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    redirect: 'manual',
  })
  const response = await service.fetch(request)
  return { what: `${route}, ${what}`, response, text: await response.text() }
}

/** Returns everything that Janus answers, in every state of the caller and of storage. */
async function crawl(): Promise<readonly Seen[]> {
  const seen: Seen[] = []
  for (const route of ROUTES) {
    for (const mode of ['session', 'token'] as const) {
      const ada = await signedInPerson({ mode, service: janus })
      const foreign = { 'Sec-Fetch-Site': 'cross-site', Origin: 'https://evil.example' }
      const preflight = { Origin: APP, 'Access-Control-Request-Method': 'POST' }
      const html = { Accept: 'text/html', ...ada.headers }
      seen.push(
        await visit('without credential', janus, route, ada, {}),
        await visit('without body', janus, route, ada, ada.headers, false),
        await visit('with a bad token', janus, route, ada, { Authorization: 'Bearer x' }),
        await visit('with an unknown session', janus, route, ada, { Cookie: '__Host-session=x' }),
        await visit('from a foreign page', janus, route, ada, { ...ada.headers, ...foreign }),
        await visit('as a preflight', janus, route.replace(/^\w+/, 'OPTIONS'), ada, preflight),
        await visit('while storage is down', broken, route, ada, ada.headers),
      )
      // Last, as it may end the session or the account.
      const again = await signedInPerson({ mode, service: janus })
      seen.push(await visit('from a listed page', janus, route, again, { ...again.headers, Origin: APP }))
      seen.push(await visit(`in ${mode} mode`, janus, route, ada, html))
      seen.push(await visit('after that', janus, route, ada, ada.headers))
    }
  }
  return [...seen, ...(await cookieFlows())]
}

/** Sign-ins that set other cookies, or set them in other ways. */
async function cookieFlows(): Promise<readonly Seen[]> {
  const ada = await signedInPerson({ mode: 'session', service: janus })
  const ask = async (
    what: string,
    path: string,
    body: string,
    headers: Record<string, string> = {},
  ): Promise<Seen> => {
    const all = { 'CF-Connecting-IP': newAddress(), 'Content-Type': 'application/json', ...headers }
    const response = await janus.fetch(
      new Request(`${janus.issuer}${path}`, { method: 'POST', headers: all, body, redirect: 'manual' }),
    )
    return { what, response, text: await response.text() }
  }
  const cookieOf = ({ response }: Seen) => ({
    Cookie: (response.headers.getSetCookie()[0] ?? '').replace(/;.*/, ''),
  })
  const credentials = { email: ada.email, password: ada.password }
  const wanted = JSON.stringify({ ...credentials, mode: 'token', refresh_in: 'cookie' })
  const signedIn = await ask('sign-in with refresh cookie', '/login', wanted)
  const refreshed = await ask('refresh by cookie', '/refresh', '{}', cookieOf(signedIn))
  const refused = await ask('refresh with a bad cookie', '/refresh', '{}', { Cookie: '__Host-refresh=x' })
  const type = { 'Content-Type': 'application/x-www-form-urlencoded' }
  const form = await ask('sign-in by form', '/login', new URLSearchParams(credentials).toString(), type)
  const out = await ask('sign-out by form', '/logout', '', { ...type, ...cookieOf(form) })
  return [signedIn, refreshed, refused, form, out]
}

/** For pages of every origin, and the same for everyone: how long caches may keep it. */
const PUBLIC: Readonly<Record<string, string>> = {
  'GET /.well-known/apple-app-site-association': 'public, max-age=3600',
  'GET /.well-known/assetlinks.json': 'public, max-age=3600',
  'GET /.well-known/jwks.json': 'public, max-age=300',
  'GET /openapi.json': 'public, max-age=600',
}

function isPublic({ what, response }: Seen): boolean {
  return routeOf(what) in PUBLIC && response.status === 200
}

function routeOf(what: string): string {
  return what.split(',')[0] ?? ''
}

/** Files that the pages load: the same for everyone, too. */
function isFile({ what, response }: Seen): boolean {
  return routeOf(what) === 'GET /assets/:file' && response.status === 200
}

describe('every answer', () => {
  let seen: readonly Seen[] = []
  beforeAll(async () => {
    seen = await crawl()
  })

  /** Returns the values of a header, by answer, without the answers that agree with `right`. */
  function except(header: string, right: (value: string | null, answer: Seen) => boolean) {
    return seen
      .filter((answer) => !right(answer.response.headers.get(header), answer))
      .map((answer) => `${answer.what}: ${answer.response.status} ${answer.response.headers.get(header)}`)
  }

  it('is looked at: successes, redirects, refusals and failures of every route', () => {
    const statuses = new Set(seen.map(({ response }) => response.status))
    for (const status of [200, 201, 204, 303, 401, 403, 404, 405, 422, 503])
      expect(statuses).toContain(status)
    expect(statuses).not.toContain(500)
  })

  it('API-06: is kept by no cache, unless it is the key set, the contract, a file for native apps or one of the pages', () => {
    expect(
      except('Cache-Control', (value, answer) => {
        if (isFile(answer)) return value === 'public, max-age=600'
        return value === (isPublic(answer) ? PUBLIC[routeOf(answer.what)] : 'no-store')
      }),
    ).toEqual([])
    const cacheable = new Set(
      seen.filter((answer) => isPublic(answer) || isFile(answer)).map(({ what }) => routeOf(what)),
    )
    expect([...cacheable].sort()).toEqual([
      'GET /.well-known/apple-app-site-association',
      'GET /.well-known/assetlinks.json',
      'GET /.well-known/jwks.json',
      'GET /assets/:file',
      'GET /openapi.json',
    ])
    for (const { response, text } of seen.filter((answer) => isPublic(answer) || isFile(answer))) {
      expect(response.headers.getSetCookie()).toEqual([])
      expect(text).not.toMatch(/person-\d+-|Canary/)
    }
  })

  it('INC-27: varies by everything that it may depend on', () => {
    expect(
      except('Vary', (value) => {
        const names = (value ?? '').split(',').map((name) => name.trim())
        return ['Cookie', 'Authorization', 'Origin'].every((name) => names.includes(name))
      }),
    ).toEqual([])
  })

  it('API-07: is useless as a page or a script', () => {
    expect(except('X-Content-Type-Options', (value) => value === 'nosniff')).toEqual([])
    const policy = (value: string | null) =>
      ["default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'"].every(
        (directive) => value?.split('; ').includes(directive),
      )
    expect(except('Content-Security-Policy', policy)).toEqual([])
  })

  it('HTM-03: keeps to TLS, to its origin, and to itself', () => {
    expect(
      except('Strict-Transport-Security', (value) =>
        /^max-age=31536000; includeSubDomains$/.test(value ?? ''),
      ),
    ).toEqual([])
    expect(
      except('Referrer-Policy', (value, { response }) =>
        response.headers.get('Content-Type')?.startsWith('text/html')
          ? value === 'strict-origin'
          : value === 'no-referrer',
      ),
    ).toEqual([])
    expect(except('Cross-Origin-Opener-Policy', (value) => value === 'same-origin')).toEqual([])
    expect(
      except(
        'Cross-Origin-Resource-Policy',
        (value, answer) => value === (isPublic(answer) ? 'cross-origin' : 'same-origin'),
      ),
    ).toEqual([])
  })

  it('HTM-03: binds no other service of localhost to TLS', async () => {
    for (const ISSUER of ['http://localhost:8787', 'https://localhost:8787', 'https://auth.localhost/auth']) {
      const { headers } = await ownService({ ISSUER }).fetch(new Request(`${ISSUER}/healthz`))
      expect(headers.get('Strict-Transport-Security')).toBeNull()
      expect(headers.get('X-Content-Type-Options')).toBe('nosniff')
    }
  })

  it('API-01: says which characters it is made of, if it has any', () => {
    expect(
      except('Content-Type', (value, { text }) =>
        text === ''
          ? value === null
          : /^(application\/json|application\/problem\+json|text\/html|text\/css); charset=utf-8$/i.test(
              value ?? '',
            ),
      ),
    ).toEqual([])
  })

  it('does not say what it is made with', () => {
    for (const header of ['Server', 'X-Powered-By', 'Via'])
      expect(except(header, (value) => value === null)).toEqual([])
  })

  it('SES-02: sets cookies that only this host, over TLS, and no script can read', () => {
    const cookies = seen.flatMap(({ what, response }) =>
      response.headers.getSetCookie().map((cookie) => ({ what, cookie })),
    )
    for (const { what, cookie } of cookies) {
      const [pair = '', ...attributes] = cookie.split('; ')
      const [, name = '', value = ''] = /^([^=]+)=(.*)$/.exec(pair) ?? []
      const sameSite = { '__Host-session': 'Lax', '__Host-refresh': 'Strict', '__Host-device': 'Strict' }[
        name
      ]
      expect({ what, sameSite }).toEqual({ what, sameSite: expect.any(String) })
      expect({ what, attributes: attributes.filter((each) => !each.startsWith('Max-Age=')).sort() }).toEqual({
        what,
        attributes: ['HttpOnly', 'Path=/', `SameSite=${sameSite}`, 'Secure'],
      })
      const maxAge = Number(attributes.find((each) => each.startsWith('Max-Age='))?.slice('Max-Age='.length))
      expect({ what, gone: maxAge === 0 }).toEqual({ what, gone: value === '' })
      expect(cookie.length).toBeLessThan(4096)
      // Random bytes, a counter, a MAC: nothing of the person.
      expect(value).toMatch(/^([\w-]{22}\.([\w-]{43}|\d+\.[\w-]{43}))?$/)
      expect(cookie).not.toMatch(/example|Canary|@/i)
    }
    const kinds = new Set(
      cookies.map(({ cookie }) =>
        cookie.replace(/=.*?(;|$)/, (all) => (all === '=;' ? '-' : '+')).slice(0, 15),
      ),
    )
    expect([...kinds].sort()).toEqual([
      '__Host-device+ ',
      '__Host-refresh+',
      '__Host-refresh-',
      '__Host-session+',
      '__Host-session-',
    ])
  })

  it('SES-02: sets none from a sign-in in token mode that did not ask for one', () => {
    const signIns = seen.filter(({ response, text }) => response.ok && text.includes('"refresh_token"'))
    expect(signIns.length).toBeGreaterThan(0)
    for (const { what, response } of signIns) {
      const given = response.headers.getSetCookie().filter((cookie) => !/^[^=]+=;/.test(cookie))
      expect({ what, given }).toEqual({ what, given: [] })
    }
  })
})
