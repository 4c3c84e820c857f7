import { env } from 'cloudflare:workers'
import { decodeJwt } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { createResourceVerifier, createVerifier } from '../../packages/verify/index.ts'
import { API_KEY_TYPE, isApiKey, MOST_API_KEYS, mintApiKey } from '../../src/oauth/api-key'
import { makeKey, refusedAs, rowOf } from '../support/api-keys'
import { faultyD1 } from '../support/faulty-d1'
import { mailingService } from '../support/mail'
import {
  granted,
  newClient,
  OAUTH_SETTINGS,
  OTHER_RESOURCE,
  oauthService,
  postForm,
  RESOURCE,
} from '../support/oauth'
import { exchangeKey } from '../support/oauth-machines'
import { type Answer, expectProblem, PASSWORD, type Person, send, signedInPerson } from '../support/person'
import type { OwnService } from '../support/service'

const DAY = 24 * 60 * 60

let service: OwnService

beforeAll(() => {
  service = oauthService()
})

describe('the form of a key', () => {
  it('AK-01: has a prefix, 256 random bits and a checksum that finds every slip of one character', () => {
    const key = mintApiKey()
    expect(key).toMatch(/^jk_[0-9A-Za-z]{49}$/)
    expect(isApiKey(key)).toBe(true)
    const slips = [...key].map(
      (letter, at) => `${key.slice(0, at)}${letter === 'x' ? 'y' : 'x'}${key.slice(at + 1)}`,
    )
    expect(slips.filter(isApiKey)).toEqual([])
    // Computed by another CRC-32 (ISO/IEC 3309), as scanners of secrets do.
    expect(isApiKey('jk_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefg37cCQ0')).toBe(true)
  })
})

describe.each(['session', 'token'] as const)('API keys of somebody in %s mode', (mode) => {
  let ada: Person
  beforeAll(async () => {
    ada = await signedInPerson({ mode, service })
  })

  it('AK-01: are shown once, stored as a hash, and listed with what they may do', async () => {
    const answer = await ada.post('/api-keys', {
      name: ' Backups ',
      scope: 'notes:write notes:read',
      resource: RESOURCE,
    })
    expect(answer).toMatchObject({
      status: 201,
      body: {
        api_key: { name: 'Backups', scope: 'notes:write notes:read', resource: RESOURCE, last_used_on: null },
        secret: expect.stringMatching(/^jk_/),
      },
    })
    expect(answer.headers.get('Cache-Control')).toBe('no-store')
    const { api_key, secret } = answer.body
    expect(Date.parse(api_key.expires_at) - Date.parse(api_key.created_at)).toBe(90 * DAY * 1000)
    const listed = await ada.get('/api-keys')
    expect(listed.body.api_keys).toContainEqual(api_key)
    expect(listed.body.resources).toEqual([
      { resource: RESOURCE, scopes: ['notes:read', 'notes:write'] },
      { resource: OTHER_RESOURCE, scopes: ['files:read'] },
    ])
    const everything = `${listed.text}${JSON.stringify(await rowOf(api_key.id))}${(await ada.get('/me/export')).text}`
    expect(everything).not.toContain(secret.slice(3, 40))
    expect(everything).toContain('Backups')
  })

  it('AK-02: give an access token of their resource, which a service checks as every other', async () => {
    const { id, secret } = await makeKey(ada, { scope: 'notes:read notes:write' })
    const answer = await exchangeKey(service, secret)
    expect(answer).toMatchObject({
      status: 200,
      body: {
        token_type: 'Bearer',
        issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
        scope: 'notes:read notes:write',
        expires_in: expect.any(Number),
      },
    })
    expect(Object.keys(answer.body).sort()).toEqual(
      ['access_token', 'expires_in', 'issued_token_type', 'scope', 'token_type'].sort(),
    )
    expect(answer.headers.get('Cache-Control')).toBe('no-store')
    expect(decodeJwt(answer.body.access_token)).toMatchObject({
      sub: ada.userId,
      aud: RESOURCE,
      client_id: `k_${id}`,
      sid: id,
      scope: 'notes:read notes:write',
    })
    const notes = createResourceVerifier({
      resource: RESOURCE,
      issuer: service.issuer,
      scopes: ['notes:read', 'notes:write'],
      fetch: (url, init) => service.fetch(new Request(url, init)),
    })
    const headers = new Headers({ Authorization: `Bearer ${answer.body.access_token}` })
    expect(await notes.authenticate(headers, ['notes:write'])).toMatchObject({ ok: true })
    const narrow = await exchangeKey(service, secret, { scope: 'notes:read', resource: RESOURCE })
    expect([narrow.body.scope, decodeJwt(narrow.body.access_token).scope]).toEqual([
      'notes:read',
      'notes:read',
    ])
  })

  it('AK-02: widen nothing, and are exchanged for nothing else', async () => {
    const { secret } = await makeKey(ada)
    const other = mintApiKey()
    const basic = { Authorization: `Basic ${btoa('c_x:secret')}` }
    const wrong: readonly [string, Promise<Answer>, string][] = [
      ['a scope beyond', exchangeKey(service, secret, { scope: 'notes:read notes:write' }), 'invalid_scope'],
      ['another resource', exchangeKey(service, secret, { resource: OTHER_RESOURCE }), 'invalid_target'],
      ['an unknown key', exchangeKey(service, other), 'invalid_request'],
      ['no key', exchangeKey(service, ''), 'invalid_request'],
      ['a key cut short', exchangeKey(service, secret.slice(0, -1)), 'invalid_request'],
      ['a session', exchangeKey(service, ada.sessionId), 'invalid_request'],
      [
        'an access token as the type',
        exchangeKey(service, secret, { subject_token_type: 'urn:ietf:params:oauth:token-type:access_token' }),
        'invalid_request',
      ],
      ['no type', exchangeKey(service, secret, { subject_token_type: '' }), 'invalid_request'],
      [
        'an ID token wanted',
        exchangeKey(service, secret, { requested_token_type: 'urn:ietf:params:oauth:token-type:id_token' }),
        'invalid_request',
      ],
      ['an actor', exchangeKey(service, secret, { actor_token: secret }), 'invalid_request'],
      ['an audience', exchangeKey(service, secret, { audience: 'x' }), 'invalid_request'],
      ['a client that proves itself', exchangeKey(service, secret, {}, basic), 'invalid_request'],
      [
        'a secret of a client',
        exchangeKey(service, secret, { client_id: 'c_x', client_secret: 'x' }),
        'invalid_request',
      ],
    ]
    for (const [name, answer, error] of wrong)
      expect([name, await answer]).toMatchObject([name, refusedAs(error)])
    expect((await exchangeKey(service, secret, { client_id: 'program' })).status).toBe(200)
  })

  it('AK-03: open no route of Janus, and no token of theirs acts at the account', async () => {
    const own = oauthService({
      ISSUER: 'https://auth.example',
      OAUTH_RESOURCES: 'https://auth.example notes:read',
    })
    const grace = await signedInPerson({ mode, service: own })
    const { id, secret } = await makeKey(grace, { resource: own.issuer })
    const { access_token } = (await exchangeKey(own, secret)).body
    expect(decodeJwt(access_token).aud).toBe(own.issuer)
    const cookies = [`__Host-session=${secret}`, `__Host-session=${id}.${secret.slice(3, 46)}`]
    const carriers = [
      { Authorization: `Bearer ${secret}` },
      { Authorization: `Bearer ${access_token}` },
      ...cookies.map((Cookie) => ({ Cookie })),
    ]
    for (const headers of carriers)
      for (const [method, path, body] of [
        ['GET', '/me'],
        ['GET', '/sessions'],
        ['GET', '/api-keys'],
        ['GET', '/apps'],
        ['GET', '/me/export'],
        ['POST', '/api-keys', { name: 'Another', scope: 'notes:read' }],
        ['POST', `/api-keys/${id}/revoke`, {}],
        ['POST', '/password', { current_password: PASSWORD, new_password: 'another horse battery' }],
        ['POST', '/me/delete', { password: PASSWORD }],
        ['POST', '/logout/all', {}],
        ['POST', '/reauthenticate', { password: PASSWORD }],
        ['GET', '/oauth/userinfo'],
      ] as const)
        expect([
          path,
          (await send(own, method, path, { headers: headers as Record<string, string>, body })).status,
        ]).toEqual([path, 401])
    expect((await send(own, 'POST', '/refresh', { body: { refresh_token: secret } })).status).toBe(401)
    const verifier = createVerifier({
      issuer: own.issuer,
      fetch: (url, init) => own.fetch(new Request(url, init)),
    })
    for (const text of [secret, access_token])
      expect(await verifier.authenticate(new Headers({ Authorization: `Bearer ${text}` }))).toMatchObject({
        ok: false,
      })
    expect((await grace.get('/me')).status).toBe(200)
  })

  it('AK-05: note the day of their last use, once a day', async () => {
    const own = oauthService()
    const grace = await signedInPerson({ mode, service: own })
    const { id, secret } = await makeKey(grace)
    const before = await rowOf(id)
    await exchangeKey(own, secret)
    const today = new Date().toISOString().slice(0, 10)
    expect([today, new Date(Date.now() - 60_000).toISOString().slice(0, 10)]).toContain(
      (await grace.get('/api-keys')).body.api_keys[0].last_used_on,
    )
    const used = await rowOf(id)
    expect(Number(used?.key_used_at) % DAY).toBe(0)
    expect({ ...used, key_used_at: null }).toEqual(before)
    await exchangeKey(own, secret)
    expect(await rowOf(id)).toEqual(used)
    own.ahead = DAY
    await exchangeKey(own, secret)
    expect((await rowOf(id))?.key_used_at).toBe(Number(used?.key_used_at) + DAY)
  })

  it('AK-05: are made with a proof of the last minutes, by mail to their owner, and bounded', async () => {
    const own = mailingService(OAUTH_SETTINGS)
    const grace = await signedInPerson({ mode, service: own })
    await makeKey(grace)
    await own.settle()
    expect(own.mailTo(grace.email).map(({ subject }) => subject)).toContainEqual(
      expect.stringMatching(/^An API key was created/),
    )
    for (let n = 1; n < MOST_API_KEYS; n++) await makeKey(grace)
    const more = await grace.post('/api-keys', { name: 'One more', scope: 'notes:read', resource: RESOURCE })
    expectProblem(more, 422, 'invalid-input')
    expect(more.body.errors).toMatchObject([{ code: 'too-many' }])
    const [{ id }] = (await grace.get('/api-keys')).body.api_keys
    await grace.post(`/api-keys/${id}/revoke`)
    await makeKey(grace)
    own.ahead = 11 * 60
    const late = await send(own, 'POST', '/api-keys', {
      headers: grace.headers,
      body: { name: 'Late', scope: 'notes:read', resource: RESOURCE },
    })
    expectProblem(late, 401, 'insufficient-user-authentication')
  })

  it('AK-05: twenty at once are as many as there may be', async () => {
    const grace = await signedInPerson({ mode, service })
    for (let n = 0; n < MOST_API_KEYS - 2; n++) await makeKey(grace)
    const answers = await Promise.all(
      Array.from({ length: 20 }, () =>
        grace.post('/api-keys', { name: 'Race', scope: 'notes:read', resource: RESOURCE }),
      ),
    )
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(2)
    expect((await grace.get('/api-keys')).body.api_keys).toHaveLength(MOST_API_KEYS)
  })

  it.each([
    [{ name: '' }, 'name'],
    [{ name: 'x'.repeat(101) }, 'name'],
    [{ scope: '' }, 'scope'],
    [{ scope: 'notes:read  notes:write' }, 'scope'],
    [{ scope: 'files:read' }, 'scope'],
    [{ scope: 'notes:read openid' }, 'scope'],
    [{ scope: 'notes:read offline_access' }, 'scope'],
    [{ resource: 'https://other.example/' }, 'resource'],
    [{ resource: undefined }, 'resource'],
    [{ expires_in_days: 0 }, 'expires_in_days'],
    [{ expires_in_days: 367 }, 'expires_in_days'],
    [{ expires_in_days: 1.5 }, 'expires_in_days'],
    [{ expires_in_days: '90' }, 'expires_in_days'],
  ] as const)('AK-05: are not made of %j', async (wrong, field) => {
    const answer = await ada.post('/api-keys', {
      name: 'Backups',
      scope: 'notes:read',
      resource: RESOURCE,
      ...wrong,
    })
    expectProblem(answer, 422, 'invalid-input')
    expect(answer.body.errors).toMatchObject([{ field }])
  })

  it('AK-05: keys and apps are of the account that is meant, in a session that is live, asked from the same site', async () => {
    const [grace, eve] = [await signedInPerson({ mode, service }), await signedInPerson({ mode, service })]
    const { id } = await makeKey(grace)
    const browser = await grace.signIn({ mode: 'session' })
    await granted(service, browser, await newClient())
    const state = async () => [
      (await browser.get('/api-keys')).body.api_keys,
      (await browser.get('/apps')).body.apps,
    ]
    const before = await state()
    const [, [app]] = before
    const wanted = { name: 'Another', scope: 'notes:read', resource: RESOURCE }
    const routes: readonly (readonly [path: string, body: object])[] = [
      ['/api-keys', wanted],
      [`/api-keys/${id}/revoke`, {}],
      [`/apps/${app.id}/disconnect`, {}],
    ]
    for (const [path, body] of routes) {
      expectProblem(await grace.post(path, { ...body, account_id: eve.userId }), 409, 'account-mismatch')
      for (const wrong of [{ account_id: 1 }, { ...body, unknown: 'x' }, [], 'x', null])
        expectProblem(await grace.post(path, wrong), 422, 'invalid-input')
      const headers = { ...browser.headers, 'Sec-Fetch-Site': 'cross-site', Origin: 'https://evil.example' }
      expectProblem(await send(service, 'POST', path, { headers, body }), 403, 'cross-site-request')
      const form = await postForm(service, path, { ...body, account_id: grace.userId }, headers)
      expectProblem(form, 403, 'cross-site-request')
    }
    for (const [path] of routes.slice(1))
      expectProblem(await send(service, 'POST', path, { headers: eve.headers, body: {} }), 404, 'not-found')
    expect((await eve.get('/api-keys')).body.api_keys).toEqual([])
    for (const [path, body] of routes)
      expect([path, (await send(service, 'POST', path, { body })).status]).toEqual([path, 401])
    expect(await state()).toEqual(before)
    const ended = await grace.signIn({ mode })
    await env.DB.prepare(`UPDATE sessions SET ended_at = 1, end_reason = 'signed-out' WHERE id = ?1`)
      .bind(ended.sessionId)
      .run()
    for (const path of ['/api-keys', '/apps', '/account/api-keys'])
      expectProblem(await ended.get(path), 401, 'session-ended')
    for (const [path, body] of routes) expectProblem(await ended.post(path, body), 401, 'session-ended')
    expect(await state()).toEqual(before)
    for (const [path, body] of routes)
      expect((await grace.post(path, { ...body, account_id: grace.userId })).status).toBeLessThan(300)
  })

  it('are used twenty times at once', async () => {
    const { secret } = await makeKey(ada)
    const uses = await Promise.all(Array.from({ length: 20 }, () => exchangeKey(service, secret)))
    expect(uses.map(({ status }) => status)).toEqual(uses.map(() => 200))
  })

  it('AK-02: are exchanged for nothing while the database is down, and for something afterwards', async () => {
    const db = faultyD1(env.DB)
    const own = oauthService({ DB: db })
    const grace = await signedInPerson({ mode, service: own })
    const { secret } = await makeKey(grace)
    db.fail()
    expectProblem(await exchangeKey(own, secret), 503, 'store-unavailable')
    const calls = db.calls.length
    expect(await exchangeKey(own, `${secret.slice(0, -1)}!`)).toMatchObject(refusedAs('invalid_request'))
    expect(db.calls).toHaveLength(calls)
    expectProblem(
      await grace.post('/api-keys', { name: 'x', scope: 'notes:read', resource: RESOURCE }),
      503,
      'store-unavailable',
    )
    db.recover()
    expect((await exchangeKey(own, secret)).status).toBe(200)
  })

  it('AK-03: of one factor act for no account that must have two', async () => {
    const { secret } = await makeKey(ada)
    const strict = oauthService({ SECOND_FACTOR: 'required' })
    expect(await exchangeKey(strict, secret)).toMatchObject(refusedAs('invalid_request'))
    expect((await exchangeKey(service, secret)).status).toBe(200)
  })

  it('AK-02: give only scopes that their resource still has', async () => {
    const { secret } = await makeKey(ada, { scope: 'notes:read notes:write' })
    const fewer = oauthService({ OAUTH_RESOURCES: `${RESOURCE} notes:write` })
    expect((await exchangeKey(fewer, secret)).body).toMatchObject({ scope: 'notes:write' })
    expect(await exchangeKey(fewer, secret, { scope: 'notes:read' })).toMatchObject(
      refusedAs('invalid_scope'),
    )
    const none = oauthService({ OAUTH_RESOURCES: `${OTHER_RESOURCE} notes:read` })
    expect(await exchangeKey(none, secret)).toMatchObject(refusedAs('invalid_target'))
  })
})

describe('API keys where there are none', () => {
  it('API_KEYS=off has no route, and exchanges nothing', async () => {
    const without = oauthService({ API_KEYS: 'off' })
    const ada = await signedInPerson({ mode: 'session', service: without })
    for (const answer of [
      await ada.get('/api-keys'),
      await ada.post('/api-keys', {}),
      await ada.get('/account/api-keys'),
    ])
      expectProblem(answer, 404, 'not-found')
    const { secret } = await makeKey(await signedInPerson({ mode: 'session', service }))
    expect(await exchangeKey(without, secret)).toMatchObject(refusedAs('unsupported_grant_type'))
    expect((await exchangeKey(service, secret)).status).toBe(200)
    const metadata = await send(without, 'GET', '/.well-known/oauth-authorization-server')
    expect(metadata.body.grant_types_supported.join()).not.toContain('token-exchange')
    const page = await send(without, 'GET', '/account', { headers: { ...ada.headers, Accept: 'text/html' } })
    expect(page.text).not.toContain('api-keys')
  })

  it('the metadata says that keys are exchanged where they are', async () => {
    const { body } = await send(service, 'GET', '/.well-known/oauth-authorization-server')
    expect(body.grant_types_supported).toContain('urn:ietf:params:oauth:grant-type:token-exchange')
    expect(API_KEY_TYPE).toBe('urn:janus:token-type:api-key')
    const { id, secret } = await newClient()
    const other = await postForm(service, '/oauth/token', {
      grant_type: 'password',
      client_id: id,
      client_secret: secret ?? '',
    })
    expect(other.body.error_description).toBe(`Send one of: ${body.grant_types_supported.join(', ')}.`)
  })
})
