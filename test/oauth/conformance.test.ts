import { beforeAll, describe, expect, it } from 'vitest'
import {
  ask,
  CHALLENGE,
  codeFor,
  decide,
  exchange,
  locationOf,
  newClient,
  oauthService,
  postForm,
  refresh,
  requestOf,
  type TestClient,
  VERIFIER,
} from '../support/oauth'
import { headerOf, openIdRequest, readIdToken, signedInAt, userInfo } from '../support/openid'
import { addPasskey, signInWithPasskey } from '../support/passkeys'
import { type Answer, clientOf, PASSWORD, type Person, send, signedInPerson } from '../support/person'
import type { OwnService } from '../support/service'
import { stopTime } from '../support/stop-time'

// The modules of OpenID's conformance suite, each by its name there: the plans Basic OP and Config OP. What the suite sends without PKCE is
// sent with it here, because Janus requires it of every client.

let service: OwnService
let ada: Person
let client: TestClient
let second: TestClient

beforeAll(async () => {
  service = oauthService()
  ada = await signedInPerson({ mode: 'session', service })
  await ada.patch('/me', { name: 'Ada Lovelace' })
  // The plan has its people allow everything, and expects no question again.
  client = await newClient({ firstParty: true })
  second = await newClient({ firstParty: true, redirectUris: ['https://second.example/cb'] })
})

type Parameters = Readonly<Record<string, string | null>>

/** Signs in as the plan does, and returns what the client knows then. */
async function signIn(others: Parameters = {}, at: TestClient = client) {
  const tokens = await signedInAt(service, ada, at, { nonce: 'n', ...others })
  const { payload, header } = await readIdToken(service, at, tokens.id_token)
  const info = await userInfo(service, tokens.access_token)
  expect(info.body.sub).toBe(payload.sub)
  return { tokens, payload, header, info: info.body }
}

const askFor = (
  others: Parameters,
  who: Pick<Person, 'headers'> | undefined = ada,
  at: TestClient = client,
) => ask(service, requestOf(at, openIdRequest(others)), who)

/** Returns the answer that a client got. */
const told = (answer: Answer) => Object.fromEntries(locationOf(answer).searchParams)

describe('Basic OP', () => {
  it('ServerTest: state, code, tokens without caching, nonce', async () => {
    const answer = await askFor({ nonce: 'n', state: 's' })
    expect(told(answer)).toEqual({ code: expect.any(String), state: 's', iss: service.issuer })
    const tokens = await exchange(service, client, told(answer).code ?? '')
    expect(tokens.headers.get('Cache-Control')).toBe('no-store')
    expect(tokens.body).toMatchObject({ token_type: 'Bearer', expires_in: expect.any(Number) })
    expect((await readIdToken(service, client, tokens.body.id_token)).payload).toMatchObject({ nonce: 'n' })
  })

  it('ResponseTypeMissing: invalid_request, or a page', async () => {
    expect(told(await askFor({ response_type: null }))).toMatchObject({ error: 'invalid_request' })
  })

  it('IdTokenSignature: a key of the set verifies it, and its header names the key', async () => {
    const { header } = await signIn()
    const { body } = await send(service, 'GET', '/.well-known/jwks.json')
    const key = body.keys.find(({ kid }: { kid: string }) => kid === header.kid)
    expect(key).toMatchObject({ alg: 'RS256', kty: 'RSA', use: 'sig' })
  })

  it('IdTokenUnsigned: no ID token is unsigned', async () => {
    const { body } = await send(service, 'GET', '/.well-known/openid-configuration')
    expect(body.id_token_signing_alg_values_supported).toEqual(['RS256', 'ES256'])
    expect(headerOf((await signIn()).tokens.id_token).alg).toBe('RS256')
  })

  it('UserInfoGet, UserInfoPostHeader, UserInfoPostBody', async () => {
    const { tokens, info } = await signIn()
    expect((await userInfo(service, tokens.access_token, 'POST')).body).toEqual(info)
    const { access_token } = tokens
    expect((await postForm(service, '/oauth/userinfo', { access_token })).body).toEqual(info)
  })

  it('RequestWithoutNonce: the ID token has none', async () => {
    expect((await signIn({ nonce: null })).payload).not.toHaveProperty('nonce')
  })

  it.each([
    ['ScopeProfile', 'openid profile', ['name', 'sub']],
    ['ScopeEmail', 'openid email', ['email', 'email_verified', 'sub']],
    ['ScopeAddress', 'openid address', ['sub']],
    ['ScopePhone', 'openid phone', ['sub']],
    ['ScopeAll', 'openid profile email address phone', ['email', 'email_verified', 'name', 'sub']],
  ])('%s: UserInfo says what there is, of the types that the specification has', async (_, scope, names) => {
    const { info } = await signIn({ scope })
    expect(Object.keys(info).sort()).toEqual(names)
    if ('email_verified' in info) expect(info.email_verified).toBeTypeOf('boolean')
  })

  it('AlternateHappyFlow: another client, by client_secret_post', async () => {
    const code = await codeFor(service, ada, second, openIdRequest())
    const { id, secret, redirectUri } = second
    const tokens = await postForm(service, '/oauth/token', {
      grant_type: 'authorization_code',
      client_id: id,
      client_secret: secret ?? '',
      code,
      redirect_uri: redirectUri,
      code_verifier: VERIFIER,
    })
    expect((await readIdToken(service, second, tokens.body.id_token)).payload.aud).toBe(id)
  })

  it.each([
    ['DisplayPage', { display: 'page' }],
    ['DisplayPopup', { display: 'popup' }],
    ['UnknownParameter', { extra: 'foobar' }],
    ['LoginHint', { login_hint: 'ada@example.com' }],
    ['UiLocales', { ui_locales: 'se' }],
    ['ClaimsLocales', { claims_locales: 'se' }],
  ])('%s: does no harm', async (_, others) => {
    expect((await signIn(others)).payload.sub).toBe(ada.userId)
  })

  it('AcrValues: the ID token has an acr of the metadata', async () => {
    const { body } = await send(service, 'GET', '/.well-known/openid-configuration')
    const { payload } = await signIn({ acr_values: body.acr_values_supported.join(' ') })
    expect(body.acr_values_supported).toContain(payload.acr)
  })

  it('PromptLogin: whoever is signed in proves it again, and auth_time moves', async () => {
    const own = oauthService()
    const grace = await signedInPerson({ mode: 'session', service: own })
    const before = await signedInAt(own, grace, client)
    own.ahead = 5
    const page = await ask(own, requestOf(client, openIdRequest({ prompt: 'login' })), grace)
    expect(locationOf(page).pathname).toBe('/reauthenticate')
    const code = await proveAndGoOn(own, grace, page)
    const after = await exchange(own, client, code)
    const times = []
    for (const { id_token } of [before, after.body])
      times.push(Number((await readIdToken(own, client, id_token)).payload.auth_time))
    expect(times[1]).toBeGreaterThan(times[0] ?? 0)
  })

  it('PromptNoneNotLoggedIn: login_required', async () => {
    const answer = await ask(service, requestOf(client, openIdRequest({ prompt: 'none', state: 's' })))
    expect(told(answer)).toMatchObject({ error: 'login_required', state: 's' })
  })

  it('PromptNoneLoggedIn: the same sub and auth_time, without a page', async () => {
    const [first, later] = [await signIn(), await signIn({ prompt: 'none' })]
    expect(later.payload).toMatchObject({ sub: first.payload.sub, auth_time: first.payload.auth_time })
  })

  it('MaxAge1: a proof that is older is given again', async () => {
    const own = oauthService()
    const grace = await signedInPerson({ mode: 'session', service: own })
    own.ahead = 5
    const page = await ask(own, requestOf(client, openIdRequest({ max_age: '1' })), grace)
    expect(locationOf(page).pathname).toBe('/reauthenticate')
    const tokens = await exchange(own, client, await proveAndGoOn(own, grace, page))
    const { payload } = await readIdToken(own, client, tokens.body.id_token)
    expect(Number(payload.auth_time)).toBeGreaterThanOrEqual(Number(payload.iat) - 60)
    const silent = await ask(own, requestOf(client, openIdRequest({ max_age: '0', prompt: 'none' })), grace)
    expect(['login_required', undefined]).toContain(told(silent).error)
  })

  it('MaxAge10000: a proof that is younger is enough', async () => {
    const [first, later] = [await signIn(), await signIn({ max_age: '10000' })]
    expect(later.payload.auth_time).toBe(first.payload.auth_time)
  })

  it('IdTokenHint: of who is signed in, with prompt=none, also after it has expired', async () => {
    const { tokens, payload } = await signIn()
    const hinted = await signIn({ prompt: 'none', id_token_hint: tokens.id_token })
    expect(hinted.payload.sub).toBe(payload.sub)
  })

  it('AuthCodeReuse, AuthCodeReuseAfter30Seconds: invalid_grant, and what the first use gave ends', async () => {
    stopTime()
    for (const ahead of [0, 31]) {
      const own = oauthService()
      const grace = await signedInPerson({ mode: 'session', service: own })
      const code = await codeFor(own, grace, client, openIdRequest())
      const first = await exchange(own, client, code)
      own.ahead = ahead
      expect((await exchange(own, client, code)).body).toMatchObject({ error: 'invalid_grant' })
      expect((await userInfo(own, first.body.access_token)).status).toBe(401)
    }
  })

  it('RegisteredRedirectUri: another one is answered on a page', async () => {
    const answer = await askFor({ redirect_uri: 'https://app.example/cb/other' })
    expect([answer.status, answer.headers.get('Location')]).toEqual([400, null])
  })

  it('PostRequest: the parameters may come as a form', async () => {
    const fields = Object.fromEntries(requestOf(client, openIdRequest({ nonce: 'posted' })))
    const posted = await postForm(service, '/oauth/authorize', fields, { 'Sec-Fetch-Site': 'cross-site' })
    const { pathname, search } = locationOf(posted)
    const answer = await send(service, 'GET', `${pathname}${search}`, { headers: ada.headers })
    expect(told(answer)).toHaveProperty('code')
  })

  it.each([
    ['RequestUriUnsigned', { request_uri: 'https://app.example/request.jwt' }, 'request_uri_not_supported'],
    ['UnsignedRequestObject', { request: 'eyJhbGciOiJub25lIn0.e30.' }, 'request_not_supported'],
    ['RequestObjectWithRedirectUri', { request: 'eyJhbGciOiJub25lIn0.e30.' }, 'request_not_supported'],
  ])('%s: the client is told that there is no such thing', async (_, others, error) => {
    expect(told(await askFor(others))).toMatchObject({ error })
  })

  it('ClaimsEssential: UserInfo has the name', async () => {
    const claims = JSON.stringify({ userinfo: { name: { essential: true } } })
    expect((await signIn({ claims })).info.name).toBe('Ada Lovelace')
  })

  it('RefreshToken: the same person in the new ID token, and no other client may use it', async () => {
    const { tokens, payload } = await signIn({ scope: 'openid offline_access', prompt: 'consent' })
    const again = await refresh(service, client, tokens.refresh_token)
    const later = (await readIdToken(service, client, again.body.id_token)).payload
    const { iss, sub, aud, auth_time } = payload
    expect(later).toMatchObject({ iss, sub, aud, auth_time })
    expect((await refresh(service, second, again.body.refresh_token)).body).toMatchObject({
      error: 'invalid_grant',
    })
  })

  it('ValidPkce: the challenge of RFC 7636', async () => {
    expect((await signIn({ code_challenge: CHALLENGE, code_challenge_method: 'S256' })).payload.sub).toBe(
      ada.userId,
    )
  })
})

describe('OP-13: a request is about the person that the client means', () => {
  let eve: Person
  let hint: string

  beforeAll(async () => {
    eve = await signedInPerson({ mode: 'session', service })
    hint = (await signIn()).tokens.id_token
  })

  it('a hint about another person: login_required without a page, another sign-in with one', async () => {
    expect(told(await askFor({ id_token_hint: hint, prompt: 'none' }, eve))).toMatchObject({
      error: 'login_required',
    })
    const page = await askFor({ id_token_hint: hint }, eve)
    const { pathname, searchParams } = locationOf(page)
    expect([pathname, searchParams.get('account')]).toEqual(['/login', 'other'])
    const resume = searchParams.get('return_to') ?? ''
    const goOn = (who: Person) =>
      send(service, 'GET', resume, { headers: { Cookie: `${who.headers.Cookie}; ${cookiesOf(page)}` } })
    expect((await goOn(eve)).headers.get('Refresh')).toContain('error=login_required')
    expect((await goOn(ada)).headers.get('Refresh')).toContain('code=')
  })

  it('a sub in claims is a hint, too', async () => {
    const claims = JSON.stringify({ id_token: { sub: { value: ada.userId } } })
    expect(told(await askFor({ claims, prompt: 'none' }, eve))).toMatchObject({ error: 'login_required' })
    expect(told(await askFor({ claims, prompt: 'none' }, ada))).toHaveProperty('code')
  })

  it('a hint about one person and claims about another are refused, whoever is signed in', async () => {
    const about = (sub: string) => JSON.stringify({ id_token: { sub: { value: sub } } })
    for (const who of [ada, eve])
      expect(
        told(await askFor({ id_token_hint: hint, claims: about(eve.userId), prompt: 'none' }, who)),
      ).toMatchObject({ error: 'invalid_request' })
    const same = await signIn({ id_token_hint: hint, claims: about(ada.userId), prompt: 'none' })
    expect(same.payload.sub).toBe(ada.userId)
  })

  it('a hint of another client, and one that is bent, is refused', async () => {
    const other = (await signIn({}, second)).tokens.id_token
    for (const id_token_hint of [other, `${hint.slice(0, -4)}AAAA`, 'x'])
      expect(told(await askFor({ id_token_hint, prompt: 'none' }))).toMatchObject({
        error: 'invalid_request',
      })
  })

  it('a pairwise name is a hint about its person', async () => {
    const paired = await newClient({
      firstParty: true,
      openId: {
        idTokenAlg: 'ES256',
        sector: 'app.example',
        postLogoutRedirectUris: [],
        backChannelLogoutUri: null,
      },
    })
    const { id_token } = await signedInAt(service, ada, paired)
    const others = { id_token_hint: id_token, prompt: 'none' }
    expect(told(await askFor(others, ada, paired))).toHaveProperty('code')
    expect(told(await askFor(others, eve, paired))).toMatchObject({ error: 'login_required' })
  })

  it('a hint stays where the session ends while its person is asked', async () => {
    const own = oauthService()
    const asking = await newClient()
    const { id_token } = await signedInAt(own, ada, asking)
    const request = requestOf(asking, openIdRequest({ id_token_hint: id_token, prompt: 'consent' }))
    const page = await ask(own, request, ada)
    const oauth = own.services.providerPart?.oauth
    if (!oauth) throw new Error('The service is no authorization server')
    const { issueCode } = oauth
    oauth.issueCode = async () => false
    const led = await decide(own, ada, page)
    oauth.issueCode = issueCode
    const resume = locationOf(led).searchParams.get('return_to') ?? ''
    const headers = { Cookie: `${eve.headers.Cookie}; ${cookiesOf(led)}` }
    const answer = await send(own, 'GET', resume, { headers })
    expect(answer.headers.get('Location') ?? answer.headers.get('Refresh')).toContain('error=login_required')
  })

  it('prompt=select_account shows who is signed in, once', async () => {
    const page = await askFor({ prompt: 'select_account' })
    const { pathname, searchParams } = locationOf(page)
    expect(pathname).toBe('/login')
    const headers = { Cookie: `${ada.headers.Cookie}; ${cookiesOf(page)}` }
    const chosen = await send(service, 'GET', searchParams.get('return_to') ?? '', { headers })
    expect(chosen.headers.get('Refresh')).toContain('code=')
  })

  it('an essential acr that the sign-in lacks leads to a second factor, or is told', async () => {
    const claims = JSON.stringify({ id_token: { acr: { essential: true, values: ['urn:janus:2fa'] } } })
    expect(told(await askFor({ claims, prompt: 'none' }))).toMatchObject({
      error: 'unmet_authentication_requirements',
    })
    const page = await askFor({ claims })
    const { pathname, searchParams } = locationOf(page)
    expect([pathname, searchParams.get('acr')]).toEqual(['/reauthenticate', 'urn:janus:2fa'])
    const headers = { Cookie: `${ada.headers.Cookie}; ${cookiesOf(page)}` }
    const back = await send(service, 'GET', searchParams.get('return_to') ?? '', { headers })
    expect(back.headers.get('Refresh')).toContain('error=unmet_authentication_requirements')
    const voluntary = JSON.stringify({ id_token: { acr: { values: ['urn:janus:2fa'] } } })
    expect((await signIn({ claims: voluntary })).payload.acr).toBe('urn:janus:1fa')
  })

  it.each([
    ['signs in for the request', {}, '/login'],
    ['proves again who they are for it', { prompt: 'login' }, '/reauthenticate'],
  ])('an essential acr leads whoever %s to a second factor, too, once', async (_, others, first) => {
    const own = oauthService()
    const grace = await signedInPerson({ mode: 'session', service: own })
    const { soft } = await addPasskey(grace)
    const claims = JSON.stringify({ id_token: { acr: { essential: true, values: ['urn:janus:2fa'] } } })
    own.ahead = 5
    const signedIn = 'prompt' in others
    const started = await ask(
      own,
      requestOf(client, openIdRequest({ claims, ...others })),
      signedIn ? grace : undefined,
    )
    expect(locationOf(started).pathname).toBe(first)
    const resume = (page: Answer, who: Pick<Person, 'headers'>) =>
      send(own, 'GET', locationOf(page).searchParams.get('return_to') ?? '', {
        headers: { Cookie: `${who.headers.Cookie}; ${cookiesOf(page)}` },
      })
    own.ahead = 10
    // Whoever is led to a second factor at once need not prove the first again.
    const step = signedIn ? started : await resume(started, await grace.signIn())
    const { pathname, searchParams } = locationOf(step)
    expect([pathname, searchParams.get('acr')]).toEqual(['/reauthenticate', 'urn:janus:2fa'])
    const again = await resume(step, await grace.signIn())
    expect(again.headers.get('Refresh')).toContain('error=unmet_authentication_requirements')
    const byPasskey = clientOf(own, 'session', await signInWithPasskey(own, soft, { mode: 'session' }))
    expect((await resume(step, byPasskey)).headers.get('Refresh')).toContain('code=')
  })

  it('an essential acr leads whoever has no second factor to a page with a way on, and then the app is told', async () => {
    const own = oauthService()
    const grace = await signedInPerson({ mode: 'session', service: own })
    const claims = JSON.stringify({ id_token: { acr: { essential: true, values: ['urn:janus:2fa'] } } })
    const step = await ask(own, requestOf(client, openIdRequest({ claims })), grace)
    const headers = { Cookie: `${grace.headers.Cookie}; ${cookiesOf(step)}` }
    const { pathname, search, searchParams } = locationOf(step)
    const page = await send(own, 'GET', `${pathname}${search}`, {
      headers: { ...headers, Accept: 'text/html' },
    })
    const wayOn = searchParams.get('return_to') ?? ''
    expect(page.text.replaceAll('&amp;', '&')).toContain(`href="${wayOn}"`)
    const told = await send(own, 'GET', wayOn, { headers })
    expect(told.headers.get('Refresh')).toContain('error=unmet_authentication_requirements')
  })

  it('an essential acr is that of the session that consents, and not of the one that was asked', async () => {
    const grace = await signedInPerson({ mode: 'session', service })
    const { soft } = await addPasskey(grace)
    const byPasskey = clientOf(
      service,
      'session',
      await signInWithPasskey(service, soft, { mode: 'session' }),
    )
    const claims = JSON.stringify({ id_token: { acr: { essential: true, values: ['urn:janus:2fa'] } } })
    const page = await ask(
      service,
      requestOf(client, openIdRequest({ claims, prompt: 'consent' })),
      byPasskey,
    )
    const led = locationOf(await decide(service, grace, page))
    expect([led.pathname, led.searchParams.get('acr')]).toEqual(['/reauthenticate', 'urn:janus:2fa'])
    expect(locationOf(await decide(service, byPasskey, page)).searchParams.get('code')).not.toBeNull()
  })
})

describe('Config OP', () => {
  it('DiscoveryEndpointVerification: what the document must have, and keys that verify', async () => {
    const answer = await send(service, 'GET', '/.well-known/openid-configuration')
    expect(answer.headers.get('Content-Type')).toMatch(/^application\/json/)
    const { body } = answer
    expect(body.issuer).toBe(service.issuer)
    expect(body).toMatchObject({
      response_types_supported: ['code'],
      subject_types_supported: ['public', 'pairwise'],
      id_token_signing_alg_values_supported: expect.arrayContaining(['RS256']),
      scopes_supported: expect.arrayContaining(['openid', 'profile', 'email']),
      claims_supported: expect.arrayContaining(['sub', 'name', 'email', 'email_verified']),
      claims_parameter_supported: true,
      request_parameter_supported: false,
      request_uri_parameter_supported: false,
    })
    for (const [name, url] of Object.entries(body))
      if (/_endpoint$|_uri$/.test(name)) expect(String(url)).toMatch(/^https:\/\/auth\.example\.com\//)
    const { body: keys } = await send(service, 'GET', body.jwks_uri.slice(service.issuer.length))
    const members = new Set(keys.keys.flatMap((key: object) => Object.keys(key)))
    for (const secret of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']) expect([...members]).not.toContain(secret)
    expect(keys.keys.some(({ alg }: { alg: string }) => alg === 'RS256')).toBe(true)
  })
})

function cookiesOf(answer: Answer): string {
  return Object.entries(answer.cookies)
    .map(([name, value]) => `${name}=${value}`)
    .join('; ')
}

/** Proves again who somebody is, and goes on to the client. */
async function proveAndGoOn(own: OwnService, who: Person, page: Answer): Promise<string> {
  const proof = await send(own, 'POST', '/reauthenticate', {
    body: { password: PASSWORD },
    headers: who.headers,
  })
  expect(proof.status, proof.text).toBeLessThan(300)
  const session = proof.cookies['__Host-session']
  const cookie = session ? `__Host-session=${session}` : who.headers.Cookie
  const resume = locationOf(page).searchParams.get('return_to') ?? ''
  const answer = await send(own, 'GET', resume, { headers: { Cookie: `${cookie}; ${cookiesOf(page)}` } })
  return (
    /[?&]code=([^&]+)/.exec(answer.headers.get('Refresh') ?? answer.headers.get('Location') ?? '')?.[1] ?? ''
  )
}
