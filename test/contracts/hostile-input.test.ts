import * as fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  type Answer,
  expectProblem,
  newAddress,
  newEmail,
  PASSWORD,
  type Person,
  read,
  type SignedIn,
  signedInPerson,
} from '../support/person'
import { ownService } from '../support/service'
import { ATTEMPT_TABLES, startEmpty, storage } from '../support/storage'

beforeAll(startEmpty)

const janus = ownService()

/** Every route that takes a body, with its fields. */
const ROUTES = [
  {
    method: 'POST',
    path: '/register',
    fields: ['email', 'password', 'mode', 'refresh_in', 'device_token', 'return_to', 'name'],
  },
  {
    method: 'POST',
    path: '/login',
    fields: ['email', 'password', 'mode', 'refresh_in', 'device_token', 'return_to'],
  },
  { method: 'POST', path: '/refresh', fields: ['refresh_token'] },
  { method: 'PATCH', path: '/me', fields: ['name'] },
  { method: 'POST', path: '/me', fields: ['name', 'return_to'] },
  { method: 'POST', path: '/me/delete', fields: ['password'] },
  { method: 'POST', path: '/password', fields: ['current_password', 'new_password'] },
  { method: 'POST', path: '/logout', fields: ['return_to'] },
  { method: 'POST', path: '/logout/all', fields: ['keep_current'] },
  { method: 'POST', path: '/sessions/:id/end', fields: ['return_to'] },
  { method: 'POST', path: '/devices/:id/forget', fields: ['return_to'] },
  {
    method: 'POST',
    path: '/login/passkey',
    fields: ['credential', 'binding', 'mode', 'refresh_in', 'device_token'],
  },
  { method: 'POST', path: '/passkeys', fields: ['credential', 'name'] },
  { method: 'POST', path: '/passkeys/:id/rename', fields: ['name', 'return_to'] },
  { method: 'POST', path: '/passkeys/:id/remove', fields: ['return_to'] },
]

async function sendBytes(
  caller: SignedIn,
  { method, path }: { method: string; path: string },
  body: Uint8Array | string,
  type = 'application/json',
): Promise<Answer> {
  const headers = { 'CF-Connecting-IP': newAddress(), ...caller.headers, 'Content-Type': type }
  const url = `${janus.issuer}${path.replace(':id', caller.sessionId)}`
  return read(await janus.fetch(new Request(url, { method, headers, body })))
}

describe('a form', () => {
  const FORM = 'application/x-www-form-urlencoded'
  const login = { method: 'POST', path: '/login' }

  it('API-03: is refused if a field occurs twice, however it is spelled', async () => {
    const ada = await signedInPerson({ mode: 'session', service: janus })
    const before = await storage()
    const good = new URLSearchParams({ email: ada.email, password: ada.password }).toString()
    for (const again of [
      'email=x',
      '%65mail=x',
      'password=',
      'password',
      'a=1&a=2',
      '__proto__=1&__proto__=2',
    ]) {
      for (const body of [`${good}&${again}`, `${again}&${good}`]) {
        const refusal = await sendBytes(ada, login, body, FORM)
        expectProblem(refusal, 422, 'invalid-input')
        expect({ body, code: refusal.body.errors[0].code }).toEqual({ body, code: 'duplicate' })
        expect(refusal.cookies).toEqual({})
      }
    }
    expect(await storage()).toEqual(before)
  })

  it('API-03: is refused if it has an unknown field, or none', async () => {
    const ada = await signedInPerson({ mode: 'session', service: janus })
    const before = await storage()
    const good = new URLSearchParams({ email: ada.email, password: ada.password }).toString()
    for (const body of [
      '',
      '&&&',
      '=',
      'x',
      `${good}&is_admin=true`,
      `${good}&__proto__=x`,
      `${good}&__proto__[polluted]=x`,
      `${good}&constructor.prototype.polluted=x`,
      `email[]=${ada.email}&password=${PASSWORD}`,
      `email[$ne]=1&password[$ne]=1`,
      `--x\r\nContent-Disposition: form-data; name="email"\r\n\r\n${ada.email}\r\n--x--`,
    ]) {
      const refusal = await sendBytes(ada, login, body, FORM)
      expectProblem(refusal, 422, 'invalid-input')
      expect(refusal.cookies).toEqual({})
    }
    expect(await storage()).toEqual(before)
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })
})

describe('text', () => {
  it.each([
    ['a NUL', '\\u0000'],
    ['a lone high surrogate', '\\ud800'],
    ['a lone low surrogate', '\\udfff'],
    ['surrogates in the wrong order', '\\udc00\\ud800'],
  ])('API-03: with %s in it changes nothing', async (_, odd) => {
    const ada = await signedInPerson({ mode: 'session', service: janus })
    const before = await storage({ except: ATTEMPT_TABLES })
    const bodies: [string, string, string][] = [
      ['POST', '/register', `{"email":"a${odd}@example.com","password":"${PASSWORD}"}`],
      ['POST', '/register', `{"email":"${newEmail()}","password":"${PASSWORD}","name":"A${odd}"}`],
      ['POST', '/register', `{"email":"${newEmail()}","password":"${PASSWORD}","mode":"session${odd}"}`],
      ['POST', '/login', `{"email":"${ada.email}${odd}","password":"${PASSWORD}"}`],
      ['POST', '/login', `{"email":"${ada.email}","password":"${PASSWORD}${odd}"}`],
      ['POST', '/refresh', `{"refresh_token":"${odd}"}`],
      ['PATCH', '/me', `{"name":"A${odd}"}`],
      ['POST', '/me', `{"name":"A${odd}"}`],
      ['POST', '/me/delete', `{"password":"${PASSWORD}${odd}"}`],
      [
        'POST',
        '/password',
        `{"current_password":"${PASSWORD}${odd}","new_password":"another horse battery"}`,
      ],
    ]
    for (const [method, path, body] of bodies) {
      const refusal = await sendBytes(ada, { method, path }, body)
      expect({ body, refused: [401, 422].includes(refusal.status) }).toEqual({ body, refused: true })
      expectProblem(refusal, refusal.status, refusal.body.code)
    }
    expect(await storage({ except: ATTEMPT_TABLES })).toEqual(before)
  })

  it.each(['\\ud800', 'x\\udfff'])(
    'API-03: a new password with the lone surrogate %s is refused',
    async (odd) => {
      const ada = await signedInPerson({ mode: 'session', service: janus })
      const before = await storage()
      const password = `correct horse battery ${odd}`
      for (const [path, body] of [
        ['/register', `{"email":"${newEmail()}","password":"${password}"}`],
        ['/password', `{"current_password":"${PASSWORD}","new_password":"${password}"}`],
      ] as const) {
        expectProblem(await sendBytes(ada, { method: 'POST', path }, body), 422, 'invalid-input')
      }
      expect(await storage()).toEqual(before)
    },
  )
})

describe('a query', () => {
  it('API-03: is refused if a parameter occurs twice', async () => {
    const ada = await signedInPerson({ mode: 'session', service: janus })
    const cursor = `9999999999.${ada.sessionId}`
    expect((await ada.get(`/sessions?cursor=${cursor}`)).status).toBe(200)
    for (const query of [
      `cursor=${cursor}&cursor=${cursor}`,
      `cursor=${cursor}&cursor=x`,
      `cursor=x&cursor=${cursor}`,
      `cursor=${cursor}&%63ursor=x`,
    ]) {
      expectProblem(await ada.get(`/sessions?${query}`), 422, 'invalid-input')
    }
  })

  it.each([
    '',
    'x',
    '0',
    '-1.AAAAAAAAAAAAAAAAAAAAAA',
    '1e9.AAAAAAAAAAAAAAAAAAAAAA',
    '9999999999999.AAAAAAAAAAAAAAAAAAAAAA',
    '1.AAAAAAAAAAAAAAAAAAAAA%00',
    '%ff',
    '%',
    'null',
  ])('API-03: is refused with the cursor "%s"', async (cursor) => {
    const ada = await signedInPerson({ mode: 'session', service: janus })
    expectProblem(await ada.get(`/sessions?cursor=${cursor}`), 422, 'invalid-input')
  })
})

describe.each(ROUTES)('whatever is sent to $method $path', (route) => {
  /** Returns a client that is still signed in, because some bodies are understood, and end the session or the account. */
  async function stillSignedIn(person: Person, client: SignedIn): Promise<SignedIn> {
    return (await client.get('/me')).status === 200 ? client : person.signIn()
  }

  function expectSound(answer: Answer): void {
    expect(answer.status, answer.text).toBeLessThan(500)
    if (answer.status >= 400) expectProblem(answer, answer.status, answer.body.code)
  }

  /** Names of the fields, and some of anything's; values of any kind. */
  const name = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...route.fields) },
    { weight: 1, arbitrary: fc.constantFrom('__proto__', 'constructor', 'toString', 'length', '') },
    { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
  )
  const json = fc.oneof(
    fc.dictionary(name, fc.jsonValue()).map((value) => JSON.stringify(value)),
    fc
      .array(fc.tuple(name, fc.json()))
      .map((members) => `{${members.map(([key, value]) => `${JSON.stringify(key)}:${value}`).join(',')}}`),
    fc.json(),
    fc.string({ unit: 'binary' }),
  )

  it('API-03: JSON of any kind is answered, or refused with a problem', async () => {
    const ada = await signedInPerson({ mode: 'session', service: janus })
    let client: SignedIn = ada
    await fc.assert(
      fc.asyncProperty(json, async (body) => {
        const answer = await sendBytes(client, route, body)
        expectSound(answer)
        if (answer.status < 400) client = await stillSignedIn(ada, client)
      }),
      { numRuns: 60 },
    )
    expect(Object.keys(Object.prototype)).toEqual([])
  })

  it('API-03: bytes of any kind, under any type, are refused with a problem', async () => {
    const ada = await signedInPerson({ mode: 'session', service: janus })
    const type = fc.oneof(
      fc.constantFrom('application/json', 'application/x-www-form-urlencoded'),
      fc.stringMatching(/^[\x20-\x7e]{0,40}$/),
    )
    let client: SignedIn = ada
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), type, async (body, contentType) => {
        const answer = await sendBytes(client, route, body, contentType)
        expectSound(answer)
        if (answer.status < 400) client = await stillSignedIn(ada, client)
      }),
      { numRuns: 40 },
    )
  })
})
