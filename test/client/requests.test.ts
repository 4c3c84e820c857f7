import { describe, expect, it } from 'vitest'
import { createAccountClient } from '../../packages/client/account.ts'
import { createJanusClient, JanusProblem } from '../../packages/client/index.ts'
import { originOf } from '../../packages/client/origin.ts'
import { FORMS, type Form, signedUpClient, TOKEN_FORMS, wiredClient } from '../support/client'
import { createNetwork, problemAnswer, problemOf } from '../support/network'
import { newEmail, PASSWORD } from '../support/person'
import { deployed } from '../support/service'

const ISSUER = deployed.issuer
const API = 'https://api.example.com'

/** Returns a client that is signed in, and an API on an origin that it lists, which answers with what it was sent. */
async function clientOfApi(form: Form, answer = echo) {
  const calls: Request[] = []
  const network = createNetwork(async (request) => {
    if (new URL(request.url).origin === ISSUER) return deployed.fetch(request)
    calls.push(request)
    return answer(request, calls.length)
  })
  const client = createJanusClient({ ...FORMS[form], issuer: ISSUER, origins: [API], fetch: network.fetch })
  await client.signUp({ email: newEmail(), password: PASSWORD })
  return { client, network, calls }
}

async function echo(request: Request, _nth: number): Promise<Response> {
  return Response.json({ method: request.method, body: await request.text() })
}

/** Refuses the first token. */
const refuseFirst =
  (refusal: () => Response): typeof echo =>
  (request, nth) =>
    nth === 1 ? Promise.resolve(refusal()) : echo(request, nth)

const refusedByChallenge = () =>
  new Response(null, { status: 401, headers: { 'WWW-Authenticate': 'Bearer error="invalid_token"' } })

/** Not the origin of the issuer or of the API, though some look like it. */
const FOREIGN = [
  'https://evil.example/',
  'https://auth.example.com.evil.example/',
  'https://auth.example.com@evil.example/',
  'https://auth.example.com:8443/',
  'http://auth.example.com/',
  'https://evil.example\\@auth.example.com/',
  'https:\\\\evil.example\\.auth.example.com',
  'https://evil.example#https://auth.example.com/',
  'https://evil.example?https://auth.example.com/',
  'https://xn--uth-5cd.example.com/',
  '//evil.example/',
  'ftp://auth.example.com/',
  'data:text/plain,hello',
  'blob:https://auth.example.com/0',
  'javascript:alert(1)',
  '/me',
  '',
]

/** Says where no `Request` has put a URL in order before, as in React Native. */
const UNTIDY = [
  ' https://auth.example.com/',
  'https://auth.example.com\t.evil.example/',
  'https://auth.example.com\\.evil.example/',
  'https://auth.example.com%2eevil.example/',
  'https:/auth.example.com/',
  'https:auth.example.com/',
]

it.each([...FOREIGN, ...UNTIDY])('the origin of %j is not that of the issuer', (url) => {
  expect(originOf(url)).not.toBe('https://auth.example.com')
})

it.each([
  ['https://auth.example.com', 'https://auth.example.com'],
  ['https://Auth.Example.com/auth', 'https://auth.example.com'],
  ['https://auth.example.com?a', 'https://auth.example.com'],
  ['http://localhost:8787/auth#a', 'http://localhost:8787'],
  ['http://[::1]:8787/', 'http://[::1]:8787'],
])('the origin of %s is %s', (url, origin) => {
  expect(originOf(url)).toBe(origin)
  expect(new URL(url).origin).toBe(origin)
})

describe.each(Object.keys(FORMS) as Form[])('a client, %s, that is asked to call', (form) => {
  it.each(FOREIGN)('%j: sends nothing', async (url) => {
    const { client, network, calls } = await clientOfApi(form)
    const before = network.sent.length
    await expect(client.fetch(url)).rejects.toThrow(TypeError)
    expect(network.sent).toHaveLength(before)
    expect(calls).toEqual([])
  })

  it('a URL or a Request of another origin: sends nothing', async () => {
    const { client, network } = await clientOfApi(form)
    const before = network.sent.length
    for (const input of [new URL('https://evil.example/'), new Request('https://evil.example/')]) {
      await expect(client.fetch(input)).rejects.toThrow('https://evil.example is not in "origins"')
    }
    expect(network.sent).toHaveLength(before)
  })

  it.each([
    ['https://API.example.com/notes'],
    ['https://api.example.com:443/notes'],
    [new URL('https://api.example.com/notes')],
    [new Request('https://api.example.com/notes')],
  ])('an origin that is listed: %s', async (input) => {
    const { client, calls } = await clientOfApi(form)
    expect((await client.fetch(input)).status).toBe(200)
    expect(calls[0]?.url).toBe('https://api.example.com/notes')
    const credential = FORMS[form].mode === 'token' ? 'Authorization' : 'Cookie'
    expect(calls[0]?.headers.get(credential)).toMatch(/^(Bearer eyJ|__Host-session=)/)
  })

  it('keeps what the caller says of the request', async () => {
    const { client, calls } = await clientOfApi(form)
    await client.fetch(`${API}/notes`, { method: 'PUT', headers: { 'X-Trace': '1' }, body: 'a' })
    const init = { method: 'PUT', headers: { 'X-Trace': '1' }, body: 'a' }
    await client.fetch(new Request(`${API}/notes`, init))
    for (const call of calls) {
      expect([call.method, call.headers.get('X-Trace')]).toEqual(['PUT', '1'])
      expect(call.headers.get('Content-Type')).toBe('text/plain;charset=UTF-8')
    }
    expect(calls).toHaveLength(2)
  })

  it('somebody else’s origin after it signed out: still sends nothing', async () => {
    const { client, calls } = await clientOfApi(form)
    await client.signOut()
    await expect(client.fetch('https://evil.example/')).rejects.toThrow(TypeError)
    expect((await client.fetch(`${API}/open`)).status).toBe(200)
    expect(calls[0]?.headers.get('Authorization')).toBeNull()
  })
})

describe.each(TOKEN_FORMS)('a client, %s, whose token an API refuses', (form) => {
  it.each([
    ['by the challenge', refusedByChallenge],
    ['by the code, where the challenge is not shown', () => hideChallenge('token-expired')],
    ['by the other code', () => hideChallenge('invalid-token')],
  ])('%s: refreshes and repeats the request, body included', async (_, refusal) => {
    const init = { method: 'POST', body: 'kept' }
    for (const given of [
      { input: `${API}/notes`, init },
      { input: new Request(`${API}/notes`, init), init: {} },
    ]) {
      const { client, network, calls } = await clientOfApi(form, refuseFirst(refusal))
      const answer = await client.fetch(given.input, given.init)
      expect(await answer.json()).toEqual({ method: 'POST', body: 'kept' })
      const [first, second] = calls.map(({ headers }) => headers.get('Authorization'))
      expect(second).not.toBe(first)
      expect(calls).toHaveLength(2)
      expect(network.count('POST /refresh')).toBe(1)
    }
  })

  it.each([
    ['says no more', () => new Response(null, { status: 401, headers: { 'WWW-Authenticate': 'Bearer' } })],
    ['refuses something else', () => hideChallenge('invalid-credentials')],
    ['forbids it', () => new Response(null, { status: 403 })],
  ])('and %s: neither refreshes nor repeats', async (_, refusal) => {
    const { client, network, calls } = await clientOfApi(form, async () => refusal())
    expect((await client.fetch(`${API}/notes`)).status).toBe(refusal().status)
    expect(calls).toHaveLength(1)
    expect(network.count('POST /refresh')).toBe(0)
    expect(client.signedIn).toBe(true)
  })

  it('repeats no stream: the refusal is the answer, and the next call has a new token', async () => {
    const { client, network, calls } = await clientOfApi(form, refuseFirst(refusedByChallenge))
    const stream = () => ({ method: 'POST', body: new Blob(['streamed']).stream(), duplex: 'half' })
    expect((await client.fetch(`${API}/notes`, stream())).status).toBe(401)
    expect(calls).toHaveLength(1)
    expect(network.count('POST /refresh')).toBe(1)
    const answer = await client.fetch(`${API}/notes`, stream())
    expect(await answer.json()).toEqual({ method: 'POST', body: 'streamed' })
  })

  it('follows none to another place with what it sends to Janus: a password is in it', async () => {
    const followed: (string | undefined)[] = []
    const client = createJanusClient({
      ...FORMS[form],
      issuer: ISSUER,
      async fetch(input, init) {
        followed.push(new Request(input, init).redirect)
        return Response.redirect('https://elsewhere.example/', 307)
      },
    })
    const credentials = { email: newEmail(), password: PASSWORD }
    await expect(client.signUp(credentials)).rejects.toThrow(JanusProblem)
    await expect(client.signIn(credentials)).rejects.toThrow(JanusProblem)
    expect(followed).toEqual(['manual', 'manual'])
  })

  it('follows no redirect, unless it is told to', async () => {
    const { client, calls } = await clientOfApi(form)
    await client.fetch(`${API}/notes`)
    await client.fetch(`${API}/notes`, { redirect: 'follow' })
    expect(calls.map(({ redirect }) => redirect)).toEqual(['manual', 'follow'])
  })
})

/** As a browser shows a refusal by another origin, which does not expose the challenge. */
function hideChallenge(code: string): Response {
  return problemAnswer(401, code)
}

describe('a problem', () => {
  it('says what Janus said', async () => {
    const { client } = wiredClient('session')
    const problem = await problemOf(client.signUp({ email: 'not an address', password: 'short' }))
    expect(problem).toBeInstanceOf(Error)
    expect(problem).toMatchObject({
      name: 'JanusProblem',
      message: 'Some fields are invalid',
      code: 'invalid-input',
      status: 422,
      title: 'Some fields are invalid',
      detail: null,
      retryAfterSeconds: null,
    })
    expect(problem.errors).toEqual([
      { field: 'email', code: 'invalid', message: expect.any(String) },
      { field: 'password', code: 'too-short', message: expect.any(String) },
    ])
    expect(problem.requestId).toMatch(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/)
  })

  it('says what is wrong with a password, and never which it was', async () => {
    const { client } = wiredClient('session')
    const problem = await problemOf(client.signUp({ email: newEmail(), password: 'password' }))
    expect(problem).toMatchObject({ code: 'password-refused', detail: expect.any(String) })
    expect(JSON.stringify(problem)).not.toContain('"password"}')
  })

  it('says how long to wait', async () => {
    const { client, network } = wiredClient('session')
    network.next('POST /login', async () => problemAnswer(429, 'too-many-attempts', { 'Retry-After': '7' }))
    const problem = await problemOf(client.signIn({ email: newEmail(), password: PASSWORD }))
    expect(problem.retryAfterSeconds).toBe(7)
  })

  it.each([
    ['a page', async () => new Response('<h1>Bad gateway', { status: 502 }), 502],
    ['a page that pretends to be well', async () => new Response('<h1>Welcome'), 200],
    ['JSON of something else', async () => Response.json({ ok: true }), 200],
    ['JSON that is no object', async () => Response.json('no', { status: 400 }), 400],
    ['nothing', async () => new Response(null, { status: 204 }), 204],
    ['a redirect', async () => Response.redirect('https://elsewhere.example/'), 302],
  ])('is an unexpected answer where it is %s', async (_, meet, status) => {
    for (const form of Object.keys(FORMS) as Form[]) {
      const { client, network } = wiredClient(form)
      network.next('POST /login', meet)
      const problem = await problemOf(client.signIn({ email: newEmail(), password: PASSWORD }))
      expect(problem).toMatchObject({ code: 'unexpected-answer', status })
      expect(client.signedIn).toBeNull()
    }
  })

  it('is not what it is when nothing answers', async () => {
    const { client, network } = wiredClient('session')
    network.next('POST /login', () => Promise.reject(new TypeError('fetch failed')))
    const error = await client.signIn({ email: newEmail(), password: PASSWORD }).catch((thrown) => thrown)
    expect(error).toBeInstanceOf(TypeError)
    expect(error).not.toBeInstanceOf(JanusProblem)
  })

  it('never holds a token', async () => {
    const { client, network } = await signedUpClient('token, refreshed by body')
    await client.fetch(`${ISSUER}/me`)
    const token = network.sent.at(-1)?.authorization?.slice('Bearer '.length) ?? ''
    expect(token).not.toBe('')
    const errors = await Promise.all([
      client.fetch(`https://evil.example/?${token}`).catch((thrown) => thrown),
      problemOf(
        createAccountClient(client).changePassword({ current_password: 'wrong', new_password: 'wrong' }),
      ),
    ])
    for (const error of errors) expect(`${error.stack} ${JSON.stringify(error)}`).not.toContain(token)
  })
})
