import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { encodeBase64url } from '../../src/crypto/base64url'
import { sha256 } from '../../src/crypto/sha256'
import {
  ask,
  codeFor,
  exchange,
  granted,
  newClient,
  oauthService,
  postForm,
  refresh,
  requestOf,
  type TestClient,
} from '../support/oauth'
import { openIdRequest, readIdToken, signedInAt, userInfo } from '../support/openid'
import { expectProblem, type Person, send, signedInPerson } from '../support/person'
import type { OwnService } from '../support/service'

let service: OwnService
let ada: Person
let client: TestClient
const openId = { sector: null, postLogoutRedirectUris: [], backChannelLogoutUri: null }

beforeAll(async () => {
  service = oauthService()
  ada = await signedInPerson({ mode: 'session', service })
  client = await newClient()
})

/** Returns the left half of the hash of an access token (OpenID Connect Core §3.1.3.6). */
async function halfHash(token: string): Promise<string> {
  return encodeBase64url((await sha256(new TextEncoder().encode(token))).slice(0, 16))
}

describe.each(['RS256', 'ES256'])('an ID token that is signed with %s', (alg) => {
  it('OP-12: CVE-2026-28498: says who signed in, when and how, to this client alone, and belongs to its access token', async () => {
    const own = await newClient({ openId: { ...openId, idTokenAlg: alg } })
    const nonce = 'n-0S6_WzA2Mj \u00e9\u{1f511}'
    const tokens = await signedInAt(service, ada, own, { nonce })
    const { payload, header } = await readIdToken(service, own, tokens.id_token)
    expect(header).toEqual({ alg, typ: 'JWT', kid: expect.any(String) })
    expect(payload).toEqual({
      iss: service.issuer,
      sub: ada.userId,
      aud: own.id,
      iat: expect.any(Number),
      exp: expect.any(Number),
      auth_time: expect.any(Number),
      amr: ['pwd'],
      acr: 'urn:janus:1fa',
      sid: expect.stringMatching(/^[\w-]{22}$/),
      at_hash: await halfHash(tokens.access_token),
      nonce,
    })
    const again = await refresh(service, own, tokens.refresh_token)
    const later = await readIdToken(service, own, again.body.id_token)
    const { nonce: _, ...same } = payload
    expect(later.payload).toEqual({
      ...same,
      iat: expect.any(Number),
      exp: expect.any(Number),
      at_hash: await halfHash(again.body.access_token),
    })
    expect(
      (await refresh(service, own, again.body.refresh_token, { scope: 'openid' })).body.id_token,
    ).toBeDefined()
  })

  it('opens nothing, and neither key set nor header makes an access token of it', async () => {
    const own = await newClient({ openId: { ...openId, idTokenAlg: alg } })
    const { id_token, access_token } = await signedInAt(service, ada, own)
    const headers = { Authorization: `Bearer ${id_token}` }
    expectProblem(await send(service, 'GET', '/me', { headers }), 401, 'invalid-token')
    expect((await userInfo(service, id_token)).status).toBe(401)
    expect((await userInfo(service, access_token)).status).toBe(200)
    const bearer = { Authorization: `Bearer ${access_token}` }
    expectProblem(await send(service, 'GET', '/me', { headers: bearer }), 401, 'invalid-token')
  })
})

it('without openid there is no ID token, and no claim about a person', async () => {
  const tokens = await granted(service, ada, client, { scope: 'notes:read profile email' })
  expect(tokens).not.toHaveProperty('id_token')
  expect(tokens.scope).toBe('notes:read')
})

it('beside a resource there is an ID token, and the access token is for the resource alone', async () => {
  const tokens = await granted(service, ada, client, { scope: 'openid notes:read' })
  expect(tokens).toHaveProperty('id_token')
  expect((await userInfo(service, tokens.access_token)).status).toBe(401)
})

describe('UserInfo', () => {
  it.each([
    ['openid', []],
    ['openid profile', ['name']],
    ['openid email', ['email', 'email_verified']],
    ['openid profile email', ['email', 'email_verified', 'name']],
  ])('OP-14: with %s it says sub and %j, by GET, by POST, and by a form', async (scope, names) => {
    await ada.patch('/me', { name: 'Ada Lovelace' })
    const { access_token } = await signedInAt(service, ada, client, { scope })
    const all = { sub: ada.userId, name: 'Ada Lovelace', email: ada.email, email_verified: false }
    const told = Object.fromEntries(
      Object.entries(all).filter(([name]) => name === 'sub' || names.includes(name)),
    )
    expect(await userInfo(service, access_token)).toMatchObject({ status: 200, body: told })
    expect((await userInfo(service, access_token)).body).toEqual(told)
    expect((await userInfo(service, access_token, 'POST')).body).toEqual(told)
    expect((await postForm(service, '/oauth/userinfo', { access_token })).body).toEqual(told)
  })

  it('tells of the person as they are now, and of nobody whose grant has ended', async () => {
    const grace = await signedInPerson({ mode: 'session', service })
    const { access_token } = await signedInAt(service, grace, client, { scope: 'openid profile' })
    expect((await userInfo(service, access_token)).body).toEqual({ sub: grace.userId })
    await grace.patch('/me', { name: 'Grace' })
    expect((await userInfo(service, access_token)).body).toEqual({ sub: grace.userId, name: 'Grace' })
    await grace.post('/logout')
    const over = await userInfo(service, access_token)
    expect(over).toMatchObject({ status: 401, body: { error: 'invalid_token' } })
    expect(over.headers.get('WWW-Authenticate')).toMatch(/^Bearer realm="Janus", error="invalid_token"/)
  })

  it('is told nothing by a grant of one factor where the account must have two', async () => {
    const { access_token } = await signedInAt(service, ada, client)
    const strict = oauthService({ SECOND_FACTOR: 'required' })
    expect((await userInfo(strict, access_token)).status).toBe(401)
  })

  it.each([
    ['no token', {}, {}, 401, 'invalid_token'],
    ['another scheme', { Authorization: 'Basic eDp5' }, {}, 400, 'invalid_request'],
    ['two tokens', { Authorization: 'Bearer a' }, { access_token: 'a' }, 400, 'invalid_request'],
    ['no token of Janus', { Authorization: 'Bearer a.b.c' }, {}, 401, 'invalid_token'],
  ] as [string, Record<string, string>, Record<string, string>, number, string][])(
    'refuses %s',
    async (_, headers, fields, status, error) => {
      const answer = await postForm(service, '/oauth/userinfo', fields, headers)
      expect(answer).toMatchObject({ status, body: { error } })
      expect(answer.headers.get('WWW-Authenticate')).toMatch(/^Bearer realm="Janus"/)
    },
  )

  it('refuses a token in the URL, a token of Janus itself, and one that was narrowed to no openid', async () => {
    const { access_token, refresh_token } = await signedInAt(service, ada, client, { scope: 'openid email' })
    expect((await send(service, 'GET', `/oauth/userinfo?access_token=${access_token}`)).status).toBe(401)
    const own = await ada.signIn({ mode: 'token' })
    expect((await send(service, 'GET', '/oauth/userinfo', { headers: own.headers })).status).toBe(401)
    const narrow = await refresh(service, client, refresh_token, { scope: 'email' })
    expect(narrow.body).not.toHaveProperty('id_token')
    const refused = await userInfo(service, narrow.body.access_token)
    expect(refused).toMatchObject({ status: 403, body: { error: 'insufficient_scope' } })
    expect(refused.headers.get('WWW-Authenticate')).toContain('scope="openid"')
  })

  it('may be called from every origin, without cookies', async () => {
    const { access_token } = await signedInAt(service, ada, client)
    const headers = { Authorization: `Bearer ${access_token}`, Origin: 'https://spa.example' }
    const answer = await send(service, 'GET', '/oauth/userinfo', { headers })
    expect(answer.headers.get('Access-Control-Allow-Origin')).toBe('*')
    expect(answer.headers.get('Access-Control-Allow-Credentials')).toBeNull()
    expect((await send(service, 'GET', '/oauth/userinfo', { headers: ada.headers })).status).toBe(401)
  })
})

describe('the parameter claims', () => {
  it('asks for single claims: the person is asked for their scope, and the ID token says what was wanted there', async () => {
    const grace = await signedInPerson({ mode: 'session', service })
    await grace.patch('/me', { name: 'Grace' })
    const claims = JSON.stringify({
      userinfo: { name: { essential: true }, picture: null },
      id_token: {
        email: null,
        auth_time: { essential: true },
        acr: { essential: true, values: ['urn:janus:1fa'] },
      },
    })
    const page = await ask(service, requestOf(client, openIdRequest({ claims })), grace)
    for (const shown of ['see your name', 'see your email address']) expect(page.text).toContain(shown)
    const tokens = await signedInAt(service, grace, client, { claims })
    expect(tokens.scope.split(' ').sort()).toEqual(['email', 'openid', 'profile'])
    const { payload } = await readIdToken(service, client, tokens.id_token)
    expect(payload).toMatchObject({ email: grace.email })
    expect(payload).not.toHaveProperty('name')
    expect((await userInfo(service, tokens.access_token)).body).toMatchObject({ name: 'Grace' })
  })

  it('gives a client nothing that it is not registered for', async () => {
    const shy = await newClient({ scopes: ['openid'] })
    const claims = JSON.stringify({ userinfo: { email: null }, id_token: { email: { essential: true } } })
    const tokens = await signedInAt(service, ada, shy, { claims })
    expect(tokens.scope).toBe('openid')
    expect((await readIdToken(service, shy, tokens.id_token)).payload).not.toHaveProperty('email')
  })

  it.each([
    '{',
    '[]',
    '"x"',
    '{"userinfo":[]}',
    '1',
    `{"userinfo":{"x":"${'y'.repeat(1100)}"}}`,
    // Whom a client means, Janus must be able to tell (OpenID Connect Core §3.1.2.2).
    '{"id_token":{"sub":{"value":5}}}',
    '{"id_token":{"sub":"ada"}}',
    '{"id_token":{"sub":{"values":["ada","eve"]}}}',
    // Nobody is meant, and not anybody.
    '{"id_token":{"sub":{"values":[]}}}',
    '{"userinfo":{"sub":{"values":[]}}}',
    // A level that the client must have, Janus must be able to compare (§5.5.1.1).
    '{"id_token":{"acr":{"essential":true,"values":[]}}}',
    '{"id_token":{"acr":{"essential":true,"values":"urn:janus:2fa"}}}',
    '{"id_token":{"acr":{"essential":true,"value":2}}}',
    '{"id_token":{"sub":{"value":"ada"}},"userinfo":{"sub":{"value":"eve"}}}',
  ])('refuses %s', async (claims) => {
    const answer = await ask(service, requestOf(client, openIdRequest({ claims })), ada)
    expect(answer.headers.get('Location')).toContain('error=invalid_request')
  })
})

describe('a client of a sector', () => {
  const at = (sector: string) => newClient({ openId: { ...openId, idTokenAlg: 'RS256', sector } })

  it('is told a name of its sector, in every token and at UserInfo, and never the id of the account', async () => {
    const grace = await signedInPerson({ mode: 'session', service })
    const [one, same, other] = [await at('one.example'), await at('one.example'), await at('other.example')]
    const tokens = []
    for (const each of [one, same, other]) tokens.push({ each, ...(await signedInAt(service, grace, each)) })
    const subjects = []
    for (const { each, id_token, access_token } of tokens) {
      const { sub } = (await readIdToken(service, each, id_token)).payload
      subjects.push(sub)
      expect((await userInfo(service, access_token)).body).toEqual({ sub })
      for (const token of [id_token, access_token])
        expect(atob(token.split('.')[1]?.replaceAll('-', '+').replaceAll('_', '/') ?? '')).not.toContain(
          grace.userId,
        )
    }
    expect(subjects[0]).toMatch(/^[\w-]{43}$/)
    expect(subjects[1]).toBe(subjects[0])
    expect(subjects[2]).not.toBe(subjects[0])
  })

  it('is told the same after AUTH_SECRET was replaced, and nothing keeps the name once the account is gone', async () => {
    const own = await at('one.example')
    const grace = await signedInPerson({ mode: 'session', service })
    const before = await readIdToken(service, own, (await signedInAt(service, grace, own)).id_token)
    const AUTH_SECRET = `pS1nQ8zWcVt5RkLm3yXb7HdJfGoUeTiAa2DuZwN6MqB,${env.AUTH_SECRET}`
    const rotated = oauthService({ AUTH_SECRET })
    const again = await readIdToken(rotated, own, (await signedInAt(rotated, grace, own)).id_token)
    expect(again.payload.sub).toBe(before.payload.sub)
    const rows = env.DB.prepare('SELECT subject FROM pairwise_subjects WHERE user_id = ?1').bind(grace.userId)
    expect(await rows.all()).toMatchObject({ results: [{ subject: before.payload.sub }] })
    await grace.post('/me/delete', { password: grace.password })
    expect((await rows.all()).results).toEqual([])
  })
})

it('OP-08: an app of OpenID Connect alone asks again once its access was ended', async () => {
  const own = await newClient()
  const grace = await signedInPerson({ mode: 'session', service })
  await signedInAt(service, grace, own)
  const asked = () => ask(service, requestOf(own, openIdRequest()), grace)
  expect((await asked()).status).toBe(303)
  const { sessions } = (await grace.get('/sessions')).body
  for (const { id, app } of sessions) if (app?.id === own.id) await grace.delete(`/sessions/${id}`)
  expect((await asked()).status).toBe(200)
})

it('OP-12: a code that is exchanged twice at once gives one ID token', async () => {
  const code = await codeFor(service, ada, client, openIdRequest())
  const answers = await Promise.all(Array.from({ length: 5 }, () => exchange(service, client, code)))
  expect(answers.filter(({ body }) => body.id_token !== undefined)).toHaveLength(1)
})
