import { describe, expect, it } from 'vitest'
import { expectProblem, PASSWORD, type Person, type SignedIn, send, signedInPerson } from '../support/person'
import { createPlace, sessionCopy, sessionRow } from '../support/place'
import { deployed, type OwnService, ownService } from '../support/service'

/** Longer than an access token lives. */
const LONG = 1000

interface Request {
  readonly headers?: Record<string, string>
  readonly body?: Record<string, unknown>
}

const refreshCookie = (token: string) => ({ Cookie: `__Host-refresh=${token}` })

/** Every credential of a session, as its holder may send it. */
const CREDENTIALS: readonly [
  string,
  SignedIn['mode'],
  (service: OwnService, client: SignedIn) => Request | Promise<Request>,
][] = [
  ['its cookie', 'session', (_, { headers }) => ({ headers })],
  ['its access token', 'token', (_, { headers }) => ({ headers })],
  [
    'its access token, expired',
    'token',
    (service, { headers }) => {
      service.ahead += LONG
      return { headers }
    },
  ],
  [
    'its refresh token in the cookie',
    'token',
    (_, { refreshToken }) => ({ headers: refreshCookie(refreshToken) }),
  ],
  [
    'its refresh token in the body',
    'token',
    (_, { refreshToken }) => ({ body: { refresh_token: refreshToken } }),
  ],
  [
    'a refresh token of it that was used',
    'token',
    async (service, { refreshToken }) => {
      await send(service, 'POST', '/refresh', { body: { refresh_token: refreshToken } })
      service.ahead += LONG
      return { body: { refresh_token: refreshToken } }
    },
  ],
  [
    'an access token that means nothing here, and its refresh token in the body',
    'token',
    async (service, { refreshToken }) => {
      const eve = await signedInPerson({ mode: 'token', service })
      return { headers: eve.headers, body: { refresh_token: refreshToken } }
    },
  ],
]

describe.each(CREDENTIALS)('OUT-01: signing out with %s', (_, mode, credential) => {
  async function signedIn() {
    const service = ownService()
    const ada = await signedInPerson({ mode, service })
    return { service, ada, request: await credential(service, ada) }
  }
  const refreshes = ({ refreshToken }: Person, service: OwnService) =>
    send(service, 'POST', '/refresh', { body: { refresh_token: refreshToken } })

  it('ends the session, clears the cookies and is recorded as done by its owner', async () => {
    const { service, ada, request } = await signedIn()
    const out = await send(service, 'POST', '/logout', request)
    expect([out.status, out.text]).toEqual([204, ''])
    expect(out.cookies).toEqual({ '__Host-session': '', '__Host-refresh': '' })
    const row = await sessionRow(ada.sessionId)
    expect(row).toMatchObject({ end_reason: 'signed-out' })
    expect(JSON.parse(String(row?.end_context))).toMatchObject({ actorId: ada.userId })
    expect(await sessionCopy(ada.sessionId)).toBeNull()
    service.ahead = 0
    expectProblem(await ada.get('/me'), 401, 'session-ended')
    if (mode === 'token') expectProblem(await refreshes(ada, service), 401, 'session-ended')
  })

  it('is 204 as well for a session that is over, by then or swept, and says nothing of it', async () => {
    const { service, ada, request } = await signedIn()
    const first = await send(service, 'POST', '/logout', request)
    const row = await sessionRow(ada.sessionId)
    const again = await send(service, 'POST', '/logout', request)
    expect(await sessionRow(ada.sessionId)).toEqual(row)
    service.ahead += 120
    await service.sweep()
    expect(await sessionRow(ada.sessionId)).toBeNull()
    const after = await send(service, 'POST', '/logout', request)
    for (const answer of [again, after]) {
      expect([answer.status, answer.cookies]).toEqual([first.status, first.cookies])
    }
  })

  it('works from a form', async () => {
    const { service, ada, request } = await signedIn()
    const { refresh_token } = request.body ?? {}
    const form = new URLSearchParams({
      return_to: '/bye',
      ...(refresh_token ? { refresh_token: String(refresh_token) } : {}),
    })
    const answer = await service.fetch(
      new Request(`${service.issuer}/logout`, {
        method: 'POST',
        body: form,
        headers: { ...request.headers, 'Content-Type': 'application/x-www-form-urlencoded' },
        redirect: 'manual',
      }),
    )
    expect([answer.status, answer.headers.get('Location')]).toEqual([303, '/bye'])
    expect(await sessionRow(ada.sessionId)).toMatchObject({ end_reason: 'signed-out' })
  })

  it('CSRF-01: is refused to a page of another site, unless the credential is an Authorization header', async () => {
    const { service, ada, request } = await signedIn()
    const bears = request.headers?.Authorization !== undefined
    for (const foreign of [{ 'Sec-Fetch-Site': 'cross-site' }, { Origin: 'https://evil.example' }]) {
      const answer = await send(service, 'POST', '/logout', {
        ...request,
        headers: { ...request.headers, ...foreign },
      })
      if (bears) expect(answer.status).toBe(204)
      else {
        expectProblem(answer, 403, 'cross-site-request')
        expect(answer.cookies).toEqual({})
        expect(await sessionRow(ada.sessionId)).toMatchObject({ ended_at: null })
      }
    }
  })
})

describe('OUT-01: signing out', () => {
  it('ends what both cookies stand for, for both are cleared', async () => {
    const ada = await signedInPerson({ mode: 'session' })
    const tokens = await ada.signIn({ mode: 'token' })
    const headers = { Cookie: `${ada.headers.Cookie}; ${refreshCookie(tokens.refreshToken).Cookie}` }
    expect((await send(deployed, 'POST', '/logout', { headers })).status).toBe(204)
    for (const { sessionId } of [ada, tokens]) {
      expect(await sessionRow(sessionId)).toMatchObject({ end_reason: 'signed-out' })
    }
  })

  it.each([
    [
      'the id of a session with another secret',
      ({ sessionId }: Person) => `__Host-session=${sessionId}.${'A'.repeat(43)}`,
    ],
    ['a made-up session cookie', () => `__Host-session=${'m'.repeat(22)}.${'A'.repeat(43)}`],
    ['nonsense', () => '__Host-session=nonsense; __Host-refresh=nonsense'],
    [
      'the id of a session with another MAC',
      ({ sessionId }: Person) => `__Host-refresh=${sessionId}.0.${'A'.repeat(43)}`,
    ],
  ])('SES-03: with %s ends nothing, writes nothing, and clears the cookies', async (_, cookie) => {
    const here = createPlace()
    const ada = await signedInPerson({ mode: 'session', service: here })
    const out = await send(here, 'POST', '/logout', { headers: { Cookie: cookie(ada) } })
    expect([out.status, out.cookies]).toEqual([204, { '__Host-session': '', '__Host-refresh': '' }])
    expect(await sessionRow(ada.sessionId)).toMatchObject({ ended_at: null })
    expect(await sessionCopy(ada.sessionId)).not.toBeNull()
    expect((await ada.get('/me')).status).toBe(200)
  })

  it.each(['session', 'token'] as const)(
    'OUT-05: in %s mode ends no session of the other mode by its id',
    async (mode) => {
      const ada = await signedInPerson({ mode: 'session' })
      const tokens = await ada.signIn({ mode: 'token' })
      const service = ownService()
      const other = mode === 'session' ? ada : tokens
      // A genuine refresh token of a session that has a cookie, and a cookie for a session that has tokens.
      const forged =
        mode === 'session'
          ? refreshCookie(
              await service.services.refreshTokens.issue({ sessionId: ada.sessionId, counter: 0 }),
            )
          : { Cookie: `__Host-session=${tokens.sessionId}.${'A'.repeat(43)}` }
      expect((await send(service, 'POST', '/logout', { headers: forged })).status).toBe(204)
      expect(await sessionRow(other.sessionId)).toMatchObject({ ended_at: null })
    },
  )

  it.each([
    ['a token of nobody', { headers: { Authorization: 'Bearer a.b.c' } }],
    ['another scheme', { headers: { Authorization: 'Basic YTpi' } }],
    ['a refresh token of nobody', { body: { refresh_token: `${'m'.repeat(22)}.0.${'A'.repeat(43)}` } }],
    ['no text as a refresh token', { body: { refresh_token: '' } }],
  ])(
    'refuses what was sent on purpose and is not ours, and leaves the cookies alone: %s',
    async (_, request: Request) => {
      const ada = await signedInPerson({ mode: 'session' })
      const headers = { ...ada.headers, ...request.headers }
      const out = await send(deployed, 'POST', '/logout', { ...request, headers })
      expectProblem(out, 401, 'invalid-token')
      expect(out.cookies).toEqual({})
      expect(await sessionRow(ada.sessionId)).toMatchObject({ ended_at: null })
    },
  )

  it('refuses a token whose claims are not ours, expired or not', async () => {
    const other = ownService({ AUDIENCE: 'another' })
    const eve = await signedInPerson({ mode: 'token', service: other })
    const here = ownService()
    for (const ahead of [0, LONG]) {
      here.ahead = ahead
      expectProblem(await send(here, 'POST', '/logout', { headers: eve.headers }), 401, 'invalid-token')
    }
    expect(await sessionRow(eve.sessionId)).toMatchObject({ ended_at: null })
  })

  it('refuses a token where none are offered', async () => {
    const ada = await signedInPerson({ mode: 'token' })
    const here = ownService({ AUTH_MODE: 'session' })
    expectProblem(await send(here, 'POST', '/logout', { headers: ada.headers }), 401, 'invalid-token')
    expect(await sessionRow(ada.sessionId)).toMatchObject({ ended_at: null })
  })

  it('tells a program that sent no credential; to a form it is done', async () => {
    const program = await send(deployed, 'POST', '/logout')
    expectProblem(program, 401, 'authentication-required')
    expect(program.cookies).toEqual({})
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' }
    const form = new Request(`${deployed.issuer}/logout`, {
      method: 'POST',
      body: 'return_to=/bye',
      headers,
      redirect: 'manual',
    })
    const answer = await deployed.fetch(form)
    expect([answer.status, answer.headers.get('Location')]).toEqual([303, '/bye'])
  })

  it('leaves nothing that opens anything with an expired token alone', async () => {
    const service = ownService()
    const ada = await signedInPerson({ mode: 'token', service })
    service.ahead += LONG
    for (const [method, path, body] of [
      ['GET', '/me', undefined],
      ['POST', '/logout/all', {}],
      ['POST', '/password', { current_password: PASSWORD, new_password: 'a quite different sentence' }],
      ['DELETE', `/sessions/${ada.sessionId}`, undefined],
    ] as const) {
      expectProblem(await send(service, method, path, { headers: ada.headers, body }), 401, 'token-expired')
    }
  })
})
