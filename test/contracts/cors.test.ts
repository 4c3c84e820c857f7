import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { type Answer, newEmail, PASSWORD, send, signedInPerson } from '../support/person'
import { deployed, ownService } from '../support/service'

const APP = 'https://app.example.org'
const LISTED = [
  APP,
  'http://localhost:5173',
  'http://app.localhost:5173',
  'capacitor://localhost',
  'ionic://localhost',
  'tauri://localhost',
  'chrome-extension://abcdefghijklmnopabcdefghijklmnop',
]
const janus = ownService({ ALLOWED_ORIGINS: LISTED.join(', ') })

const UNLISTED = [
  'null',
  '',
  '*',
  env.ISSUER,
  'https://evil.example',
  `${APP}.evil.example`,
  'https://evil-app.example.org',
  'https://x.app.example.org',
  'https://example.org',
  'http://app.example.org',
  `${APP}:8443`,
  `${APP}:443`,
  `${APP}/`,
  APP.toUpperCase(),
  'https://app-example.org',
  `${APP}, ${APP}`,
  `${APP},http://localhost:5173`,
  'http://localhost:5174',
  'https://localhost:5173',
  'capacitor://localhost/',
  'Capacitor://localhost',
  'capacitor://localhost.evil.example',
  'capacitor://evil.example',
  'ionic://localhost:80',
  'chrome-extension://ponmlkjihgfedcbaponmlkjihgfedcba',
  'http://localhost.localhost:5173',
]

/** Sends the preflight of a page that will send JSON with credentials. */
function preflight(
  origin: string,
  method = 'POST',
  path = '/login',
  names: string | null = 'content-type',
): Promise<Answer> {
  return send(janus, 'OPTIONS', path, {
    headers: {
      Origin: origin,
      'Access-Control-Request-Method': method,
      ...(names === null ? {} : { 'Access-Control-Request-Headers': names }),
    },
  })
}

function corsHeaders({ headers }: Answer): readonly string[] {
  return [...headers.keys()].filter((name) => name.startsWith('access-control-'))
}

function varyOf({ headers }: Answer): readonly string[] {
  return (headers.get('Vary') ?? '').split(',').map((name) => name.trim())
}

describe('an origin that is not listed', () => {
  it.each(UNLISTED)('CSRF-07: is told nothing by a preflight: "%s"', async (origin) => {
    for (const path of ['/login', '/register', '/refresh', '/me', '/logout', '/nothing']) {
      const answer = await preflight(origin, 'POST', path)
      expect({ path, cors: corsHeaders(answer) }).toEqual({ path, cors: [] })
      expect(varyOf(answer)).toContain('Origin')
    }
  })

  it.each(UNLISTED)('CSRF-07: may read no answer: "%s"', async (origin) => {
    const ada = await signedInPerson({ mode: 'session', service: janus })
    const headers = { ...ada.headers, Origin: origin }
    for (const [method, path] of [
      ['GET', '/'],
      ['GET', '/me'],
      ['GET', '/sessions'],
      ['PATCH', '/me'],
      ['POST', '/login'],
      ['GET', '/nothing'],
      ['PUT', '/me'],
    ] as const) {
      const answer = await send(janus, method, path, { headers })
      expect({ path, cors: corsHeaders(answer) }).toEqual({ path, cors: [] })
      expect(varyOf(answer)).toContain('Origin')
    }
  })

  it('CSRF-07: is every origin, unless ALLOWED_ORIGINS says otherwise', async () => {
    for (const origin of [...UNLISTED, APP]) {
      const answer = await send(deployed, 'GET', '/me', { headers: { Origin: origin } })
      expect({ origin, cors: corsHeaders(answer) }).toEqual({ origin, cors: [] })
    }
  })
})

describe('a listed origin', () => {
  it.each(LISTED)('CSRF-07: gets its own name and no other: %s', async (origin) => {
    for (const [method, path] of [
      ['POST', '/login'],
      ['PATCH', '/me'],
      ['DELETE', '/sessions/x'],
    ] as const) {
      const answer = await preflight(origin, method, path)
      expect(answer.status).toBe(204)
      expect(answer.headers.get('Access-Control-Allow-Origin')).toBe(origin)
      expect(answer.headers.get('Access-Control-Allow-Credentials')).toBe('true')
      expect(answer.headers.get('Access-Control-Allow-Methods')?.split(', ')).toContain(method)
      expect(answer.headers.get('Access-Control-Allow-Headers')).toBe('content-type')
      expect(varyOf(answer)).toContain('Origin')
    }
  })

  it.each([
    'traceparent',
    'authorization,content-type,sentry-trace,baggage,traceparent,x-requested-with',
    "x-a , x-b\t,\tX!#$%&'+.^`|~_-c",
  ])('CSRF-07: may send headers of every name: %s', async (names) => {
    const answer = await preflight(APP, 'POST', '/login', names)
    expect(answer.status).toBe(204)
    expect(answer.headers.get('Access-Control-Allow-Headers')).toBe(names)
    expect(varyOf(answer)).toEqual(expect.arrayContaining(['Origin', 'Access-Control-Request-Headers']))
  })

  it.each([null, '*', 'authorization,*', '', ',', 'a b', 'a;b', 'a,,b', 'a:b', 'é', `x${'a'.repeat(1024)}`])(
    'CSRF-07: is told only the headers of Janus if it asks for what are no names: %s',
    async (names) => {
      const answer = await preflight(APP, 'POST', '/login', names)
      expect(answer.headers.get('Access-Control-Allow-Headers')).toBe('Authorization, Content-Type')
    },
  )

  it('CSRF-07: may read answers and refusals alike', async () => {
    const ada = await signedInPerson({ mode: 'session', service: janus })
    for (const [method, path, headers, status] of [
      ['GET', '/me', ada.headers, 200],
      ['GET', '/me', {}, 401],
      ['GET', '/nothing', {}, 404],
      ['PUT', '/me', {}, 405],
      ['POST', '/login', {}, 422],
    ] as const) {
      const answer = await send(janus, method, path, { headers: { ...headers, Origin: APP } })
      expect(answer.status).toBe(status)
      expect(answer.headers.get('Access-Control-Allow-Origin')).toBe(APP)
      expect(answer.headers.get('Access-Control-Allow-Credentials')).toBe('true')
      expect(answer.headers.get('Access-Control-Expose-Headers')).toBe('Retry-After, WWW-Authenticate')
      expect(varyOf(answer)).toContain('Origin')
    }
  })

  it.each(['session', 'token'] as const)('works from sign-in to sign-out in %s mode', async (mode) => {
    const page = { Origin: APP, 'Sec-Fetch-Site': 'cross-site' }
    const ask = (method: string, path: string, credential: Record<string, string>, body?: unknown) =>
      send(janus, method, path, { headers: { ...page, ...credential }, body })

    const body = { email: newEmail(), password: PASSWORD, mode }
    const registered = await ask('POST', '/register', {}, body)
    expect(registered.status).toBe(201)
    const credential: Record<string, string> =
      mode === 'session'
        ? { Cookie: `__Host-session=${registered.cookies['__Host-session']}` }
        : { Authorization: `Bearer ${registered.body.access_token}` }
    expect((await ask('PATCH', '/me', credential, { name: 'Ada' })).body.user.name).toBe('Ada')
    expect((await ask('GET', '/me', credential)).body.user.name).toBe('Ada')
    const out = await ask('POST', '/logout', credential)
    expect({ status: out.status, to: out.headers.get('Access-Control-Allow-Origin') }).toEqual({
      status: 204,
      to: APP,
    })
    expect((await ask('GET', '/me', credential)).status).toBe(401)
  })
})

describe.each(['/.well-known/jwks.json', '/openapi.json'])('%s', (path) => {
  it.each([APP, 'https://evil.example', 'null'])(
    'CSRF-07: is for every page, without credentials: %s',
    async (origin) => {
      const answer = await send(janus, 'GET', path, { headers: { Origin: origin } })
      expect(answer.status).toBe(200)
      expect(answer.headers.get('Access-Control-Allow-Origin')).toBe('*')
      expect(answer.headers.has('Access-Control-Allow-Credentials')).toBe(false)
      expect(answer.headers.get('Cross-Origin-Resource-Policy')).toBe('cross-origin')
    },
  )
})

it('CSRF-07: nothing else has a wildcard, and no wildcard has credentials', async () => {
  const ada = await signedInPerson({ mode: 'session', service: janus })
  for (const path of ['/', '/me', '/sessions', '/healthz', '/readyz', '/problems/not-found', '/nothing']) {
    for (const origin of [APP, 'https://evil.example', '*']) {
      const answer = await send(janus, 'GET', path, { headers: { ...ada.headers, Origin: origin } })
      expect({ path, to: answer.headers.get('Access-Control-Allow-Origin') }).toEqual({
        path,
        to: origin === APP ? APP : null,
      })
    }
  }
})

describe('the log', () => {
  /** Returns the status of a request, and its lines `origin-refused` in the log. */
  async function logged(method: string, path: string, headers: Record<string, string>) {
    const service = ownService({ ALLOWED_ORIGINS: APP, LOG_SUCCESS_PERCENT: '0' })
    const answer = await send(service, method, path, { headers })
    const lines = service.log.filter(({ event }) => event === 'origin-refused')
    return { status: answer.status, lines: lines.map(({ request_id: _, ...line }) => line) }
  }
  const preflightHeaders = { 'Access-Control-Request-Method': 'POST' }

  it.each([
    ['a preflight', 'OPTIONS', '/login', preflightHeaders],
    ['a request that needs none', 'GET', '/', {}],
    ['one that is refused', 'POST', '/login', { 'Sec-Fetch-Site': 'cross-site' }],
    ['one to no route', 'GET', '/nothing', {}],
  ])(
    'names the origin that %s comes from, and the setting that would let it',
    async (_, method, path, headers) => {
      for (const origin of [
        'https://app.example.net',
        'capacitor://localhost',
        `${APP}:8443`,
        'http://[::1]:5173',
      ]) {
        const { lines } = await logged(method, path, { ...headers, Origin: origin })
        expect(lines).toEqual([{ event: 'origin-refused', origin, setting: 'ALLOWED_ORIGINS' }])
      }
    },
  )

  it.each([
    `${APP}/?token=canary`,
    'https://ada:canary@example.com',
    'canary',
    `https://${'canary'.repeat(50)}`,
    '',
  ])('AUD-02: repeats nothing of what is no origin: %s', async (origin) => {
    const { lines } = await logged('GET', '/', { Origin: origin })
    expect(lines).toEqual([{ event: 'origin-refused', origin: 'malformed', setting: 'ALLOWED_ORIGINS' }])
  })

  it.each([APP, env.ISSUER, 'null'])(
    'says nothing of %s, for which no setting is missing',
    async (origin) => {
      for (const [method, headers] of [
        ['GET', {}],
        ['OPTIONS', preflightHeaders],
      ] as const) {
        expect((await logged(method, '/', { ...headers, Origin: origin })).lines).toEqual([])
      }
    },
  )

  it('says nothing of the key set, which every page may read', async () => {
    const { lines } = await logged('GET', '/.well-known/jwks.json', { Origin: 'https://evil.example' })
    expect(lines).toEqual([])
  })
})
