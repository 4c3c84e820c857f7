import { env } from 'cloudflare:workers'
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  ask,
  codeFor,
  exchange,
  granted,
  newClient,
  OTHER_RESOURCE,
  oauthService,
  postForm,
  RESOURCE,
  refresh,
  requestOf,
  requestTokens,
  type TestClient,
  VERIFIER,
} from '../support/oauth'
import { revoke } from '../support/oauth-machines'
import { expectProblem, type Person, send, signedInPerson } from '../support/person'
import type { OwnService } from '../support/service'
import { stopTime } from '../support/stop-time'

let service: OwnService
let ada: Person
let client: TestClient
let spa: TestClient

beforeAll(async () => {
  service = oauthService()
  ada = await signedInPerson({ mode: 'session', service })
  client = await newClient()
  spa = await newClient({ confidential: false, redirectUris: ['https://spa.example/cb'] })
})

const refused = (error: string, status = 400) => ({
  status,
  body: { error, error_description: expect.any(String) },
})

describe.each(['confidential', 'public'] as const)('a code of a %s client', (kind) => {
  const own = () => (kind === 'public' ? spa : client)

  it('is exchanged for an access token of the resource, and a refresh token', async () => {
    const answer = await exchange(
      service,
      own(),
      await codeFor(service, ada, own(), { scope: 'notes:read notes:write' }),
    )
    expect(answer).toMatchObject({
      status: 200,
      body: { token_type: 'Bearer', scope: 'notes:read notes:write', expires_in: expect.any(Number) },
    })
    expect(answer.headers.get('Cache-Control')).toBe('no-store')
    const { body: keys } = await send(service, 'GET', '/.well-known/jwks.json')
    const { access_token: token } = answer.body
    expect(decodeProtectedHeader(token).typ).toBe('at+jwt')
    const { payload } = await jwtVerify(token, createLocalJWKSet(keys), {
      issuer: service.issuer,
      audience: RESOURCE,
      typ: 'at+jwt',
    })
    expect(payload).toMatchObject({
      sub: ada.userId,
      client_id: own().id,
      scope: 'notes:read notes:write',
      amr: ['pwd'],
      acr: 'urn:janus:1fa',
    })
    expect(Object.keys(payload)).not.toContain('roles')
  })

  it('OP-04: is used once; a second use ends what the first was given', async () => {
    const code = await codeFor(service, ada, own())
    const first = await exchange(service, own(), code)
    expect(first.status).toBe(200)
    expect(await exchange(service, own(), code)).toMatchObject(refused('invalid_grant'))
    expect(await refresh(service, own(), first.body.refresh_token)).toMatchObject(refused('invalid_grant'))
    expect(service.log).toContainEqual(expect.objectContaining({ event: 'code-reused', client_id: own().id }))
  })

  it('OP-04: is used once, also where what the first was given has already ended', async () => {
    const code = await codeFor(service, ada, own())
    const first = await exchange(service, own(), code)
    expect((await revoke(service, own(), first.body.refresh_token)).status).toBe(200)
    expect(await exchange(service, own(), code)).toMatchObject(refused('invalid_grant'))
  })

  it('OP-04: GHSA-7w99-5wm4-3g79: twenty uses at once give at most one success, and its tokens end', async () => {
    const code = await codeFor(service, ada, own())
    const answers = await Promise.all(Array.from({ length: 20 }, () => exchange(service, own(), code)))
    const good = answers.filter(({ status }) => status === 200)
    expect(good).toHaveLength(1)
    expect(await refresh(service, own(), good[0]?.body.refresh_token)).toMatchObject(refused('invalid_grant'))
  })

  it.each([
    ['another verifier', { code_verifier: `${VERIFIER.slice(0, -1)}j` }, 'invalid_grant'],
    ['a verifier that is none', { code_verifier: 'x'.repeat(42) }, 'invalid_request'],
    ['a long verifier', { code_verifier: 'x'.repeat(129) }, 'invalid_request'],
    ['a verifier of other letters', { code_verifier: `${'x'.repeat(42)}+` }, 'invalid_request'],
    [
      'the challenge in place of the verifier',
      { code_verifier: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM' },
      'invalid_grant',
    ],
    ['no verifier', { code_verifier: '' }, 'invalid_request'],
    ['another redirect URI', { redirect_uri: 'https://app.example/cb2' }, 'invalid_grant'],
    ['no redirect URI', { redirect_uri: '' }, 'invalid_request'],
    ['another resource', { resource: OTHER_RESOURCE }, 'invalid_grant'],
    ['a cut code', { code: 'x' }, 'invalid_grant'],
    ['no code', { code: '' }, 'invalid_request'],
    ['another grant type', { grant_type: 'password' }, 'unsupported_grant_type'],
    ['no grant type', { grant_type: '' }, 'invalid_request'],
  ])('OP-02, OP-03: CVE-2026-28513: %s is refused alone, and uses up nothing', async (_, others, error) => {
    const code = await codeFor(service, ada, own())
    expect(await exchange(service, own(), code, others)).toMatchObject(refused(error))
    expect((await exchange(service, own(), code)).status).toBe(200)
  })

  it('INC-21, OP-03: GHSA-xqxv-4jc2-x56x: of another client is refused, and its replay ends nothing', async () => {
    const other = kind === 'public' ? client : spa
    const code = await codeFor(service, ada, own())
    const as = { redirect_uri: own().redirectUri }
    expect(await exchange(service, other, code, as)).toMatchObject(refused('invalid_grant'))
    const tokens = await exchange(service, own(), code)
    expect(tokens.status).toBe(200)
    expect(await exchange(service, other, code, as)).toMatchObject(refused('invalid_grant'))
    expect((await refresh(service, own(), tokens.body.refresh_token)).status).toBe(200)
  })

  it('OP-03: expires after a minute', async () => {
    stopTime()
    const late = oauthService()
    const code = await codeFor(late, ada, own())
    late.ahead = 60
    expect(await exchange(late, own(), code)).toMatchObject(refused('invalid_grant'))
    late.ahead = 0
    const other = await codeFor(late, ada, own())
    late.ahead = 59
    expect((await exchange(late, own(), other)).status).toBe(200)
  })

  it('OP-03: ends with the session that it came from', async () => {
    const grace = await signedInPerson({ mode: 'session', service })
    const code = await codeFor(service, grace, own())
    await grace.post('/logout')
    expect(await exchange(service, own(), code)).toMatchObject(refused('invalid_grant'))
  })
})

describe('a client at the token endpoint', () => {
  it.each([
    ['a wrong secret', () => ({ ...client, secret: 'wrong' })],
    ['no secret', () => ({ ...client, secret: null })],
    ['a secret that it does not have', () => ({ ...spa, secret: 'x' })],
    ['an id that is unknown', () => ({ ...client, id: `c_${'x'.repeat(22)}` })],
    ['an id that is none', () => ({ ...client, id: 'x' })],
  ])(
    'OP-10: GHSA-pw9m-5jxm-xr6h: with %s is refused with a challenge, and uses up nothing',
    async (_, as) => {
      const own = as().id === spa.id ? spa : client
      const code = await codeFor(service, ada, own)
      const answer = await exchange(service, { ...as(), redirectUri: own.redirectUri }, code)
      expect(answer).toMatchObject(refused('invalid_client', 401))
      expect(answer.headers.get('WWW-Authenticate')).toMatch(/^Basic realm=/)
      const tokens = await exchange(service, own, code)
      expect(tokens.status).toBe(200)
      const { refresh_token } = tokens.body
      expect(await refresh(service, as(), refresh_token)).toMatchObject(refused('invalid_client', 401))
      expect((await refresh(service, own, refresh_token)).status).toBe(200)
    },
  )

  it('OP-10: a replay without the secret ends nothing', async () => {
    const code = await codeFor(service, ada, client)
    const { body } = await exchange(service, client, code)
    await exchange(service, { ...client, secret: 'wrong' }, code)
    expect((await refresh(service, client, body.refresh_token)).status).toBe(200)
  })

  it.each([
    'Basic',
    'Basic !',
    `Basic ${btoa('no colon')}`,
    `Basic ${btoa('%zz:x')}`,
    'Bearer x',
    `Basic ${'A'.repeat(2000)}`,
  ])('OP-10: WOP 0.9: %s is refused, and is no failure of the service', async (authorization) => {
    const answer = await postForm(
      service,
      '/oauth/token',
      { grant_type: 'refresh_token' },
      { Authorization: authorization },
    )
    expect(answer).toMatchObject(refused('invalid_client', 401))
  })

  it('OP-10: authenticates in one way, by HTTP Basic in the encoding of forms, or in the form', async () => {
    const odd = await newClient()
    const inForm = { client_id: odd.id, client_secret: odd.secret ?? '' }
    const basic = {
      Authorization: `Basic ${btoa(`${odd.id.replace('_', '%5F')}:${odd.secret?.replaceAll('-', '%2D')}`)}`,
    }
    const code = await codeFor(service, ada, odd)
    const fields = {
      grant_type: 'authorization_code',
      code,
      redirect_uri: odd.redirectUri,
      code_verifier: VERIFIER,
    }
    expect(await postForm(service, '/oauth/token', { ...fields, ...inForm }, basic)).toMatchObject(
      refused('invalid_request'),
    )
    expect(await postForm(service, '/oauth/token', { ...fields, client_id: client.id }, basic)).toMatchObject(
      refused('invalid_request'),
    )
    expect((await postForm(service, '/oauth/token', fields, basic)).status).toBe(200)
    const other = { ...fields, code: await codeFor(service, ada, odd) }
    expect((await postForm(service, '/oauth/token', { ...other, ...inForm })).status).toBe(200)
  })

  it('OP-10: an empty secret is none (RFC 6749 §2.3.1): by HTTP Basic a public client may send it, and no other', async () => {
    const withoutSecret = async (own: TestClient) =>
      postForm(
        service,
        '/oauth/token',
        {
          grant_type: 'authorization_code',
          code: await codeFor(service, ada, own),
          redirect_uri: own.redirectUri,
          code_verifier: VERIFIER,
        },
        { Authorization: `Basic ${btoa(`${own.id}:`)}` },
      )
    expect((await withoutSecret(spa)).status).toBe(200)
    expect(await withoutSecret(client)).toMatchObject(refused('invalid_client', 401))
  })

  it('OP-10: nothing is taken from the query, from JSON or by GET, and a parameter comes once', async () => {
    const own = { ...client }
    const basic = { Authorization: `Basic ${btoa(`${own.id}:${own.secret}`)}` }
    const { refresh_token } = await granted(service, ada, own)
    const whole = { grant_type: 'refresh_token', refresh_token }
    for (const query of [`${new URLSearchParams(whole)}`, 'resource=', 'x=1'])
      expect(await postForm(service, `/oauth/token?${query}`, whole, basic)).toMatchObject(
        refused('invalid_request'),
      )
    expect((await postForm(service, '/oauth/token', whole, basic)).status).toBe(200)
    expect(
      await send(service, 'POST', '/oauth/token', { body: { grant_type: 'refresh_token' }, headers: basic }),
    ).toMatchObject(refused('invalid_request'))
    expectProblem(await send(service, 'GET', '/oauth/token', { headers: basic }), 405, 'method-not-allowed')
    const twice = new Request(`${service.issuer}/oauth/token`, {
      method: 'POST',
      headers: { ...basic, 'Content-Type': 'application/x-www-form-urlencoded' },
      body: 'grant_type=refresh_token&refresh_token=a&refresh_token=b',
    })
    expect(await (await service.fetch(twice)).json()).toMatchObject({ error: 'invalid_request' })
    const long = await postForm(service, '/oauth/token', { code: 'x'.repeat(17_000) }, basic)
    expect(long).toMatchObject(refused('invalid_request'))
  })

  it('a NUL, which PostgreSQL takes in no text, is refused in every parameter', async () => {
    const proof = { code: 'x', redirect_uri: client.redirectUri, code_verifier: VERIFIER }
    for (const name of ['code', 'redirect_uri', 'resource', 'scope', 'refresh_token', 'state'])
      for (const grant_type of ['authorization_code', 'refresh_token'])
        expect([
          name,
          await requestTokens(service, client, { grant_type, refresh_token: 'x', ...proof, [name]: 'a\0b' }),
        ]).toMatchObject([name, refused('invalid_request')])
  })

  it('every origin may call, without cookies', async () => {
    const code = await codeFor(service, ada, spa)
    const origin = { Origin: 'https://spa.example', 'Sec-Fetch-Site': 'cross-site' }
    const preflight = await service.fetch(
      new Request(`${service.issuer}/oauth/token`, {
        method: 'OPTIONS',
        headers: {
          ...origin,
          'Access-Control-Request-Method': 'POST',
          'Access-Control-Request-Headers': 'content-type',
        },
      }),
    )
    expect(preflight.status).toBe(204)
    expect(preflight.headers.get('Access-Control-Allow-Origin')).toBe('*')
    expect(preflight.headers.get('Access-Control-Allow-Credentials')).toBeNull()
    const fields = {
      grant_type: 'authorization_code',
      client_id: spa.id,
      code,
      redirect_uri: spa.redirectUri,
      code_verifier: VERIFIER,
    }
    const answer = await postForm(service, '/oauth/token', fields, origin)
    expect(answer.status).toBe(200)
    expect(answer.headers.get('Access-Control-Allow-Origin')).toBe('*')
    expect(answer.headers.get('Access-Control-Allow-Credentials')).toBeNull()
  })
})

describe('the refresh token of a client', () => {
  it('OP-05: rotates; a lost answer can be asked for again, and a late reuse ends the grant', async () => {
    const own = oauthService()
    const first = await granted(own, ada, client)
    const second = await refresh(own, client, first.refresh_token)
    expect(second).toMatchObject({ status: 200, body: { scope: 'notes:read' } })
    expect(second.body.refresh_token).not.toBe(first.refresh_token)
    expect((await refresh(own, client, first.refresh_token)).body.refresh_token).toBe(
      second.body.refresh_token,
    )
    own.ahead = 3600
    expect(await refresh(own, client, first.refresh_token)).toMatchObject(refused('invalid_grant'))
    expect(await refresh(own, client, second.body.refresh_token)).toMatchObject(refused('invalid_grant'))
  })

  it('OP-10: whoever lacks the secret of its client uses up no token, and ends nothing with an old one', async () => {
    const own = oauthService()
    const thief = { ...client, secret: 'wrong' }
    const first = await granted(own, ada, client)
    expect(await refresh(own, thief, first.refresh_token)).toMatchObject(refused('invalid_client', 401))
    own.ahead = 3600
    const second = await refresh(own, client, first.refresh_token)
    expect(second.status).toBe(200)
    own.ahead = 7200
    expect(await refresh(own, thief, first.refresh_token)).toMatchObject(refused('invalid_client', 401))
    expect((await refresh(own, client, second.body.refresh_token)).status).toBe(200)
  })

  it('GHSA-392p-2q2v-4372: twenty uses at once give one successor', async () => {
    const { refresh_token } = await granted(service, ada, client)
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => refresh(service, client, refresh_token)),
    )
    expect(new Set(answers.map(({ status, body }) => `${status} ${body.refresh_token}`)).size).toBe(1)
  })

  it('INC-21: CVE-2026-55672: is none of another client, and none of Janus itself', async () => {
    const { refresh_token } = await granted(service, ada, client)
    const other = await newClient()
    expect(await refresh(service, other, refresh_token)).toMatchObject(refused('invalid_grant'))
    const janus = await send(service, 'POST', '/refresh', { body: { refresh_token } })
    expectProblem(janus, 401, 'session-ended')
    expect((await refresh(service, client, refresh_token)).status).toBe(200)
    const own = await ada.signIn({ mode: 'token' })
    expect(await refresh(service, client, own.refreshToken)).toMatchObject(refused('invalid_grant'))
    expect(
      (await send(service, 'POST', '/refresh', { body: { refresh_token: own.refreshToken } })).status,
    ).toBe(200)
    expect(await refresh(service, client, `${ada.sessionId}.0.${'A'.repeat(43)}`)).toMatchObject(
      refused('invalid_grant'),
    )
  })

  it.each([
    ['a wider scope', { scope: 'notes:read notes:write' }, 'invalid_scope'],
    ['a scope that the resource has and nobody granted', { scope: 'notes:write' }, 'invalid_scope'],
    ['a scope like it', { scope: 'notes:rea' }, 'invalid_scope'],
    ['a pattern of it', { scope: 'notes%' }, 'invalid_scope'],
    ['a scope that is none', { scope: 'a"b' }, 'invalid_scope'],
    ['another resource', { resource: OTHER_RESOURCE }, 'invalid_target'],
  ])(
    'GHSA-p2fr-6hmx-4528: %s is refused alone, and uses up nothing, whether the token is current or repeated',
    async (_, others, error) => {
      const own = oauthService()
      const first = (await granted(own, ada, client)).refresh_token
      expect(await refresh(own, client, first, others)).toMatchObject(refused(error))
      own.ahead = 3600
      const { status, body } = await refresh(own, client, first)
      expect(status).toBe(200)
      expect(await refresh(own, client, first, others)).toMatchObject(refused(error))
      expect((await refresh(own, client, body.refresh_token)).status).toBe(200)
    },
  )

  it('GHSA-p2fr-6hmx-4528: narrows what it asks for, and never widens it', async () => {
    const { refresh_token } = await granted(service, ada, client, { scope: 'notes:read notes:write' })
    const narrow = await refresh(service, client, refresh_token, { scope: 'notes:read', resource: RESOURCE })
    expect(narrow.body.scope).toBe('notes:read')
    const whole = await refresh(service, client, narrow.body.refresh_token)
    expect(whole.body.scope).toBe('notes:read notes:write')
    const more = await refresh(service, client, whole.body.refresh_token, { scope: 'notes:read files:read' })
    expect(more).toMatchObject(refused('invalid_scope'))
    const { refresh_token: fresh } = await granted(service, ada, client)
    expect(await refresh(service, client, fresh, { resource: OTHER_RESOURCE })).toMatchObject(
      refused('invalid_target'),
    )
  })
})

describe('what a client was granted', () => {
  it('OP-14: is given as far as the settings still have it, and for a resource that they name no more not at all', async () => {
    const { refresh_token } = await granted(service, ada, client, { scope: 'notes:read notes:write openid' })
    const fewer = oauthService({ OAUTH_RESOURCES: `${RESOURCE} notes:write` })
    const { body } = await refresh(fewer, client, refresh_token)
    expect(body).toMatchObject({ scope: 'notes:write openid', id_token: expect.any(String) })
    const none = oauthService({ OAUTH_RESOURCES: `${OTHER_RESOURCE} files:read` })
    expect(await refresh(none, client, body.refresh_token)).toMatchObject(refused('invalid_target'))
    // A setting may have been a mistake: it has used up no token.
    const later = oauthService()
    later.ahead = 3600
    const again = await refresh(later, client, body.refresh_token)
    expect(again).toMatchObject({ status: 200, body: { scope: 'notes:read notes:write openid' } })
    const others = oauthService({ OAUTH_RESOURCES: `${RESOURCE} notes:other` })
    others.ahead = 3600
    const { refresh_token: plain } = await granted(service, ada, client)
    expect(await refresh(others, client, plain)).toMatchObject(refused('invalid_scope'))
    // Nor has that, or who asks for a part that is gone.
    const { refresh_token: both } = await granted(service, ada, client, { scope: 'notes:read notes:write' })
    expect(await refresh(fewer, client, both, { scope: 'notes:read' })).toMatchObject(
      refused('invalid_scope'),
    )
    later.ahead = 7200
    for (const unused of [plain, both]) expect((await refresh(later, client, unused)).status).toBe(200)
  })

  it('OP-14: of a code for what the settings name no more is nothing, and the code stays for another try', async () => {
    const bob = await signedInPerson({ mode: 'session', service })
    const codes = [await codeFor(service, bob, client), await codeFor(service, bob, client)]
    const none = oauthService({ OAUTH_RESOURCES: `${OTHER_RESOURCE} files:read` })
    const others = oauthService({ OAUTH_RESOURCES: `${RESOURCE} notes:other` })
    for (const code of codes) {
      expect(await exchange(none, client, code)).toMatchObject(refused('invalid_target'))
      expect(await exchange(others, client, code)).toMatchObject(refused('invalid_scope'))
    }
    expect((await bob.get('/apps')).body).toEqual({ apps: [] })
    // Whoever lacks a part of the code learns nothing of it.
    expect(await exchange(none, spa, codes[0] ?? '')).toMatchObject(refused('invalid_grant'))
    for (const code of codes) expect((await exchange(service, client, code)).status).toBe(200)
    expect((await bob.get('/apps')).body.apps).toHaveLength(2)
  })

  it('opens no route of Janus: its audience is the resource', async () => {
    const { access_token, refresh_token } = await granted(service, ada, client)
    const headers = { Authorization: `Bearer ${access_token}` }
    for (const path of ['/me', '/sessions'])
      expectProblem(await send(service, 'GET', path, { headers }), 401, 'invalid-token')
    const cookie = { Cookie: `__Host-refresh=${refresh_token}` }
    expectProblem(await send(service, 'POST', '/refresh', { headers: cookie }), 401, 'session-ended')
  })

  it.each(['session', 'token'] as const)(
    'OP-08, OUT-05: is listed and ended by its owner alone, in %s mode; its refresh token is dead at once, and the app asks again',
    async (mode) => {
      const grace = await signedInPerson({ mode: 'session', service })
      const [own, eve] = [await grace.signIn({ mode }), await signedInPerson({ mode, service })]
      const asked = { scope: 'notes:read offline_access' }
      const tokens = [
        await granted(service, grace, client, asked),
        await granted(service, grace, client, asked),
      ]
      const appsOf = async (person: Pick<Person, 'get'>) =>
        (await person.get('/sessions')).body.sessions.filter(({ app }: { app: unknown }) => app !== null)
      const apps = await appsOf(own)
      const app = { id: client.id, name: 'Notes of Ada', host: null, ...asked, resource: RESOURCE }
      expect(apps).toMatchObject(Array(2).fill({ mode: 'token', current: false, app }))
      expect(await appsOf(eve)).toEqual([])
      const page = await send(service, 'GET', '/account', {
        headers: { ...grace.headers, Accept: 'text/html' },
      })
      for (const shown of [
        'Connected apps',
        'Notes of Ada',
        '<code>notes:read</code>, keep its access after you sign out',
        `at ${RESOURCE}`,
        `/sessions/${apps[0].id}/end`,
      ])
        expect(page.text).toContain(shown)

      expectProblem(await eve.delete(`/sessions/${apps[0].id}`), 404, 'not-found')
      expectProblem(await eve.post(`/sessions/${apps[0].id}/end`), 404, 'not-found')
      expect((await ask(service, requestOf(client, asked), grace)).status).toBe(303)
      const alive = await Promise.all(
        tokens.map(({ refresh_token }) => refresh(service, client, refresh_token)),
      )
      expect(alive.map(({ status }) => status)).toEqual([200, 200])

      expect((await own.delete(`/sessions/${apps[0].id}`)).status).toBe(204)
      expect((await ask(service, requestOf(client, asked), grace)).status).toBe(200)
      expect((await own.post(`/sessions/${apps[1].id}/end`)).status).toBe(204)
      for (const { body } of alive)
        expect(await refresh(service, client, body.refresh_token)).toMatchObject(refused('invalid_grant'))
      expect(await appsOf(own)).toEqual([])
    },
  )

  it.each([
    ['notes:read', false],
    ['notes:read offline_access', true],
  ])('with %s: outlives the sign-out of its browser: %s', async (scope, lasts) => {
    const grace = await signedInPerson({ mode: 'session', service })
    const { refresh_token } = await granted(service, grace, client, { scope })
    await grace.post('/logout')
    expect((await refresh(service, client, refresh_token)).status).toBe(lasts ? 200 : 400)
  })

  it('ends with "sign out everywhere", and with the client', async () => {
    const grace = await signedInPerson({ mode: 'session', service })
    const gone = await newClient()
    const { refresh_token } = await granted(service, grace, client, { scope: 'notes:read offline_access' })
    const other = await granted(service, ada, gone)
    await grace.post('/logout/all', {})
    expect(await refresh(service, client, refresh_token)).toMatchObject(refused('invalid_grant'))
    const { removeClient } = await import('../../packages/cli/clients/statements')
    const { env } = await import('cloudflare:workers')
    await env.DB.batch(removeClient(gone.id, 'operator:test').map((each) => env.DB.prepare(each)))
    expect(await refresh(service, gone, other.refresh_token)).toMatchObject(refused('invalid_client', 401))
    const row = env.DB.prepare(
      'SELECT count(*) AS open FROM sessions WHERE client_id = ?1 AND ended_at IS NULL',
    )
    expect(await row.bind(gone.id).first()).toEqual({ open: 0 })
  })

  it('is in the audit trail, and its owner reads of it', async () => {
    const grace = await signedInPerson({ mode: 'session', service })
    await granted(service, grace, client)
    const { events } = (await grace.get('/me/activity')).body
    expect(events[0]).toMatchObject({ event: 'app-connected', outcome: 'success', by_owner: true })
  })

  it('is of no use where its account must have a second factor, and its session proved one', async () => {
    const [code, tokens] = [await codeFor(service, ada, client), await granted(service, ada, client)]
    const strict = oauthService({ SECOND_FACTOR: 'required' })
    expect(await exchange(strict, client, code)).toMatchObject(refused('invalid_grant'))
    expect(await refresh(strict, client, tokens.refresh_token)).toMatchObject(refused('invalid_grant'))
  })

  it.each([
    ['every account', { SECOND_FACTOR: 'required' }, false],
    ['those of a role', { SECOND_FACTOR: 'roles', SECOND_FACTOR_ROLES: 'support,admin' }, false],
    ['those of another role', { SECOND_FACTOR: 'roles', SECOND_FACTOR_ROLES: 'support' }, true],
  ])('of one factor begins only where none is required of %s', async (_, settings, begins) => {
    const strict = oauthService(settings)
    const person = await signedInPerson({ mode: 'session', service })
    await env.DB.prepare('UPDATE users SET roles = ?1 WHERE id = ?2').bind('["admin"]', person.userId).run()
    const bob = await person.signIn()
    const codes = [await codeFor(service, bob, client), await codeFor(service, bob, client)]
    const status = begins ? 200 : 400
    expect((await exchange(strict, client, codes[0] ?? '')).status).toBe(status)
    expect((await send(service, 'GET', '/apps', bob)).body.apps).toHaveLength(begins ? 1 : 0)
    // Of two factors it begins anywhere.
    const methods = JSON.stringify([
      { method: 'pwd', at: 1 },
      { method: 'totp', at: 1 },
    ])
    await env.DB.prepare('UPDATE sessions SET methods = ?1 WHERE user_id = ?2')
      .bind(methods, person.userId)
      .run()
    expect((await exchange(strict, client, codes[1] ?? '')).status).toBe(200)
  })

  it('is missing where the grant type is', async () => {
    expect(await requestTokens(service, client, {})).toMatchObject(refused('invalid_request'))
  })
})
