import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import type { ShownRequest } from '../../src/oauth/request-seals'
import { postEndlessForm } from '../support/endless-form'
import {
  ask,
  codeFor,
  decide,
  exchange,
  hidden,
  locationOf,
  newClient,
  oauthService,
  postForm,
  RESOURCE,
  requestOf,
  type TestClient,
} from '../support/oauth'
import { type Answer, expectProblem, PASSWORD, type Person, send, signedInPerson } from '../support/person'
import type { OwnService } from '../support/service'
import { stopTime } from '../support/stop-time'

function providerOf(own: OwnService) {
  const { providerPart } = own.services
  if (!providerPart) throw new Error('The service is no authorization server')
  return providerPart
}

let service: OwnService
let ada: Person
let client: TestClient

beforeAll(async () => {
  service = oauthService()
  ada = await signedInPerson({ mode: 'session', service })
  client = await newClient()
})

describe('an authorization request whose client or redirect URI is not proven', () => {
  it.each([
    ['no client', { client_id: null }],
    ['an unknown client', { client_id: `c_${'x'.repeat(22)}` }],
    ['an account in place of a client', { client_id: 'A'.repeat(22) }],
    ['no redirect URI', { redirect_uri: null }],
    ['another redirect URI', { redirect_uri: 'https://evil.example/cb' }],
    ['more behind the redirect URI', { redirect_uri: 'https://app.example/cb/x' }],
    ['a query on the redirect URI', { redirect_uri: 'https://app.example/cb?x=1' }],
    ['another spelling', { redirect_uri: 'https://APP.example/cb' }],
  ])('OP-01: CVE-2025-4143: %s redirects nobody, before any page', async (_, others) => {
    for (const person of [undefined, ada]) {
      const answer = await ask(service, requestOf(client, others), person)
      expectProblem(answer, 400, 'authorization-refused')
      expect(answer.headers.get('Location')).toBeNull()
    }
  })

  it('OP-01, OP-17: a second client_id or redirect_uri redirects nobody', async () => {
    for (const [name, value] of [
      ['client_id', client.id],
      ['redirect_uri', client.redirectUri],
      ['redirect_uri', 'https://evil.example/cb'],
    ] as const) {
      const parameters = requestOf(client)
      parameters.append(name, value)
      expectProblem(await ask(service, parameters, ada), 400, 'authorization-refused')
    }
  })

  it.each([
    ['client_id', { client_id: `c_${'x'.repeat(22)}` }, 'Send client_id as that of a client'],
    [
      'redirect_uri',
      { redirect_uri: 'https://app.example/cb/' },
      'Send redirect_uri as the client registered it',
    ],
  ])('OP-01: the page names %s, for the developer of the app', async (_, others, detail) => {
    const headers = { ...ada.headers, Accept: 'text/html', 'Accept-Language': 'de' }
    const page = await ask(service, requestOf(client, others), { headers })
    expect(page.status).toBe(400)
    expect(page.text).toContain(`<p lang="en">${detail}`)
  })

  it('OP-01: only the port of this machine may differ', async () => {
    const native = await newClient({ confidential: false, redirectUris: ['http://127.0.0.1/cb'] })
    const page = await ask(service, requestOf(native, { redirect_uri: 'http://127.0.0.1:49152/cb' }), ada)
    expect(page.status).toBe(200)
    const answer = locationOf(await decide(service, ada, page))
    expect(answer.origin).toBe('http://127.0.0.1:49152')
    const moved = await exchange(service, native, answer.searchParams.get('code') ?? '', {
      redirect_uri: 'http://127.0.0.1:49153/cb',
    })
    expect(moved).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
  })
})

describe('an authorization request that is refused', () => {
  async function isTold(others: Readonly<Record<string, string | null>>, error: string) {
    for (const person of [undefined, ada]) {
      const answer = await ask(service, requestOf(client, others), person)
      expect(answer.status).toBe(303)
      const url = locationOf(answer)
      expect(`${url.origin}${url.pathname}`).toBe(client.redirectUri)
      expect(Object.fromEntries(url.searchParams)).toEqual({
        error,
        error_description: expect.any(String),
        iss: service.issuer,
        ...('state' in others ? {} : { state: 'state of the client' }),
      })
    }
  }

  it.each<[string, Readonly<Record<string, string | null>>, string]>([
    ['no challenge', { code_challenge: null }, 'invalid_request'],
    ['a short challenge', { code_challenge: 'x'.repeat(42) }, 'invalid_request'],
    ['no method', { code_challenge_method: null }, 'invalid_request'],
    ['plain', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['another spelling of S256', { code_challenge_method: 's256' }, 'invalid_request'],
  ])(
    'OP-02: CVE-2025-4144: %s is told to the client, with state and issuer, signed in or not',
    (_, others, error) => isTold(others, error),
  )

  it.each<[string, Readonly<Record<string, string | null>>, string]>([
    ['no response type', { response_type: null }, 'invalid_request'],
    ['the implicit flow', { response_type: 'token' }, 'unsupported_response_type'],
    ['an ID token', { response_type: 'id_token' }, 'unsupported_response_type'],
    ['a hybrid flow', { response_type: 'code id_token' }, 'unsupported_response_type'],
    ['a fragment', { response_mode: 'fragment' }, 'invalid_request'],
    ['a form', { response_mode: 'form_post' }, 'invalid_request'],
  ])('OP-05: %s is told to the client, with state and issuer, signed in or not', (_, others, error) =>
    isTold(others, error),
  )

  it.each<[string, Readonly<Record<string, string | null>>, string]>([
    ['a long nonce', { nonce: 'x'.repeat(257) }, 'invalid_request'],
    ['a nonce with a NUL', { nonce: 'a\0b' }, 'invalid_request'],
  ])('OP-12: %s is told to the client, with state and issuer, signed in or not', (_, others, error) =>
    isTold(others, error),
  )

  it.each<[string, Readonly<Record<string, string | null>>, string]>([
    ['prompt=none and more', { prompt: 'none login' }, 'invalid_request'],
    ['an unknown prompt', { prompt: 'create' }, 'invalid_request'],
    ['an odd max_age', { max_age: '-1' }, 'invalid_request'],
  ])('OP-13: %s is told to the client, with state and issuer, signed in or not', (_, others, error) =>
    isTold(others, error),
  )

  it.each<[string, Readonly<Record<string, string | null>>, string]>([
    ['no scope that it may have', { scope: 'admin' }, 'invalid_scope'],
    ['a scope of another resource', { scope: 'files:read' }, 'invalid_scope'],
    ['a scope that is none', { scope: 'a"b' }, 'invalid_scope'],
    ['no resource', { resource: null }, 'invalid_target'],
    ['an unknown resource', { resource: 'https://evil.example/' }, 'invalid_target'],
    ['a resource with a NUL', { resource: 'a\0b' }, 'invalid_target'],
  ])('OP-14: %s is told to the client, with state and issuer, signed in or not', (_, others, error) =>
    isTold(others, error),
  )

  it.each<[string, Readonly<Record<string, string | null>>, string]>([
    ['a request object', { request: 'x.y.z' }, 'request_not_supported'],
    ['the URL of one', { request_uri: 'https://app.example/r' }, 'request_uri_not_supported'],
    ['a long state', { state: 'x'.repeat(513) }, 'invalid_request'],
  ])('OP-17: %s is told to the client, with state and issuer, signed in or not', (_, others, error) =>
    isTold(others, error),
  )

  it('OP-17: a repeated parameter is refused, an unknown one ignored', async () => {
    for (const name of ['scope', 'resource', 'state', 'code_challenge', 'prompt', 'unknown']) {
      const parameters = requestOf(client, { prompt: 'consent', unknown: 'x' })
      parameters.append(name, 'y')
      expect(locationOf(await ask(service, parameters, ada)).searchParams.get('error')).toBe(
        'invalid_request',
      )
    }
    expect((await ask(service, requestOf(client, { unknown: 'x' }), ada)).status).toBe(200)
  })
})

describe('consent', () => {
  it('OP-08: says who asks, where the answer goes, for what and for how long; the form may end at the client alone', async () => {
    const page = await ask(
      service,
      requestOf(client, { scope: 'notes:read notes:write offline_access' }),
      ada,
    )
    expect(page.status).toBe(200)
    for (const said of [
      'Notes of Ada',
      ada.email,
      'app.example',
      'notes:read',
      'notes:write',
      'after you sign out',
    ])
      expect(page.text).toContain(said)
    expect(page.text).toMatch(/at most \d+ days/)
    expect(page.headers.get('Content-Security-Policy')).toContain("form-action 'self';")
    expect(page.text).not.toContain('<script src')
  })

  it.each([
    ['https://app.example/cb', 'text/html', 200],
    ['http://127.0.0.1/cb', 'text/html', 200],
    ['com.example.app:/cb', 'text/html', 303],
    ['https://app.example/cb', 'application/json', 303],
  ])(
    'OP-07: at %s is answered to whoever prefers %s by %i, and the form may end where that leads',
    async (uri, Accept, status) => {
      const app = await newClient({ redirectUris: [uri] })
      const page = await ask(service, requestOf(app), ada)
      const answer = await decide(service, { headers: { ...ada.headers, Accept } }, page)
      expect(answer.status).toBe(status)
      expect(answer.headers.get(status === 200 ? 'Refresh' : 'Location')).toContain(`${uri}?code=`)
      const named = uri.startsWith('com') ? "form-action 'self' com.example.app:;" : "form-action 'self';"
      expect(page.headers.get('Content-Security-Policy')).toContain(named)
    },
  )

  it('OP-07, OP-06: is answered with the code, the state and the issuer, and without a stop at Janus', async () => {
    const page = await ask(service, requestOf(client), ada)
    const answer = await decide(service, ada, page)
    const { searchParams } = locationOf(answer)
    expect(Object.fromEntries(searchParams)).toEqual({
      code: expect.stringMatching(/^[\w-]{43}$/),
      state: 'state of the client',
      iss: service.issuer,
    })
    expect(locationOf(answer).href).toMatch(/^https:\/\/app\.example\/cb\?/)
  })

  it('is denied: access_denied, and nothing is remembered', async () => {
    const other = await newClient()
    const page = await ask(service, requestOf(other), ada)
    const { searchParams } = locationOf(await decide(service, ada, page, 'deny'))
    expect(searchParams.get('error')).toBe('access_denied')
    expect(searchParams.get('iss')).toBe(service.issuer)
    expect((await ask(service, requestOf(other), ada)).status).toBe(200)
  })

  it('OP-08: is remembered for a client that can prove who it is, until it asks for more', async () => {
    const other = await newClient()
    await codeFor(service, ada, other)
    expect((await ask(service, requestOf(other), ada)).status).toBe(303)
    expect((await ask(service, requestOf(other, { scope: 'notes:read notes:write' }), ada)).status).toBe(200)
    expect((await ask(service, requestOf(other, { prompt: 'consent' }), ada)).status).toBe(200)
    const elsewhere = { resource: 'https://files.example/', scope: 'files:read' }
    expect((await ask(service, requestOf(other, elsewhere), ada)).status).toBe(200)
  })

  it('OP-08: a public client asks each time', async () => {
    const spa = await newClient({ confidential: false })
    for (const _ of [1, 2]) {
      const page = await ask(service, requestOf(spa), ada)
      expect(page.status).toBe(200)
      await decide(service, ada, page)
    }
  })

  it.each([
    ['its own app on a host', { firstParty: true, confidential: false }, 303],
    [
      'its own app with a secret, on this machine',
      { firstParty: true, redirectUris: ['http://127.0.0.1/cb'] },
      303,
    ],
    [
      'its own app on a device',
      { firstParty: true, confidential: false, redirectUris: ['http://127.0.0.1/cb'] },
      200,
    ],
    [
      'its own app by a scheme',
      { firstParty: true, confidential: false, redirectUris: ['com.example:/cb'] },
      200,
    ],
  ])('OP-08: the operator does not let people be asked for %s', async (_, terms, status) => {
    const own = await newClient(terms)
    expect((await ask(service, requestOf(own), ada)).status).toBe(status)
  })

  it('OP-08: a form of another site is refused, and so is one without a cookie', async () => {
    const page = await ask(service, requestOf(client, { prompt: 'consent' }), ada)
    const fields = { request: hidden(page, 'request'), account_id: ada.userId, decision: 'allow' }
    const foreign = { ...ada.headers, 'Sec-Fetch-Site': 'cross-site', Origin: 'https://evil.example' }
    expectProblem(await postForm(service, '/oauth/consent', fields, foreign), 403, 'cross-site-request')
    expectProblem(await postForm(service, '/oauth/consent', fields), 401, 'authentication-required')
  })

  it('OP-09: who decides is who was asked', async () => {
    const eve = await signedInPerson({ mode: 'session', service })
    const page = await ask(service, requestOf(client, { prompt: 'consent' }), ada)
    const fields = { request: hidden(page, 'request'), decision: 'allow' }
    expectProblem(await postForm(service, '/oauth/consent', fields, eve.headers), 409, 'account-mismatch')
    expect((await ask(service, requestOf(client, { prompt: 'consent' }), eve)).text).toContain(eve.email)
  })

  it.each(['allow', 'deny'] as const)(
    'OP-09: a decision to %s leads nowhere that is registered no more since the question was shown',
    async (decision) => {
      const own = await newClient()
      const page = await ask(service, requestOf(own), ada)
      await env.DB.prepare(
        `UPDATE oauth_clients SET redirect_uris = '["https://new.example/cb"]' WHERE id = ?1`,
      )
        .bind(own.id)
        .run()
      const answer = await decide(service, ada, page, decision)
      expect(answer.status).toBe(400)
      expect(answer.text).not.toContain(encodeURIComponent(own.redirectUri))
      expect(answer.headers.get('Location')).toBeNull()
    },
  )

  it('OP-09: a decision gives no scope and no code that the client may not have any more', async () => {
    const own = await newClient()
    const page = await ask(service, requestOf(own, { scope: 'notes:read notes:write' }), ada)
    const set = (column: string, value: string) =>
      env.DB.prepare(`UPDATE oauth_clients SET ${column} = ?2 WHERE id = ?1`).bind(own.id, value).run()
    await set('scopes', '["notes:read"]')
    const allowed = locationOf(await decide(service, ada, page)).searchParams.get('code') ?? ''
    expect((await exchange(service, own, allowed)).body.scope).toBe('notes:read')
    await set('grants', '["client_credentials"]')
    const answer = locationOf(await decide(service, ada, page))
    expect(answer.searchParams.get('error')).toBe('unauthorized_client')
  })

  it('OP-09: what the client may have since the question was shown is asked for by another question', async () => {
    const own = await newClient({ scopes: ['notes:read', 'openid'] })
    const asked = { scope: 'openid notes:read', claims: '{"userinfo":{"email":null}}' }
    const page = await ask(service, requestOf(own, asked), ada)
    expect(page.text).not.toContain('see your email address')
    await env.DB.prepare('UPDATE oauth_clients SET scopes = ?2 WHERE id = ?1')
      .bind(own.id, '["notes:read","openid","email"]')
      .run()
    const again = await decide(service, ada, page)
    expect(again.headers.get('Refresh')).toBeNull()
    expect(again.status).toBe(200)
    expect(again.text).toContain('see your email address')
    const code = locationOf(await decide(service, ada, again)).searchParams.get('code') ?? ''
    expect((await exchange(service, own, code)).body.scope).toBe('openid notes:read email')
  })

  describe.each([
    ['max_age', { max_age: '30', prompt: 'consent' }],
    ['prompt=login', { prompt: 'login consent' }],
  ])('OP-09: %s', (_, others) => {
    /** Shows a question to a sign-in that is recent enough. An older session of the account is there, too. */
    async function askedAfterSignIn() {
      const own = oauthService()
      const older = await signedInPerson({ mode: 'session', service: own })
      own.ahead = 60
      stopTime()
      const page = await ask(own, requestOf(client, others), await older.signIn())
      expect(page.status).toBe(200)
      return { own, older, page }
    }

    it('takes its proof of the session that answers a question, too', async () => {
      const { own, older, page } = await askedAfterSignIn()
      expect(locationOf(await decide(own, older, page)).pathname).toBe('/reauthenticate')
    })

    it('is judged as before where an older Worker has sealed the page', async () => {
      const { own, older, page } = await askedAfterSignIn()
      const { shown } = providerOf(own).seals
      const { startedAt, ...sealed } = (await shown.open(hidden(page, 'request'), 0)) ?? {}
      expect(startedAt).toEqual(expect.any(Number))
      const request = await shown.seal(sealed as ShownRequest)
      const fields = { request, account_id: older.userId, decision: 'allow' }
      const answer = await postForm(own, '/oauth/consent', fields, older.headers)
      expect(locationOf(answer).searchParams.get('code')).toEqual(expect.any(String))
    })
  })

  it('OP-09: whoever reads a question slowly proves nothing again for max_age', async () => {
    const own = oauthService()
    const reader = await signedInPerson({ mode: 'session', service: own })
    stopTime()
    own.ahead = 20
    const page = await ask(own, requestOf(client, { max_age: '30', prompt: 'consent' }), reader)
    own.ahead = 35
    expect(locationOf(await decide(own, reader, page)).searchParams.get('code')).toEqual(expect.any(String))
  })

  it('OP-09: a sign-in that was recent enough when a request was looked at is so for the decision', async () => {
    const own = oauthService()
    stopTime()
    const reader = await signedInPerson({ mode: 'session', service: own })
    const { oauth } = providerOf(own)
    const { findAsked } = oauth
    oauth.findAsked = async (asked) => {
      const facts = await findAsked(asked)
      own.ahead += 1
      return facts
    }
    const page = await ask(own, requestOf(client, { prompt: 'login consent' }), reader)
    expect(locationOf(await decide(own, reader, page)).searchParams.get('code')).toEqual(expect.any(String))
  })

  it('shows no page whose form would be refused as too long', async () => {
    const scopes = Array.from({ length: 100 }, (_, n) => `notes:${String(n).padStart(24, '0')}`)
    const own = oauthService({ OAUTH_RESOURCES: `${RESOURCE} ${scopes.join(' ')}` })
    const reader = await signedInPerson({ mode: 'session', service: own })
    const wide = await newClient({ scopes })
    const scope = (length: number) => ({ scope: scopes.slice(0, length).join(' ') })
    const page = await ask(own, requestOf(wide, scope(50)), reader)
    expect(locationOf(await decide(own, reader, page)).searchParams.get('code')).toEqual(expect.any(String))
    expectProblem(await ask(own, requestOf(wide, scope(100)), reader), 400, 'authorization-refused')
  })

  it('OP-09: no code is issued of a session that ends while its request is answered', async () => {
    const own = oauthService()
    const grace = await signedInPerson({ mode: 'session', service: own })
    const page = await ask(own, requestOf(client, { prompt: 'consent' }), grace)
    const { oauth } = providerOf(own)
    const { issueCode } = oauth
    oauth.issueCode = async (code) => {
      await grace.post('/logout')
      return issueCode(code)
    }
    expect(locationOf(await decide(own, grace, page)).pathname).toBe('/login')
  })

  it('OP-09: a request that waits for a sign-in is none that was shown, and both expire', async () => {
    const own = oauthService()
    const page = await ask(own, requestOf(client, { prompt: 'consent' }), ada)
    const started = await ask(own, requestOf(client))
    const resume = locationOf(started).searchParams.get('return_to') ?? ''
    const waiting = new URLSearchParams(resume.split('?')[1]).get('request') ?? ''
    const fields = { request: waiting, decision: 'allow' }
    expectProblem(await postForm(own, '/oauth/consent', fields, ada.headers), 400, 'authorization-refused')
    const [cookie] = Object.entries(started.cookies)
    const bound = { Cookie: `${ada.headers.Cookie}; ${cookie?.join('=')}` }
    expect((await send(own, 'GET', resume, { headers: bound })).status).toBeLessThan(400)
    own.ahead = 601
    expectProblem(await send(own, 'GET', resume, { headers: bound }), 400, 'authorization-refused')
    expectProblem(
      await decide(own, { headers: { ...ada.headers, Accept: '*/*' } }, page),
      400,
      'authorization-refused',
    )
  })

  it('OP-09, OP-13: a request that comes back again and again before its person signs in ends an hour after it began', async () => {
    const own = oauthService()
    const started = await ask(own, requestOf(client, { prompt: 'login' }))
    let resume = locationOf(started).searchParams.get('return_to') ?? ''
    const [cookie] = Object.entries(started.cookies)
    const bound = { Cookie: cookie?.join('=') ?? '' }
    for (own.ahead = 500; own.ahead < 3600; own.ahead += 500) {
      const again = await send(own, 'GET', resume, { headers: bound })
      resume = locationOf(again).searchParams.get('return_to') ?? ''
    }
    own.ahead = 3601
    expectProblem(await send(own, 'GET', resume, { headers: bound }), 400, 'authorization-refused')
  })

  it('OP-03: a session that has ended since gets no code', async () => {
    const own = await signedInPerson({ mode: 'session', service })
    const page = await ask(service, requestOf(client), own)
    await own.signIn().then((other) => other.post('/logout/all', {}))
    const answer = await decide(service, own, page)
    expect(locationOf(answer).href).not.toContain('code=')
  })

  it('only a cookie speaks for a person: an access token leads to the sign-in', async () => {
    const token = await ada.signIn({ mode: 'token' })
    expect(locationOf(await ask(service, requestOf(client), token)).pathname).toBe('/login')
  })
})

describe('somebody who is not signed in', () => {
  /** Signs in by the page, and follows to where it leads. */
  async function signInFrom(answer: { headers: Headers; cookies: Readonly<Record<string, string>> }) {
    const login = new URL(answer.headers.get('Location') ?? '', service.issuer)
    const returnTo = login.searchParams.get('return_to') ?? ''
    const fields = { email: ada.email, password: PASSWORD, mode: 'session', return_to: returnTo }
    const cookies = Object.entries(answer.cookies).map((pair) => pair.join('='))
    const browser = { Accept: 'text/html', Cookie: cookies.join('; '), 'Sec-Fetch-Site': 'same-origin' }
    const signedIn = await postForm(service, '/login', fields, browser)
    const session = Object.entries(signedIn.cookies).find(([name]) => name.startsWith('__Host-session')) ?? []
    const jar = { Cookie: [...cookies, session.join('=')].join('; ') }
    const onward = new URL(signedIn.headers.get('Location') ?? '', service.issuer)
    expect(onward.pathname).toBe('/continue')
    const led = await send(service, 'GET', `${onward.pathname}${onward.search}`, { headers: jar })
    return { led, jar }
  }

  it('OP-09: signs in, comes back to the request, and is asked', async () => {
    const started = await ask(service, requestOf(client, { prompt: 'consent' }))
    expect(started.status).toBe(303)
    const { led, jar } = await signInFrom(started)
    const resume = led.headers.get('Location') ?? ''
    expect(resume).toMatch(/^\/oauth\/resume\?request=/)
    const page = await send(service, 'GET', resume, { headers: jar })
    expect(page.status).toBe(200)
    expect(locationOf(await decide(service, { headers: jar }, page)).searchParams.get('code')).not.toBeNull()
  })

  it('is led to the client by a navigation of its own where nobody has to be asked', async () => {
    const own = await newClient({ firstParty: true })
    const { led, jar } = await signInFrom(await ask(service, requestOf(own)))
    const page = await send(service, 'GET', led.headers.get('Location') ?? '', {
      headers: { ...jar, Accept: 'text/html' },
    })
    expect(page.status).toBe(200)
    expect(page.headers.get('Refresh')).toMatch(/^0;url=https:\/\/app\.example\/cb\?code=[\w-]{43}&state=/)
  })

  it('OP-09: in another browser the request does not go on', async () => {
    const started = await ask(service, requestOf(client))
    const resume = locationOf(started).searchParams.get('return_to') ?? ''
    expectProblem(await send(service, 'GET', resume, { headers: ada.headers }), 400, 'authorization-refused')
    const other = await ask(service, requestOf(client))
    const [cookie] = Object.entries(other.cookies)
    const headers = { Cookie: `${ada.headers.Cookie}; ${cookie?.join('=')}` }
    expectProblem(await send(service, 'GET', resume, { headers }), 400, 'authorization-refused')
  })

  it('has two tabs, of which none ends the request of the other', async () => {
    const first = await ask(service, requestOf(client))
    const [cookie] = Object.entries(first.cookies)
    const binding = { headers: { Cookie: cookie?.join('=') ?? '' } }
    const second = await ask(service, requestOf(client, { state: '2' }), binding)
    for (const started of [first, second]) {
      const resume = locationOf(started).searchParams.get('return_to') ?? ''
      const headers = { Cookie: `${ada.headers.Cookie}; ${binding.headers.Cookie}` }
      expect((await send(service, 'GET', resume, { headers })).status).toBeLessThan(400)
    }
  })

  it('OP-13: prompt=none shows nobody a page', async () => {
    const { searchParams } = locationOf(await ask(service, requestOf(client, { prompt: 'none' })))
    expect(searchParams.get('error')).toBe('login_required')
    const fresh = await newClient()
    const asked = locationOf(await ask(service, requestOf(fresh, { prompt: 'none' }), ada))
    expect(asked.searchParams.get('error')).toBe('consent_required')
  })

  it('reads a form no further than it may be long', async () => {
    const [status, read] = await postEndlessForm(service, '/oauth/authorize')
    expect(status).toBe(400)
    expect(read).toBeLessThan(20)
  })

  it('takes a form from any site, and goes on by GET', async () => {
    const foreign = { 'Sec-Fetch-Site': 'cross-site', Origin: 'https://app.example', ...ada.headers }
    const answer = await postForm(service, '/oauth/authorize', Object.fromEntries(requestOf(client)), foreign)
    expect(answer.status).toBe(303)
    expect(locationOf(answer).pathname).toBe('/oauth/authorize')
    expect(locationOf(answer).searchParams.get('client_id')).toBe(client.id)
  })
})

/** Returns the cookies of a browser after an answer that may have set some. */
function renewed({ Cookie = '' }: Record<string, string>, { cookies }: Answer): Record<string, string> {
  const kept = Cookie.split('; ').map((pair) => pair.split('=') as [string, string])
  const jar = { ...Object.fromEntries(kept), ...cookies }
  return {
    Cookie: Object.entries(jar)
      .map((pair) => pair.join('='))
      .join('; '),
  }
}

describe('OP-13: a proof that is too old', () => {
  it.each([
    ['prompt=login', { prompt: 'login' }],
    ['max_age', { max_age: '100' }],
  ])('%s asks for another, and goes on after it', async (_, others) => {
    const own = oauthService()
    const grace = await signedInPerson({ mode: 'session', service: own })
    const firstParty = await newClient({ firstParty: true })
    own.ahead = 200
    const silent = locationOf(
      await ask(own, requestOf(firstParty, { max_age: '100', prompt: 'none' }), grace),
    )
    expect(silent.searchParams.get('error')).toBe('login_required')
    const asked = await ask(own, requestOf(firstParty, others), grace)
    expect(locationOf(asked).pathname).toBe('/reauthenticate')
    const resume = locationOf(asked).searchParams.get('return_to') ?? ''
    const [cookie] = Object.entries(asked.cookies)
    const headers = { ...grace.headers, Cookie: `${grace.headers.Cookie}; ${cookie?.join('=')}` }
    const early = await send(own, 'GET', resume, { headers })
    expect(locationOf(early).pathname).toBe('/reauthenticate')
    own.ahead = 201
    const proof = await send(own, 'POST', '/reauthenticate', { headers, body: { password: PASSWORD } })
    expect(proof.status, proof.text).toBeLessThan(300)
    own.ahead = 400
    const answer = await send(own, 'GET', resume, { headers: { ...headers, ...renewed(headers, proof) } })
    expect(answer.headers.get('Refresh')).toContain('code=')
  })
})
