import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { mailingService } from '../support/mail'
import { expectProblem, newAddress, newEmail, PASSWORD, read, send, signedInPerson } from '../support/person'
import { appOf, deployed, ownService } from '../support/service'
import { startEmpty, storage } from '../support/storage'

beforeAll(startEmpty)

/** The issuer, and one application that may call it from a browser. */
const OWN = env.ISSUER
const LISTED = 'https://app.example.org'
const WEB_VIEW = 'capacitor://localhost'
const janus = ownService({ ALLOWED_ORIGINS: `https://other.example.org, ${LISTED}, ${WEB_VIEW}` })

const FOREIGN_ORIGINS = {
  null: 'null',
  'an empty one': '',
  'a suffix': `${OWN}.evil.example`,
  'a prefix': 'https://evil-auth.example.com',
  'the parent domain': 'https://example.com',
  'a subdomain': 'https://x.auth.example.com',
  'another port': `${OWN}:8443`,
  'the default port spelled out': `${OWN}:443`,
  'another scheme': OWN.replace('https', 'http'),
  'upper case': OWN.toUpperCase(),
  'a path after it': `${OWN}/`,
  'a user before it': OWN.replace('//', '//auth.example.com@'),
  'ours twice': `${OWN}, ${OWN}`,
  'a suffix of a listed one': `${LISTED}.evil.example`,
  'a subdomain of a listed one': 'https://x.app.example.org',
  'another scheme of a listed one': 'http://app.example.org',
  'a listed one in upper case': LISTED.toUpperCase(),
  'another scheme of a listed web view': 'ionic://localhost',
  'a listed web view with a slash': `${WEB_VIEW}/`,
  'two listed ones': `${LISTED}, https://other.example.org`,
}

/** By `Sec-Fetch-Site`: what happens if `Origin` is absent, ours, a listed one, or any other. */
const RULE = {
  absent: ['allowed', 'allowed', 'allowed', 'refused'],
  'same-origin': ['allowed', 'allowed', 'allowed', 'allowed'],
  none: ['allowed', 'allowed', 'allowed', 'allowed'],
  'same-site': ['refused', 'refused', 'allowed', 'refused'],
  'cross-site': ['refused', 'refused', 'allowed', 'refused'],
  '': ['refused', 'refused', 'allowed', 'refused'],
  'Same-Origin': ['refused', 'refused', 'allowed', 'refused'],
  'same-origin, same-origin': ['refused', 'refused', 'allowed', 'refused'],
  'none, cross-site': ['refused', 'refused', 'allowed', 'refused'],
  'anything-else': ['refused', 'refused', 'allowed', 'refused'],
}

const MATRIX = Object.entries(RULE).flatMap(([site, [absent, own, listed, foreign]]) => [
  { site, origin: null, from: 'absent', verdict: absent },
  { site, origin: OWN, from: 'our own', verdict: own },
  { site, origin: LISTED, from: 'a listed one', verdict: listed },
  { site, origin: WEB_VIEW, from: 'a listed web view', verdict: listed },
  ...Object.entries(FOREIGN_ORIGINS).map(([from, origin]) => ({ site, origin, from, verdict: foreign })),
])

function headersOf({ site, origin }: { site: string; origin: string | null }): Record<string, string> {
  return {
    ...(site === 'absent' ? {} : { 'Sec-Fetch-Site': site }),
    ...(origin === null ? {} : { Origin: origin }),
  }
}

const CROSS_SITE = { 'Sec-Fetch-Site': 'cross-site', Origin: 'https://evil.example' }

describe('a change that a cookie authenticates', () => {
  it.each(Object.keys(RULE))('CSRF-02: is judged with Sec-Fetch-Site "%s" as the rule says', async (site) => {
    const ada = await signedInPerson({ mode: 'session', service: janus })
    let name = null
    for (const [index, { origin, from, verdict }] of MATRIX.filter((row) => row.site === site).entries()) {
      const headers = { ...ada.headers, ...headersOf({ site, origin }) }
      const answer = await send(janus, 'PATCH', '/me', { headers, body: { name: `Ada ${index}` } })
      if (verdict === 'allowed') name = `Ada ${index}`
      else expectProblem(answer, 403, 'cross-site-request')
      const now = (await ada.get('/me')).body.user.name
      expect({ from, status: answer.status, name: now }).toEqual({
        from,
        status: verdict === 'allowed' ? 200 : 403,
        name,
      })
    }
  })

  it('CSRF-02: needs neither header from what is no browser', async () => {
    const ada = await signedInPerson({ mode: 'session' })
    expect((await ada.patch('/me', { name: 'Ada' })).body.user.name).toBe('Ada')
  })

  it('CSRF-02: judges by the configured origin, not by the host of the request', async () => {
    const ada = await signedInPerson({ mode: 'session' })
    const headers = { ...ada.headers, 'Content-Type': 'application/json', Origin: 'https://evil.example' }
    const body = JSON.stringify({ name: 'Eve' })
    const request = new Request('https://evil.example/me', { method: 'PATCH', headers, body })
    expect((await deployed.fetch(request)).status).toBe(403)
    expect((await ada.get('/me')).body.user.name).toBeNull()
  })

  it('CSRF-02: is refused to a foreign page on every route, and changes nothing', async () => {
    const ada = await signedInPerson({ mode: 'session' })
    const before = await storage()
    for (const [method, path, body] of [
      ['PATCH', '/me', { name: 'Eve' }],
      ['POST', '/me', { name: 'Eve' }],
      ['POST', '/me/delete', { password: PASSWORD }],
      ['POST', '/password', { current_password: PASSWORD, new_password: 'another horse battery' }],
      ['POST', '/logout', {}],
      ['POST', '/logout/all', {}],
      ['POST', `/sessions/${ada.sessionId}/end`, {}],
      ['DELETE', `/sessions/${ada.sessionId}`, undefined],
    ] as const) {
      const refusal = await send(deployed, method, path, { headers: { ...ada.headers, ...CROSS_SITE }, body })
      expectProblem(refusal, 403, 'cross-site-request')
      expect(refusal.cookies, path).toEqual({})
    }
    expect(await storage()).toEqual(before)
    expect((await ada.get('/me')).status).toBe(200)
  })

  it('CSRF-02, CSRF-04: is refused to a foreign page on each route that there is, as is what needs no cookie', async () => {
    const service = mailingService()
    const { routes } = appOf(service.services)
    const names = new Set(routes.map(({ method, path }) => `${method} ${path}`))
    const changing = [...names].filter((name) => !/^(ALL|GET|HEAD|OPTIONS) /.test(name))
    expect(changing.length).toBeGreaterThan(20)
    const ada = await signedInPerson({ mode: 'session', service })
    const before = await storage()
    const verdicts: Record<string, number[]> = {}
    for (const name of changing) {
      const [method = '', path = ''] = name.split(' ')
      const ask = (headers: Record<string, string>) =>
        send(service, method, path.replace(':id', ada.sessionId), {
          headers: { ...CROSS_SITE, ...headers },
          body: {},
        })
      const [withCookie, without] = [await ask(ada.headers), await ask({})]
      verdicts[name] = [withCookie.status, without.status]
      expect([withCookie.cookies, without.cookies], name).toEqual([{}, {}])
    }
    const closed = [
      '/me',
      '/password',
      '/email/change',
      '/logout/all',
      '/sessions/:id',
      '/devices/:id',
      '/passkeys',
      '/reauthenticate',
    ]
    const needsCookie = (name: string) =>
      closed.some((path) => name.split(' ')[1] === path) ||
      / \/(me|sessions|devices|passkeys|identities|reauthenticate)\//.test(name)
    expect(verdicts).toEqual(
      Object.fromEntries(
        changing.map((name) => [
          name,
          // A provider posts there from its site. Nothing was read, and nothing is done.
          name === 'POST /login/social/:provider/callback'
            ? [422, 422]
            : [403, needsCookie(name) ? 401 : 403],
        ]),
      ),
    )
    expect(await storage()).toEqual(before)
  })

  it('CSRF-01: has no token to steal or plant: where the request comes from decides, whatever else it has', async () => {
    const ada = await signedInPerson({ mode: 'session' })
    const eve = await signedInPerson({ mode: 'session' })
    const planted = eve.answer.cookies['__Host-session'] ?? ''
    for (const headers of [
      {},
      { 'X-CSRF-Token': '' },
      { 'X-CSRF-Token': planted, Cookie: `${ada.headers.Cookie}; csrf=${planted}; __Host-csrf=${planted}` },
      { 'X-Requested-With': 'XMLHttpRequest' },
      { Referer: `${OWN}/` },
      { Host: 'auth.example.com', 'X-Forwarded-Host': 'evil.example' },
    ]) {
      const foreign = { ...ada.headers, ...headers, ...CROSS_SITE }
      const refusal = await send(deployed, 'PATCH', '/me', { headers: foreign, body: { name: 'Eve' } })
      expectProblem(refusal, 403, 'cross-site-request')
    }
    expect((await ada.get('/me')).body.user.name).toBeNull()
  })

  it('the refusal names the header seen, what is allowed, and the setting to change', async () => {
    const ada = await signedInPerson({ mode: 'session', service: janus })
    const detailFor = async (headers: Record<string, string>) => {
      const all = { ...ada.headers, ...headers }
      return (await send(janus, 'PATCH', '/me', { headers: all, body: {} })).body.detail
    }
    for (const [headers, seen] of [
      [{ 'Sec-Fetch-Site': 'cross-site' }, 'Sec-Fetch-Site is cross-site'],
      [{ 'Sec-Fetch-Site': 'same-site' }, 'Sec-Fetch-Site is same-site'],
      [{ 'Sec-Fetch-Site': '<script>' }, 'Sec-Fetch-Site'],
      [{ Origin: 'https://evil.example' }, 'Origin'],
    ] as const) {
      const detail = await detailFor(headers)
      for (const word of [seen, OWN, LISTED, 'ALLOWED_ORIGINS']) expect(detail).toContain(word)
      for (const word of ['<script>', 'evil.example']) expect(detail).not.toContain(word)
    }
  })
})

describe('signing in', () => {
  const refused = MATRIX.filter(({ verdict }) => verdict === 'refused')

  it.each(['session', 'token'] as const)('CSRF-04: is refused to a foreign page in %s mode', async (mode) => {
    const eve = await signedInPerson({ mode, service: janus })
    const before = await storage()
    for (const row of refused) {
      const headers = headersOf(row)
      for (const [path, body] of [
        ['/login', { email: eve.email, password: eve.password, mode }],
        ['/register', { email: newEmail(), password: PASSWORD, mode }],
      ] as const) {
        const refusal = await send(janus, 'POST', path, { headers, body })
        expectProblem(refusal, 403, 'cross-site-request')
        expect({ row, cookies: refusal.cookies }).toEqual({ row, cookies: {} })
      }
    }
    expect(await storage()).toEqual(before)
  })

  it('CSRF-04: is refused to a form on a foreign page', async () => {
    const eve = await signedInPerson({ mode: 'session' })
    const before = await storage()
    const headers = { ...CROSS_SITE, 'Content-Type': 'application/x-www-form-urlencoded' }
    const body = new URLSearchParams({ email: eve.email, password: eve.password }).toString()
    const answer = await deployed.fetch(new Request(`${OWN}/login`, { method: 'POST', headers, body }))
    expect({ status: answer.status, cookies: answer.headers.getSetCookie() }).toEqual({
      status: 403,
      cookies: [],
    })
    expect(await storage()).toEqual(before)
  })

  it('CSRF-04: is refused by refresh cookie too, and the token stays unused', async () => {
    const { email } = await signedInPerson({ mode: 'token' })
    const body = { email, password: PASSWORD, mode: 'token', refresh_in: 'cookie' }
    const { cookies } = await send(deployed, 'POST', '/login', { body })
    const headers = { Cookie: `__Host-refresh=${cookies['__Host-refresh']}` }
    const before = await storage()
    for (const foreign of [CROSS_SITE, { Origin: 'null' }, { 'Sec-Fetch-Site': 'same-site' }]) {
      const refusal = await send(deployed, 'POST', '/refresh', { headers: { ...headers, ...foreign } })
      expectProblem(refusal, 403, 'cross-site-request')
    }
    expect(await storage()).toEqual(before)
    expect((await send(deployed, 'POST', '/refresh', { headers })).status).toBe(200)
  })

  it('CSRF-05: is refused to a foreign page whatever Authorization header it adds', async () => {
    const eve = await signedInPerson({ mode: 'token' })
    const before = await storage()
    for (const authorization of [eve.headers.Authorization ?? '', 'Bearer x', 'Basic eDp5', '']) {
      const headers = { ...CROSS_SITE, Authorization: authorization }
      const body = { email: eve.email, password: eve.password }
      expectProblem(await send(deployed, 'POST', '/login', { headers, body }), 403, 'cross-site-request')
    }
    expect(await storage()).toEqual(before)
  })

  it.each(['same-origin', 'none', 'absent'])('is possible with Sec-Fetch-Site "%s"', async (site) => {
    const ada = await signedInPerson({ mode: 'session' })
    const headers = headersOf({ site, origin: OWN })
    const body = { email: ada.email, password: ada.password }
    expect((await send(deployed, 'POST', '/login', { headers, body })).status).toBe(200)
  })
})

describe('an Authorization header', () => {
  it.each([
    'Bearer garbage',
    'Bearer a.b.c',
    'Bearer',
    'Bearer ',
    'bearer x y',
    'Basic YTpi',
    'Token x',
    'x',
    '',
    ' ',
  ])('CSRF-05: "%s" beside a good cookie is refused, and nothing changes', async (authorization) => {
    const ada = await signedInPerson({ mode: 'session', service: janus })
    const before = await storage()
    for (const foreign of [{}, CROSS_SITE]) {
      const headers = { ...ada.headers, ...foreign, Authorization: authorization }
      for (const [method, path, body] of [
        ['PATCH', '/me', { name: 'Eve' }],
        ['POST', '/logout', undefined],
        ['GET', '/me', undefined],
        ['GET', '/', undefined],
      ] as const) {
        const refusal = await send(janus, method, path, { headers, body })
        expectProblem(refusal, 401, 'invalid-token')
        expect(refusal.headers.get('WWW-Authenticate')).toBe('Bearer error="invalid_token"')
      }
    }
    expect(await storage()).toEqual(before)
  })

  it('CSRF-05: an empty one, which the runtime may drop on the way, does not switch the rule off', async () => {
    const ada = await signedInPerson({ mode: 'session' })
    const headers = { ...ada.headers, ...CROSS_SITE, Authorization: '' }
    const refusal = await send(deployed, 'PATCH', '/me', { headers, body: { name: 'Eve' } })
    expect([401, 403]).toContain(refusal.status)
    expect((await ada.get('/me')).body.user.name).toBeNull()
  })

  it('CSRF-05: a good one decides, and the cookie of somebody else beside it is ignored', async () => {
    const ada = await signedInPerson({ mode: 'session' })
    const bob = await signedInPerson({ mode: 'token' })
    const headers = { ...ada.headers, ...bob.headers, ...CROSS_SITE }
    const renamed = await send(deployed, 'PATCH', '/me', { headers, body: { name: 'Bob' } })
    expect(renamed.body.user).toMatchObject({ id: bob.userId, name: 'Bob' })
    expect((await send(deployed, 'GET', '/', { headers })).body.user.id).toBe(bob.userId)
    expect((await send(deployed, 'POST', '/logout', { headers })).status).toBe(204)
    expect((await ada.get('/me')).body.user.name).toBeNull()
    expectProblem(await bob.get('/me'), 401, 'session-ended')
  })

  it('in token mode, needs no header of a browser: no page can add it unasked', async () => {
    const ada = await signedInPerson({ mode: 'token', service: janus })
    for (const row of MATRIX) {
      const headers = { ...ada.headers, ...headersOf(row) }
      const answer = await send(janus, 'PATCH', '/me', { headers, body: { name: 'Ada' } })
      expect({ row, status: answer.status }).toEqual({ row, status: 200 })
    }
  })
})

describe('a form with Origin: null and no Sec-Fetch-Site', () => {
  const FORM = { Origin: 'null', 'Content-Type': 'application/x-www-form-urlencoded' }
  const OLD_BROWSER =
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/15.6 Safari/605.1.15'

  async function post(path: string, fields: Record<string, string>, headers: Record<string, string>) {
    const body = new URLSearchParams(fields).toString()
    const from = { 'CF-Connecting-IP': newAddress() }
    const request = new Request(`${OWN}${path}`, {
      method: 'POST',
      headers: { ...from, ...FORM, ...headers },
      body,
    })
    return read(await deployed.fetch(request))
  }

  it.each([{}, { 'User-Agent': 'curl/8.5.0' }])(
    'CSRF-02: is judged by its password if a program sends it: %o',
    async (headers) => {
      const fields = { email: newEmail(), password: 'x' }
      expectProblem(await post('/login', fields, headers), 401, 'invalid-credentials')
    },
  )

  it.each([
    ['a browser', { 'User-Agent': OLD_BROWSER }],
    ['a browser in small letters', { 'User-Agent': OLD_BROWSER.toLowerCase() }],
    ['what has any cookie', { Cookie: 'theme=dark' }],
    ['a page of another site', { 'Sec-Fetch-Site': 'cross-site' }],
    ['a page of the same site', { 'Sec-Fetch-Site': 'same-site' }],
    ['what sends JSON', { 'Content-Type': 'application/json' }],
    ['what sends plain text', { 'Content-Type': 'text/plain' }],
  ])('CSRF-04: signs nobody in that comes from %s', async (_, headers) => {
    const eve = await signedInPerson({ mode: 'session' })
    const before = await storage()
    const answer = await post('/login', { email: eve.email, password: eve.password }, headers)
    expectProblem(answer, 403, 'cross-site-request')
    expect(answer.cookies).toEqual({})
    expect(await storage()).toEqual(before)
  })

  it('CSRF-02: is refused with the cookie of a session, whatever sends it', async () => {
    const ada = await signedInPerson({ mode: 'session' })
    for (const headers of [{}, { 'User-Agent': OLD_BROWSER }]) {
      const answer = await post('/me', { name: 'Eve' }, { ...ada.headers, ...headers })
      expectProblem(answer, 403, 'cross-site-request')
    }
    expect((await ada.get('/me')).body.user.name).toBeNull()
  })
})
