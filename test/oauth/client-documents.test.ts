import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { isDocumentUrl } from '../../src/oauth/client-document'
import { DOCUMENT_URL, documentClient, documentOf, serviceWithHost } from '../support/documents'
import { ask, decide, granted, newClient, oauthService, refresh, requestOf } from '../support/oauth'
import { expectProblem, type Person, send, signedInPerson } from '../support/person'
import { stopTime } from '../support/stop-time'

let ada: Person

beforeAll(async () => {
  ada = await signedInPerson({ mode: 'session', service: oauthService() })
})

describe('the URL of a document', () => {
  it.each([
    DOCUMENT_URL,
    'https://claude.ai/oauth/claude-code-client-metadata',
    'https://vscode.dev/oauth/client-metadata.json',
  ])('%s may be fetched', (url) => expect(isDocumentUrl(url)).toBe(true))

  it.each([
    ['http', 'http://app.example/oauth/client.json'],
    ['no path', 'https://app.example.org/'],
    ['a port', 'https://app.example:8443/client.json'],
    ['a user', 'https://ada@app.example/client.json'],
    ['a fragment', 'https://app.example/client.json#x'],
    ['a query', 'https://app.example/client.json?x=1'],
    ['dots', 'https://app.example/oauth/../client.json'],
    ['encoded dots', 'https://app.example/%2e%2e/client.json'],
    ['an encoded slash', 'https://app.example/a%2fclient.json'],
    ['a backslash', 'https://app.example\\client.json'],
    ['capital letters', 'https://APP.example/client.json'],
    ['an IPv4 address', 'https://192.168.178.201/client.json'],
    ['a number as address', 'https://2130706433/client.json'],
    ['an address in hex', 'https://0x7f000001/client.json'],
    ['an IPv6 address', 'https://[2001:db8::1]/client.json'],
    ['localhost', 'https://localhost/oauth/client.json'],
    ['below localhost', 'https://app.localhost/client.json'],
    ['a name without a dot', 'https://intranet/oauth/client.json'],
    ['.internal', 'https://metadata.google.internal/client.json'],
    ['.local', 'https://printer.local/oauth/client.json'],
    ['a dot at the end', 'https://app.example./client.json'],
    ['no length', 'https://a.bc/d'],
    ['too much length', `https://app.example/${'x'.repeat(500)}`],
  ])('GHSA-5rr4-8452-hf4v, GHSA-gv74-j8m3-fg5f: with %s is no client_id', (_, url) =>
    expect(isDocumentUrl(url)).toBe(false),
  )

  it('at the host of Janus itself is not fetched', async () => {
    const { service, host } = serviceWithHost({}, { ISSUER: 'https://auth.example.com' })
    const own = { ...documentClient(), id: 'https://auth.example.com/x/client.json' }
    expectProblem(await ask(service, requestOf(own), ada), 400, 'authorization-refused')
    expect(host.asked).toEqual([])
  })
})

describe('an app that describes itself at its client_id', () => {
  it('is connected: the person is asked, and the tokens are for it', async () => {
    const app = documentClient()
    const { service, host } = serviceWithHost(documentOf(app))
    const tokens = await granted(service, ada, app, { scope: 'notes:read offline_access' })
    expect(tokens.scope).toBe('notes:read offline_access')
    expect((await refresh(service, app, tokens.refresh_token)).status).toBe(200)
    expect(host.asked).toEqual([{ url: app.id, init: expect.objectContaining({ redirect: 'manual' }) }])
    expect(host.asked[0]?.init.signal).toBeInstanceOf(AbortSignal)
  })

  it('OP-08: is asked about each time, by its host, and its own name stands small', async () => {
    const app = documentClient()
    const { service } = serviceWithHost(documentOf(app))
    for (const _ of [1, 2]) {
      const page = await ask(service, requestOf(app), ada)
      expect(page.status).toBe(200)
      expect(page.text).toContain(`<h1>Allow ${new URL(app.id).host}?</h1>`)
      expect(page.text.match(/Totally Janus/g)).toHaveLength(1)
      expect(page.text).toContain('Nobody has checked this app')
      await decide(service, ada, page)
    }
    await env.DB.prepare('UPDATE oauth_clients SET first_party = 1 WHERE id = ?').bind(app.id).run()
    expect((await ask(service, requestOf(app), ada)).status).toBe(200)
    const silent = await ask(service, requestOf(app, { prompt: 'none' }), ada)
    expect([silent.status, silent.headers.get('Location')]).toEqual([400, null])
    expect(silent.text).toContain('error=consent_required')
  })

  it('is listed on the account page by its host, with what its scopes allow in the words of the operator', async () => {
    const app = documentClient()
    const OAUTH_SCOPE_TEXTS = JSON.stringify({
      'notes:read': { en: 'read your notes', de: 'Ihre Notizen lesen' },
    })
    const { service } = serviceWithHost(documentOf(app), { OAUTH_SCOPE_TEXTS })
    const grace = await signedInPerson({ mode: 'session', service })
    const asked = { scope: 'notes:read notes:write offline_access' }
    const consent = await ask(service, requestOf(app, asked), grace)
    await granted(service, grace, app, asked)
    const account = await send(service, 'GET', '/account', {
      headers: { ...grace.headers, Accept: 'text/html' },
    })
    const { host } = new URL(app.id)
    expect(account.text).toContain(`${host} (“Totally Janus”)`)
    for (const { text } of [consent, account]) {
      expect(text).toContain('read your notes')
      expect(text).toContain('<code>notes:write</code>')
      expect(text).toContain('keep its access after you sign out')
    }
    const german = { ...grace.headers, Accept: 'text/html', 'Accept-Language': 'de' }
    expect((await send(service, 'GET', '/account', { headers: german })).text).toContain('Ihre Notizen lesen')
    const { sessions } = (await grace.get('/sessions')).body
    expect(sessions.find((session: { app: unknown }) => session.app)?.app).toMatchObject({ id: app.id, host })
  })

  it('is told of a redirect URI on this machine', async () => {
    const app = { ...documentClient(), redirectUri: 'http://127.0.0.1/cb' }
    const { service } = serviceWithHost(documentOf(app))
    const page = await ask(service, requestOf(app, { redirect_uri: 'http://127.0.0.1:5000/cb' }), ada)
    expect(page.text).toContain('Any app on this device could pretend to be this one')
    expect(page.text).toContain('an app on this device')
  })

  it('OP-01: is answered only where its document says', async () => {
    const app = documentClient()
    const { service } = serviceWithHost(documentOf(app))
    const elsewhere = requestOf(app, { redirect_uri: 'https://evil.example/cb' })
    expectProblem(await ask(service, elsewhere, ada), 400, 'authorization-refused')
  })

  it('may ask for what its document names, or for whatever there is', async () => {
    const narrow = documentClient()
    const { service } = serviceWithHost(documentOf(narrow, { scope: 'notes:read admin' }))
    const asked = requestOf(narrow, { scope: 'notes:read notes:write' })
    expect((await ask(service, asked, ada)).text).not.toContain('notes:write')
  })

  it.each<[string, object | string, object]>([
    ['is of another URL', { client_id: DOCUMENT_URL }, {}],
    ['has no redirect URI', { redirect_uris: [] }, {}],
    ['has one that would be run', { redirect_uris: ['javascript:alert(1)'] }, {}],
    ['wants a secret', { token_endpoint_auth_method: 'client_secret_basic' }, {}],
    ['wants another flow', { grant_types: ['implicit'] }, {}],
    ['wants another response', { response_types: ['token'] }, {}],
    ['is no JSON', 'client_id', {}],
    ['is not there', {}, { status: 404 }],
    ['is of another type', {}, { headers: { 'Content-Type': 'text/html' } }],
  ])('whose document %s is not let in, and nobody is led anywhere', async (_, changes, answer) => {
    const app = documentClient()
    const document = typeof changes === 'string' ? changes : documentOf(app, changes)
    const { service, host } = serviceWithHost(document)
    Object.assign(host, answer)
    const refused = await ask(service, requestOf(app), ada)
    expectProblem(refused, 400, 'authorization-refused')
    expect(refused.text).toContain(`What ${new URL(app.id).host} says about the app cannot be used`)
  })

  it.each<[string, object]>([
    ['is down', { isDown: true }],
    ['fails', { status: 500 }],
    ['asks for patience', { status: 429 }],
    ['leads elsewhere', { status: 302, headers: { Location: 'https://evil.example/' } }],
    ['answers with too much', { document: ' '.repeat(65_537) }],
  ])('WOP 0.9: whose host %s is not called unknown', async (_, answer) => {
    const app = documentClient()
    const { service, host } = serviceWithHost(documentOf(app))
    Object.assign(host, answer)
    const refused = await ask(service, requestOf(app), ada)
    expectProblem(refused, 400, 'authorization-refused')
    expect(refused.text).toContain('could not be asked about the app just now')
    expect(service.log.some(({ event }) => event === 'client-document-unavailable')).toBe(true)
  })

  it('is asked for once while its document counts, and for a week at most', async () => {
    const app = documentClient()
    const { service, host } = serviceWithHost(documentOf(app))
    host.headers['Cache-Control'] = 'max-age=31536000'
    const days = async (ahead: number) => {
      service.ahead = ahead * 86_400 + 5
      await ask(service, requestOf(app))
      return host.asked.length
    }
    expect([await days(0), await days(6.9), await days(7.1)]).toEqual([1, 1, 2])
  })

  it.each([
    ['max-age=600', 590, 610],
    ['no-store', 50, 70],
    ['private', 86_000, 87_000],
  ])('is asked for again when %s says so', async (header, fresh, stale) => {
    stopTime()
    const app = documentClient()
    const { service, host } = serviceWithHost(documentOf(app))
    host.headers['Cache-Control'] = header
    for (const [ahead, asked] of [
      [0, 1],
      [fresh, 1],
      [stale, 2],
    ] as const) {
      service.ahead = ahead
      await ask(service, requestOf(app))
      expect(host.asked, `after ${ahead} s`).toHaveLength(asked)
    }
  })

  it('counts as it was while its host is down, and is gone when its host says so', async () => {
    stopTime()
    const app = documentClient()
    const { service, host } = serviceWithHost(documentOf(app))
    await ask(service, requestOf(app))
    service.ahead = 90_000
    host.isDown = true
    for (const _ of [1, 2]) expect((await ask(service, requestOf(app))).status).toBe(303)
    // Not again within a minute.
    expect(host.asked).toHaveLength(2)
    service.ahead += 61
    Object.assign(host, { isDown: false, status: 410 })
    expectProblem(await ask(service, requestOf(app)), 400, 'authorization-refused')
  })

  it('is fetched once for requests that come at once', async () => {
    const app = documentClient()
    const { service, host } = serviceWithHost(documentOf(app))
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask(service, requestOf(app))))
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(303))
    expect(host.asked).toHaveLength(1)
  })

  it('is one of a host that is asked so many times a minute', async () => {
    stopTime()
    const name = `${crypto.randomUUID()}.example`
    const { service, host } = serviceWithHost('{}')
    for (let n = 0; n < 12; n++) {
      await ask(service, requestOf({ ...documentClient(), id: `https://${name}/${n}/client.json` }))
    }
    expect(host.asked).toHaveLength(10)
    service.ahead = 61
    await ask(service, requestOf({ ...documentClient(), id: `https://${name}/later/client.json` }))
    expect(host.asked).toHaveLength(11)
  })

  it('is not there where operators register clients, and says so', async () => {
    const app = documentClient()
    const { service, host } = serviceWithHost(documentOf(app), { OAUTH_CLIENTS: 'registered' })
    expectProblem(await ask(service, requestOf(app), ada), 400, 'authorization-refused')
    expect(host.asked).toEqual([])
    for (const [clients, supported] of [
      ['registered', false],
      ['documents', true],
    ] as const) {
      const own = serviceWithHost({}, { OAUTH_CLIENTS: clients }).service
      const { body } = await send(own, 'GET', '/.well-known/oauth-authorization-server')
      expect(body.client_id_metadata_document_supported).toBe(supported)
    }
  })

  it('is forgotten when nobody has used it for a day, and kept while somebody is connected', async () => {
    const [unused, used] = [documentClient(), documentClient()]
    const { service, host } = serviceWithHost(documentOf(unused))
    await ask(service, requestOf(unused))
    host.document = documentOf(used)
    await granted(service, ada, used, { scope: 'notes:read offline_access' })
    const operators = await newClient()
    const left = async () => {
      const rows = await env.DB.prepare('SELECT id FROM oauth_clients WHERE id IN (?, ?, ?)')
        .bind(unused.id, used.id, operators.id)
        .all()
      return rows.results.map(({ id }) => id).sort()
    }
    await service.services.providerPart?.selfRegistered.forgetUnused(
      Math.floor(Date.now() / 1000) + 100 * 86_400,
      1000,
    )
    expect(await left()).toEqual([operators.id, used.id].sort())
    const { sessions } = (await ada.get('/sessions')).body
    for (const { id, app } of sessions) if (app?.id === used.id) await ada.delete(`/sessions/${id}`)
    await service.services.providerPart?.selfRegistered.forgetUnused(
      Math.floor(Date.now() / 1000) + 100 * 86_400,
      1000,
    )
    expect(await left()).toEqual([operators.id])
  })
})
