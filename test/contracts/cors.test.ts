import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { type Answer, newEmail, PASSWORD, send, signedInPerson } from '../support/person'
import { deployed, ownService } from '../support/service'

const APP = 'https://app.example.org'
const janus = ownService({ ALLOWED_ORIGINS: `${APP},http://localhost:5173` })

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
]

/** What a browser asks before it lets a page send JSON with credentials. */
function preflight(origin: string, method = 'POST', path = '/login'): Promise<Answer> {
  return send(janus, 'OPTIONS', path, {
    headers: {
      Origin: origin,
      'Access-Control-Request-Method': method,
      'Access-Control-Request-Headers': 'content-type',
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
  it.each([APP, 'http://localhost:5173'])('CSRF-07: gets its own name and no other: %s', async (origin) => {
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
      expect(answer.headers.get('Access-Control-Allow-Headers')).toMatch(/^Authorization, Content-Type$/i)
      expect(varyOf(answer)).toContain('Origin')
    }
  })

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

describe('the key set', () => {
  it.each([APP, 'https://evil.example', 'null'])(
    'CSRF-07: is for every page, without credentials: %s',
    async (origin) => {
      const answer = await send(janus, 'GET', '/.well-known/jwks.json', { headers: { Origin: origin } })
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
