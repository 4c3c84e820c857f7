import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import {
  ask,
  decide,
  granted,
  locationOf,
  oauthService,
  refresh,
  requestOf,
  requestTokens,
} from '../support/oauth'
import { type Answer, expectProblem, newAddress, read, send, signedInPerson } from '../support/person'
import type { Service } from '../support/service'

const OPEN = { OAUTH_CLIENTS: 'open' }

const METADATA = { client_name: 'Inspector', redirect_uris: ['https://app.example/cb'] }

async function register(
  service: Service,
  metadata: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const request = new Request(`${service.issuer}/oauth/register`, {
    method: 'POST',
    headers: { 'CF-Connecting-IP': newAddress(), 'Content-Type': 'application/json', ...headers },
    body: typeof metadata === 'string' ? metadata : JSON.stringify(metadata),
  })
  return read(await service.fetch(request))
}

async function registered(service: Service, metadata: object = METADATA) {
  const { body } = await register(service, metadata)
  return { id: body.client_id as string, secret: null, redirectUri: body.redirect_uris[0] as string }
}

describe('an app that registers itself', () => {
  it('CVE-2026-41427: is public, whatever it asks for, and gets no secret', async () => {
    const wished = {
      ...METADATA,
      token_endpoint_auth_method: 'client_secret_basic',
      grant_types: ['authorization_code', 'client_credentials'],
      first_party: true,
      skip_consent: true,
      scope: 'notes:read admin',
    }
    const { status, body, headers } = await register(oauthService(OPEN), wished)
    expect(status).toBe(201)
    expect(headers.get('Cache-Control')).toBe('no-store')
    expect(body).toEqual({
      client_id: expect.stringMatching(/^c_[\w-]{22}$/),
      client_id_issued_at: expect.any(Number),
      client_name: 'Inspector',
      redirect_uris: METADATA.redirect_uris,
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      scope: 'notes:read admin',
    })
    const row = await env.DB.prepare('SELECT * FROM oauth_clients WHERE id = ?').bind(body.client_id).first()
    expect(row).toMatchObject({ secret_hash: null, first_party: 0, registered_by: 'itself' })
  })

  it('OP-08: is connected after the person was asked, each time, by the host that is answered', async () => {
    const service = oauthService(OPEN)
    const ada = await signedInPerson({ mode: 'session', service })
    const app = await registered(service)
    const tokens = await granted(service, ada, app)
    expect((await refresh(service, app, tokens.refresh_token)).status).toBe(200)
    const page = await ask(service, requestOf(app), ada)
    expect(page.text).toContain('<h1>Allow app.example?</h1>')
    expect(page.text).toContain('It calls itself')
    expect(locationOf(await decide(service, ada, page)).searchParams.get('code')).not.toBeNull()
    const machine = await requestTokens(service, app, { grant_type: 'client_credentials' })
    expect(machine.status).toBeGreaterThanOrEqual(400)
  })

  it.each<[string, unknown, string]>([
    ['no redirect URI', { ...METADATA, redirect_uris: [] }, 'invalid_redirect_uri'],
    ['none at all', {}, 'invalid_redirect_uri'],
    ['one over http', { redirect_uris: ['http://app.example/cb'] }, 'invalid_redirect_uri'],
    [
      'one that would be run',
      { redirect_uris: ['https://app.example/cb', 'javascript:1'] },
      'invalid_redirect_uri',
    ],
    ['a fragment', { redirect_uris: ['https://app.example/cb#x'] }, 'invalid_redirect_uri'],
    ['a wildcard', { redirect_uris: ['https://*.example/cb'] }, 'invalid_redirect_uri'],
    ['no code', { ...METADATA, grant_types: ['client_credentials'] }, 'invalid_client_metadata'],
    ['a token as response', { ...METADATA, response_types: ['token'] }, 'invalid_client_metadata'],
    ['a name that is no text', { ...METADATA, client_name: 1 }, 'invalid_client_metadata'],
    ['no JSON', 'redirect_uris', 'invalid_client_metadata'],
    ['too much', { ...METADATA, client_uri: 'x'.repeat(20_000) }, 'invalid_client_metadata'],
  ])('GHSA-86j7-9j95-vpqj: with %s is refused in the words of RFC 7591', async (_, metadata, error) => {
    const answer = await register(oauthService(OPEN), metadata)
    expect(answer).toMatchObject({ status: 400, body: { error, error_description: expect.any(String) } })
  })

  it('is called by its host if its name would mislead', async () => {
    const service = oauthService(OPEN)
    for (const client_name of ['\u202esunaJ', '\u200b', 'x'.repeat(101), '']) {
      const { status, body } = await register(service, { ...METADATA, client_name })
      expect([status, 'client_name' in body]).toEqual([201, false])
    }
  })

  it('may be a page of any origin, without cookies', async () => {
    const answer = await register(oauthService(OPEN), METADATA, {
      Origin: 'https://app.example',
      'Sec-Fetch-Site': 'cross-site',
    })
    expect(answer.status).toBe(201)
    expect(answer.headers.get('Access-Control-Allow-Origin')).toBe('*')
  })

  it('asks nobody once the operator lets no more register themselves; what it was granted goes on', async () => {
    const service = oauthService(OPEN)
    const ada = await signedInPerson({ mode: 'session', service })
    const app = await registered(service)
    let token = (await granted(service, ada, app)).refresh_token
    for (const kinds of ['documents', 'registered']) {
      const closed = oauthService({ OAUTH_CLIENTS: kinds })
      expectProblem(await ask(closed, requestOf(app), ada), 400, 'authorization-refused')
      const { status, body } = await refresh(closed, app, token)
      expect(status).toBe(200)
      token = body.refresh_token
    }
  })

  it.each([
    ['en', 'The app can&#39;t connect', 'Go to app.example'],
    ['de', 'Die App wurde nicht zugelassen', 'Weiter: app.example'],
    ['es', 'La aplicación no se puede conectar', 'Continuar: app.example'],
  ])(
    'OP-01, INC-28: RFC 9700 §4.11.2: leads nobody on before the person was asked; a page in %s says where a link leads',
    async (language, title, goTo) => {
      const service = oauthService(OPEN)
      const ada = await signedInPerson({ mode: 'session', service })
      const app = await registered(service)
      const headers = { ...ada.headers, 'Accept-Language': language }
      const expectAsked = (answer: Answer, error: string) => {
        expect([answer.status, answer.headers.get('Location'), answer.headers.get('Refresh')]).toEqual([
          400,
          null,
          null,
        ])
        const why = `<code>${error}</code><p lang="en">`
        for (const shown of [title, goTo, why, `href="https://app.example/cb?error=${error}&amp;`])
          expect(answer.text).toContain(shown)
      }
      for (const who of [{ headers }, { headers: { 'Accept-Language': language } }]) {
        expectAsked(
          await ask(service, requestOf(app, { response_type: 'token' }), who),
          'unsupported_response_type',
        )
        expectAsked(await ask(service, requestOf(app, { scope: 'admin' }), who), 'invalid_scope')
      }
      expectAsked(await ask(service, requestOf(app, { prompt: 'none' }), { headers }), 'consent_required')
      const claims = JSON.stringify({ id_token: { sub: { value: 'somebody' } } })
      const other = await ask(service, requestOf(app, { claims }), { headers })
      const resume = locationOf(other).searchParams.get('return_to') ?? ''
      const [cookie] = Object.entries(other.cookies)
      const bound = { ...headers, Cookie: `${ada.headers.Cookie}; ${cookie?.join('=')}` }
      expectAsked(await send(service, 'GET', resume, { headers: bound }), 'login_required')
      const page = await ask(service, requestOf(app), { headers })
      const denied = locationOf(await decide(service, ada, page, 'deny'))
      expect(denied.searchParams.get('error')).toBe('access_denied')
    },
  )

  it('is one of so many from one address', async () => {
    const service = oauthService({ ...OPEN, LOGIN_LIMIT: { limit: async () => ({ success: true }) } })
    const from = { 'CF-Connecting-IP': newAddress() }
    const answers: Answer[] = []
    for (let n = 0; n < 32; n++) answers.push(await register(service, METADATA, from))
    expect(answers.filter(({ status }) => status === 201).length).toBeLessThan(32)
    expectProblem(answers.at(-1) as Answer, 429, 'too-many-attempts')
    expect((await register(service, METADATA)).status).toBe(201)
  })

  it('GHSA-9h47-pqcx-hjr4: is refused by default, and advertised only where it is let in', async () => {
    for (const [clients, status] of [
      [undefined, 404],
      ['documents', 404],
      ['registered', 404],
      ['open', 201],
    ] as const) {
      const service = oauthService({ OAUTH_CLIENTS: clients })
      expect((await register(service, METADATA)).status).toBe(status)
      const { body } = await send(service, 'GET', '/.well-known/oauth-authorization-server')
      expect('registration_endpoint' in body).toBe(status === 201)
    }
  })

  it('is forgotten after a day if nobody used it', async () => {
    const service = oauthService(OPEN)
    const app = await registered(service)
    const count = async (ahead: number) => {
      await service.services.providerPart?.selfRegistered.forgetUnused(
        Math.floor(Date.now() / 1000) + ahead,
        1000,
      )
      return (await env.DB.prepare('SELECT id FROM oauth_clients WHERE id = ?').bind(app.id).all()).results
        .length
    }
    expect([await count(86_000), await count(87_000)]).toEqual([1, 0])
  })
})
