import { describe, expect, it } from 'vitest'
import { checked, OPENAPI } from '../support/contract'

const ISSUER = 'https://auth.example.com'

/** Returns an answer to a request, held against the document. */
function hold(
  route: string,
  { status = 200, headers = {}, body }: { status?: number; headers?: Record<string, string>; body?: unknown },
  accept = 'application/json',
): Promise<Response> {
  const [method = '', path = ''] = route.split(' ')
  const problem = status >= 400 && path !== '/readyz'
  const type = problem ? 'application/problem+json' : 'application/json'
  const all = { ...(body === undefined ? {} : { 'Content-Type': `${type}; charset=utf-8` }), ...headers }
  const text = body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body)
  const request = new Request(`${ISSUER}${path}`, { method, headers: { Accept: accept } })
  return checked(ISSUER, request, new Response(text, { status, headers: all }))
}

const OPERATIONS = Object.entries(OPENAPI.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
)

const USER = {
  id: 'A'.repeat(22),
  email: 'ada@example.com',
  email_verified: true,
  name: null,
  roles: [],
  created_at: '2026-11-02T09:30:00Z',
  user_metadata: {},
  app_metadata: {},
}

function problem(code: string, status: number) {
  const instance = `urn:uuid:${crypto.randomUUID()}`
  return { type: `${ISSUER}/problems/${code}`, title: 'No', status, code, instance }
}

describe('the check of every response', () => {
  it('gives back what is as described, whole', async () => {
    const answer = await hold('PATCH /me', { body: { user: USER }, headers: { Vary: 'Origin' } })
    expect(await answer.json()).toEqual({ user: USER })
    expect(answer.headers.get('Vary')).toBe('Origin')
  })

  it.each([
    ['a member that is not named', { user: { ...USER, password_hash: 'x' } }],
    ['a member of the whole that is not named', { user: USER, debug: true }],
    ['a member that is missing', { user: { ...USER, roles: undefined } }],
    ['a member of another type', { user: { ...USER, email_verified: 'yes' } }],
    ['an instant that is none', { user: { ...USER, created_at: 1_793_000_000 } }],
    ['an instant in words', { user: { ...USER, created_at: 'yesterday' } }],
    ['an id of another shape', { user: { ...USER, id: '17' } }],
    ['a list', [USER]],
  ])('fails at %s', async (_, body) => {
    await expect(hold('PATCH /me', { body })).rejects.toThrow(/^PATCH \/me answered 200 .*: #/)
  })

  it('says where the fault is', async () => {
    const body = { user: { ...USER, email: 17 } }
    await expect(hold('PATCH /me', { body })).rejects.toThrow('PATCH /me answered 200')
    await expect(hold('PATCH /me', { body })).rejects.toThrow('#/user/email')
  })

  it('fails at a sign-in that is neither of both modes', async () => {
    const { SignIn } = OPENAPI.components.schemas
    expect(SignIn?.anyOf).toHaveLength(2)
    const example = OPENAPI.paths['/login']?.post?.responses['200']
    const body = example && 'content' in example ? example.content?.['application/json']?.example : null
    await hold('POST /login', { body })
    const { expires_in: _, ...half } = Object(body)
    await expect(hold('POST /login', { body: half })).rejects.toThrow('POST /login answered 200')
  })

  it.each([
    ['a status that is not described', { status: 202, body: { user: USER } }, 'the status'],
    ['a status without its body', { status: 200 }, 'there is no body'],
    [
      'another media type',
      { body: 'user', headers: { 'Content-Type': 'text/plain' } },
      'media type text/plain',
    ],
    ['a page that nobody asked for', { body: '<p>', headers: { 'Content-Type': 'text/html' } }, 'a page'],
  ])('fails at %s', async (_, answer, what) => {
    await expect(hold('PATCH /me', answer)).rejects.toThrow(what)
  })

  it('fails at a body where there is to be none', async () => {
    await expect(
      hold('POST /logout', { status: 204, headers: { 'Clear-Site-Data': '"cache"' } }),
    ).resolves.toBeDefined()
    await expect(hold('POST /logout', { status: 200, body: {} })).rejects.toThrow('the status')
  })

  it('fails at a refusal that is not described for the operation, and at one of another status', async () => {
    const challenge = { 'WWW-Authenticate': 'Bearer' }
    const ended = { status: 401, headers: challenge, body: problem('session-ended', 401) }
    await hold('GET /me', ended)
    const wrong = { ...ended, body: problem('invalid-credentials', 401) }
    await expect(hold('GET /me', wrong)).rejects.toThrow('#/code')
    await expect(hold('POST /login', ended)).rejects.toThrow('#/code')
    await expect(hold('GET /me', { ...ended, body: problem('session-ended', 400) })).rejects.toThrow(
      '#/status',
    )
    await expect(hold('GET /me', { status: 409, body: problem('account-exists', 409) })).rejects.toThrow(
      'the status',
    )
  })

  it('fails at a refusal without its challenge, or without a time to wait', async () => {
    const body = problem('session-ended', 401)
    await expect(hold('GET /me', { status: 401, body })).rejects.toThrow('there is no WWW-Authenticate')
    const headers = { 'WWW-Authenticate': 'Basic' }
    await expect(hold('GET /me', { status: 401, headers, body })).rejects.toThrow('WWW-Authenticate is not')
    const down = problem('store-unavailable', 503)
    await expect(hold('GET /me', { status: 503, body: down })).rejects.toThrow('there is no Retry-After')
  })

  it('fails at an answer where there is no operation, unless it is a refusal', async () => {
    await hold('GET /nothing', { status: 404, body: problem('not-found', 404) })
    await hold('PUT /me', { status: 405, body: problem('method-not-allowed', 405) })
    await expect(hold('GET /nothing', { body: {} })).rejects.toThrow('there is no such operation')
    await expect(hold('GET /nothing', { status: 404, body: problem('session-ended', 404) })).rejects.toThrow()
    await expect(hold('PUT /me', { status: 204 })).rejects.toThrow('there is no such operation')
  })

  it('leaves pages alone that were asked for', async () => {
    const page = { body: '<p>', headers: { 'Content-Type': 'text/html; charset=UTF-8' } }
    await hold('GET /', page, 'text/html')
    await hold('GET /login', page)
  })
})

describe.each(OPERATIONS)('the examples of $method $path', ({ method, path, operation }) => {
  it('are as described', async () => {
    for (const [status, response] of Object.entries(operation.responses)) {
      if ('$ref' in response) continue
      const body = response.content?.['application/json']?.example
      if (body === undefined) continue
      const headers = {
        'Clear-Site-Data': '"cache"',
        'Cache-Control': 'public, max-age=300',
        'Content-Disposition': 'attachment; filename="account.json"',
      }
      const route = `${method.toUpperCase()} ${path.replace(/\{\w+\}/, 'x')}`
      await hold(route, { status: Number(status), headers, body })
    }
  })
})
