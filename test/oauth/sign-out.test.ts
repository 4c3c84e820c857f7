import { env } from 'cloudflare:workers'
import { decodeJwt } from 'jose'
import { beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { postEndlessForm } from '../support/endless-form'
import {
  ask,
  granted,
  hidden,
  locationOf,
  newClient,
  oauthService,
  postForm,
  refresh,
  requestOf,
  type TestClient,
} from '../support/oauth'
import { openIdRequest, readIdToken, readLogoutToken, signedInAt } from '../support/openid'
import {
  type Answer,
  clientOf,
  expectProblem,
  type Person,
  type SignedIn,
  send,
  signedInPerson,
} from '../support/person'
import type { OwnService } from '../support/service'
import { stopTime } from '../support/stop-time'

const AFTER = 'https://app.example/bye?from=janus'
const TOLD = 'https://app.example/backchannel'

let service: OwnService
let client: TestClient
let person: Person
let idToken: string

/** Returns a client that is told of sign-outs, unless it says otherwise. */
function listening(others: Partial<{ uri: string | null; alg: string; sector: string | null }> = {}) {
  const { uri = TOLD, alg = 'RS256', sector = null } = others
  return newClient({
    openId: { idTokenAlg: alg, sector, postLogoutRedirectUris: [AFTER], backChannelLogoutUri: uri },
  })
}

beforeAll(async () => {
  service = oauthService()
  client = await listening({ uri: null })
})

beforeEach(async () => {
  person = await signedInPerson({ mode: 'session', service })
  idToken = (await signedInAt(service, person, client)).id_token
})

function endSession(
  parameters: Readonly<Record<string, string>>,
  who?: Pick<SignedIn, 'headers'>,
): Promise<Answer> {
  const headers = { Accept: 'text/html', 'Sec-Fetch-Site': 'cross-site', ...who?.headers }
  return send(service, 'GET', `/oauth/logout?${new URLSearchParams(parameters)}`, { headers })
}

async function isSignedIn(who: Person): Promise<boolean> {
  return (await who.get('/me')).status === 200
}

describe('OP-16: RP-initiated logout, as the conformance suite asks for it', () => {
  it('Discovery: the metadata has the endpoint', async () => {
    const { body } = await send(service, 'GET', '/.well-known/openid-configuration')
    expect(body.end_session_endpoint).toBe(`${service.issuer}/oauth/logout`)
  })

  it('happy: with a hint of the person the session ends, and the browser is led to the client with its state', async () => {
    const answer = await endSession(
      { id_token_hint: idToken, post_logout_redirect_uri: AFTER, state: 's 1' },
      person,
    )
    expect([answer.status, answer.headers.get('Location')]).toEqual([303, `${AFTER}&state=s+1`])
    expect(answer.cookies).toMatchObject({ '__Host-session': '' })
    expect(await isSignedIn(person)).toBe(false)
  })

  it('happy: also where the hint has expired, and by POST', async () => {
    service.ahead = 7200
    onTestFinished(() => {
      service.ahead = 0
    })
    const fields = { id_token_hint: idToken, post_logout_redirect_uri: AFTER }
    const posted = await postForm(service, '/oauth/logout', fields, { 'Sec-Fetch-Site': 'cross-site' })
    expect(posted.status).toBe(303)
    const { pathname, search } = locationOf(posted)
    const answer = await send(service, 'GET', `${pathname}${search}`, { headers: person.headers })
    expect(answer.headers.get('Location')).toBe(AFTER)
    expect(await isSignedIn(person)).toBe(false)
  })

  it.each([
    ['BadLogoutRedirectUri', { post_logout_redirect_uri: 'https://evil.example/' }],
    ['QueryAddedToLogoutRedirectUri', { post_logout_redirect_uri: `${AFTER}&foo=bar` }],
    ['another case', { post_logout_redirect_uri: AFTER.replace('app', 'APP') }],
    ['a redirect URI of the sign-in', { post_logout_redirect_uri: 'https://app.example/cb' }],
    ['another client_id', { client_id: `c_${'x'.repeat(22)}` }],
  ])('INC-28: %s: is refused on a page, and nobody is signed out or led anywhere', async (_, parameters) => {
    const answer = await endSession({ id_token_hint: idToken, ...parameters }, person)
    expectPage(answer, 400)
    expect(await isSignedIn(person)).toBe(true)
  })

  it('ModifiedIdTokenHint, BadIdTokenHint: counts as none, whatever is wrong: the person is asked, and led nowhere by it', async () => {
    const [header = '', body = '', signature = ''] = idToken.split('.')
    const none = btoa(JSON.stringify({ alg: 'none' })).replaceAll('=', '')
    const { access_token } = await signedInAt(service, person, client)
    const hints = [
      `${header}.${body}.${signature.slice(0, -4)}AAAA`,
      `${header}.${body.slice(0, -2)}AA.${signature}`,
      `${none}.${body}.`,
      access_token,
      'x',
      '',
    ]
    for (const hint of hints) {
      const parameters = { id_token_hint: hint, post_logout_redirect_uri: AFTER }
      const page = await endSession(parameters, person)
      expectPage(page, 200)
      expect(page.text).toContain(person.email)
      const named = { ...parameters, client_id: client.id }
      expectPage(await endSession(named, person), 200)
      expectPage(
        await endSession({ ...named, post_logout_redirect_uri: 'https://evil.example/' }, person),
        400,
      )
      expectPage(await endSession(parameters), 200)
    }
    expect(await isSignedIn(person)).toBe(true)
    const page = await endSession({ id_token_hint: 'x', post_logout_redirect_uri: AFTER }, person)
    const done = await confirm(page, person)
    expectPage(done, 200)
    expect(done.headers.get('Refresh')).toBeNull()
    expect(await isSignedIn(person)).toBe(false)
  })

  it('with client_id beside a hint that does not verify the person is asked, and then led to the client', async () => {
    const parameters = { id_token_hint: 'x', client_id: client.id, post_logout_redirect_uri: AFTER }
    const page = await endSession(parameters, person)
    expectPage(page, 200)
    expect(await isSignedIn(person)).toBe(true)
    const done = await confirm(page, person)
    expect(done.headers.get('Refresh')).toBe(`0;url=${AFTER}`)
    expect(await isSignedIn(person)).toBe(false)
  })

  it.each([
    ['NoIdTokenHint', { post_logout_redirect_uri: AFTER, state: 's' }],
    ['NoParams', {}],
    ['OnlyState', { state: 's' }],
  ])('%s: the person is asked, and led nowhere afterwards', async (_, parameters) => {
    const page = await endSession(parameters as Record<string, string>, person)
    expectPage(page, 200)
    expect(page.text).toContain(person.email)
    expect(await isSignedIn(person)).toBe(true)
    const done = await confirm(page, person)
    expectPage(done, 200)
    expect(done.headers.get('Refresh')).toBeNull()
    expect(await isSignedIn(person)).toBe(false)
  })

  it('NoPostLogoutRedirectUri: the session ends, and a page says so', async () => {
    expectPage(await endSession({ id_token_hint: idToken, state: 's' }, person), 200)
    expect(await isSignedIn(person)).toBe(false)
  })

  it('NoState: the browser is led to the URI as it is registered', async () => {
    const answer = await endSession({ id_token_hint: idToken, post_logout_redirect_uri: AFTER }, person)
    expect(answer.headers.get('Location')).toBe(AFTER)
  })

  it('with client_id in place of a hint the person is asked, and then led to the client', async () => {
    const page = await endSession(
      { client_id: client.id, post_logout_redirect_uri: AFTER, state: 's' },
      person,
    )
    expectPage(page, 200)
    const done = await confirm(page, person)
    expect(done.headers.get('Refresh')).toBe(`0;url=${AFTER}&state=s`)
    expect(await isSignedIn(person)).toBe(false)
    const over = await endSession({ client_id: client.id, post_logout_redirect_uri: AFTER })
    expect(over.headers.get('Location')).toBe(AFTER)
  })

  it('a hint about somebody else signs nobody out unasked, and an answer is of who was asked', async () => {
    const eve = await signedInPerson({ mode: 'session', service })
    const page = await endSession({ id_token_hint: idToken, post_logout_redirect_uri: AFTER }, eve)
    expectPage(page, 200)
    expect(page.text).toContain(eve.email)
    expect((await confirm(page, person)).text).not.toContain(AFTER)
    expect([await isSignedIn(eve), await isSignedIn(person)]).toEqual([true, true])
    const foreign = { 'Sec-Fetch-Site': 'cross-site' }
    const fields = { request: hidden(page, 'request') }
    expectProblem(
      await postForm(service, '/oauth/logout/confirm', fields, { ...foreign, ...eve.headers }),
      403,
      'cross-site-request',
    )
    expect(await isSignedIn(eve)).toBe(true)
  })

  it('a form is read no further than it may be long', async () => {
    const [status, read] = await postEndlessForm(service, '/oauth/logout')
    expect(status).toBe(400)
    expect(read).toBeLessThan(20)
  })

  it('a parameter comes once', async () => {
    const twice = `id_token_hint=${idToken}&state=a&state=b`
    expect((await send(service, 'GET', `/oauth/logout?${twice}`, { headers: person.headers })).status).toBe(
      400,
    )
  })
})

const browser = { Accept: 'text/html', 'Sec-Fetch-Site': 'same-origin' }

function confirm(page: Answer, who: Pick<SignedIn, 'headers'>): Promise<Answer> {
  const fields = { request: hidden(page, 'request'), account_id: hidden(page, 'account_id') }
  return postForm(service, '/oauth/logout/confirm', fields, { ...browser, ...who.headers })
}

function expectPage(answer: Answer, status: number): void {
  expect([answer.status, answer.headers.get('Location')]).toEqual([status, null])
}

/** Records what clients are sent, and answers as they do. */
function listen(status: () => number = () => 200) {
  const sent: { readonly url: string; readonly token: string }[] = []
  const real = globalThis.fetch
  const spy = vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    const request = new Request(input as string, init as RequestInit)
    if (!request.url.startsWith('https://app.example/')) return real(input, init)
    expect(init).toMatchObject({ redirect: 'manual' })
    sent.push({
      url: request.url,
      token: new URLSearchParams(await request.text()).get('logout_token') ?? '',
    })
    return new Response(null, { status: status() })
  })
  onTestFinished(() => spy.mockRestore())
  return sent
}

describe('OP-16: back-channel logout', () => {
  it.each(['RS256', 'ES256'])(
    'rp-initiated: the client is told by a logout token that is signed with %s',
    async (alg) => {
      const sent = listen()
      const own = await listening({ alg })
      const { id_token } = await signedInAt(service, person, own)
      const { sid } = (await readIdToken(service, own, id_token)).payload
      await endSession({ id_token_hint: id_token }, person)
      expect(sent).toEqual([{ url: TOLD, token: expect.any(String) }])
      const mistaken = { id_token_hint: sent[0]?.token ?? '', post_logout_redirect_uri: AFTER }
      expectPage(await endSession(mistaken), 200)
      const { payload, header } = await readLogoutToken(service, own, sent[0]?.token ?? '')
      expect(header).toEqual({ alg, typ: 'logout+jwt', kid: expect.any(String) })
      expect(payload).toEqual({
        iss: service.issuer,
        aud: own.id,
        sub: person.userId,
        sid,
        iat: expect.any(Number),
        exp: (payload.iat ?? 0) + 120,
        jti: expect.any(String),
        events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
      })
      await service.sweep()
      expect(sent).toHaveLength(1)
    },
  )

  it.each([
    ['signed out', (who: Person) => who.post('/logout')],
    ['signed out everywhere', (who: Person) => who.post('/logout/all', {})],
    [
      'changed the password',
      (who: Person) =>
        who.post('/password', { current_password: who.password, new_password: `${who.password} 2` }),
    ],
    ['was deleted', (who: Person) => who.post('/me/delete', { password: who.password })],
    [
      'was disabled by an operator',
      (who: Person) =>
        env.DB.prepare('UPDATE users SET disabled_at = unixepoch() WHERE id = ?1').bind(who.userId).run(),
    ],
  ] as [string, (who: Person) => Promise<unknown>][])(
    'is sent once to each client after the person %s',
    async (_, act) => {
      const sent = listen()
      const [one, other] = [await listening(), await listening({ sector: 'app.example' })]
      const subjects = []
      for (const each of [one, other]) {
        const { id_token } = await signedInAt(service, person, each)
        subjects.push((await readIdToken(service, each, id_token)).payload.sub)
      }
      await act(person)
      await service.sweep()
      await service.sweep()
      const told = await Promise.all(
        sent.map(async ({ token }) => {
          for (const each of [one, other]) {
            const read = await readLogoutToken(service, each, token).catch(() => null)
            if (read) return read.payload.sub
          }
          return null
        }),
      )
      expect(told.sort()).toEqual(subjects.sort())
    },
  )

  it('is sent where access goes on after the sign-out, and the access does', async () => {
    const sent = listen()
    const own = await listening()
    const tokens = await signedInAt(service, person, own, { scope: 'openid offline_access' })
    await person.post('/logout')
    await service.sweep()
    expect(sent).toHaveLength(1)
    expect((await refresh(service, own, tokens.refresh_token)).status).toBe(200)
  })

  it.each(['openid', 'openid offline_access'])(
    'INC-26: with %s is sent where another account signs in in the browser, and not where the person does again',
    async (scope) => {
      const sent = listen()
      const [own, other] = [await listening(), await listening({ sector: 'app.example' })]
      for (const each of [own, other]) await signedInAt(service, person, each, { scope })
      const signIn = async ({ email, password }: Person, { headers }: Pick<SignedIn, 'headers'>) => {
        const body = { email, password, mode: 'session' }
        return clientOf(service, 'session', await send(service, 'POST', '/login', { headers, body }))
      }
      const again = await signIn(person, person)
      await service.sweep()
      expect(sent).toEqual([])
      await signIn(await signedInPerson({ mode: 'session', service }), again)
      await service.sweep()
      await service.sweep()
      const told = sent.map(({ token }) => {
        const { aud, sub } = decodeJwt(token)
        return { aud, isAccount: sub === person.userId }
      })
      expect(told).toHaveLength(2)
      expect(told).toContainEqual({ aud: own.id, isAccount: true })
      expect(told).toContainEqual({ aud: other.id, isAccount: false })
    },
  )

  it('is not sent to a client that asked for no openid, nor to one that wants none', async () => {
    const sent = listen()
    const [plain, silent] = [await listening(), await listening({ uri: null })]
    await granted(service, person, plain, { scope: 'notes:read' })
    await signedInAt(service, person, silent)
    await person.post('/logout')
    await service.sweep()
    expect(sent).toEqual([])
  })

  it('is sent again with a new token until the client takes it, and given up after a day', async () => {
    stopTime()
    const statuses = [500, 302, 200]
    const sent = listen(() => statuses.shift() ?? 500)
    const own = oauthService()
    const client = await listening()
    await signedInAt(own, person, client)
    await person.post('/logout')
    for (const [ahead, times] of [
      [0, 1],
      [59, 1],
      [61, 2],
      [120, 2],
      [182, 3],
      [9000, 3],
    ] as const) {
      own.ahead = ahead
      await Promise.all([own.sweep(), own.sweep(), own.sweep()])
      expect([ahead, sent.length]).toEqual([ahead, times])
    }
    expect(new Set(sent.map(({ token }) => token)).size).toBe(3)
    expect(own.log.filter(({ event }) => event === 'logout-not-delivered')).toMatchObject([
      { client_id: client.id, error: 'HTTP 500' },
      { client_id: client.id, error: 'HTTP 302' },
    ])

    const again = await signedInPerson({ mode: 'session', service: own })
    own.ahead = 0
    await signedInAt(own, again, client)
    await again.post('/logout')
    own.ahead = 24 * 3600 + 120
    await own.sweep()
    expect(own.log.filter(({ event }) => event === 'logout-given-up')).toHaveLength(1)
    own.ahead += 9000
    await own.sweep()
    expect(sent).toHaveLength(4)
  })
})

it('after a sign-out the client is answered login_required', async () => {
  await endSession({ id_token_hint: idToken }, person)
  const answer = await ask(service, requestOf(client, openIdRequest({ prompt: 'none' })), person)
  expect(locationOf(answer).searchParams.get('error')).toBe('login_required')
})
