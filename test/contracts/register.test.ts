import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { expectProblem, newAddress, newEmail, PASSWORD, read, send, signedInPerson } from '../support/person'
import { deployed, ownService } from '../support/service'

function findUser(email: string): Promise<Record<string, unknown> | null> {
  return env.DB.prepare('SELECT * FROM users WHERE email_canonical = ?1').bind(email).first()
}

async function countSessions(userId: string): Promise<number | null> {
  return env.DB.prepare('SELECT count(*) AS n FROM sessions WHERE user_id = ?1').bind(userId).first('n')
}

/** JSON as text, for members that no object literal can have. */
async function postText(path: string, text: string, type = 'application/json') {
  const headers = { 'CF-Connecting-IP': newAddress(), 'Content-Type': type }
  const request = { method: 'POST', headers, body: text, redirect: 'manual' } as const
  return read(await deployed.fetch(new Request(`${deployed.issuer}${path}`, request)))
}

const register = (body: unknown, service = deployed) => send(service, 'POST', '/register', { body })

describe.each(['session', 'token'] as const)('POST /register in %s mode', (mode) => {
  it('makes an account and signs its owner in', async () => {
    const email = newEmail()
    const answer = await register({ email, password: PASSWORD, name: 'Ada Lovelace', mode })
    expect(answer.status).toBe(201)
    expect(answer.body.user).toEqual({
      id: expect.stringMatching(/^[\w-]{22}$/),
      email,
      name: 'Ada Lovelace',
      email_verified: false,
      roles: [],
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    })
    expect(answer.body.session).toMatchObject({ mode, current: true })
    expect(await countSessions(answer.body.user.id)).toBe(1)
  })

  it('REG-02: the row has defaults for everything that was not asked', async () => {
    const ada = await signedInPerson({ mode })
    expect(await findUser(ada.email)).toEqual({
      id: ada.userId,
      email: ada.email,
      email_canonical: ada.email,
      name: null,
      password_hash: expect.stringMatching(/^\$pbkdf2-sha256-chain\$v=1\$i=25000,s=4,k=/),
      email_verified_at: null,
      roles: '[]',
      disabled_at: null,
      second_factor_at: null,
      user_metadata: null,
      app_metadata: null,
      created_at: expect.any(Number),
    })
  })

  it.each([
    ['id', 'AAAAAAAAAAAAAAAAAAAAAA'],
    ['role', 'admin'],
    ['roles', ['admin']],
    ['email_verified', true],
    ['email_canonical', 'eve@example.com'],
    ['disabled_at', 0],
    ['disabled', false],
    ['created_at', 0],
    ['password_hash', '$x'],
    ['user', { roles: ['admin'] }],
    ['mfa', false],
    ['Email', 'eve@example.com'],
    ['constructor', { prototype: { roles: ['admin'] } }],
    ['toString', 'x'],
  ])('REG-02: refuses the field %s, and makes nothing', async (field, value) => {
    const email = newEmail()
    const answer = await register({ email, password: PASSWORD, mode, [field]: value })
    expectProblem(answer, 422, 'invalid-input')
    expect(answer.body.errors).toMatchObject([{ field: '', code: 'unknown' }])
    expect(await findUser(email)).toBeNull()
  })

  it('REG-02: refuses __proto__, as JSON and as a form, and nothing is inherited from it', async () => {
    const email = newEmail()
    const json = `{"email":"${email}","password":"${PASSWORD}","mode":"${mode}","__proto__":{"roles":["admin"]}}`
    expectProblem(await postText('/register', json), 422, 'invalid-input')
    const form = new URLSearchParams({ email, password: PASSWORD, ['__proto__']: 'x' }).toString()
    expectProblem(
      await postText('/register', form, 'application/x-www-form-urlencoded'),
      422,
      'invalid-input',
    )
    expect(({} as { roles?: unknown }).roles).toBeUndefined()
    expect(await findUser(email)).toBeNull()
  })

  it('REG-02: does not take what is missing from __proto__ either', async () => {
    const json = `{"__proto__":{"email":"${newEmail()}","password":"${PASSWORD}"}}`
    expectProblem(await postText('/register', json), 422, 'invalid-input')
  })

  it.each([
    ['email', { email: undefined }],
    ['email', { email: 'ada.example.com' }],
    ['email', { email: ['ada@example.com'] }],
    ['email', { email: { toString: 'ada@example.com' } }],
    ['password', { password: undefined }],
    ['password', { password: 123_456_789_012_345 }],
    ['name', { name: 'x'.repeat(101) }],
    ['name', { name: 'Ada\nLovelace' }],
    ['mode', { mode: 'cookie' }],
    ['mode', { mode: ['session'] }],
    ['refresh_in', { mode: 'token', refresh_in: 'url' }],
    ['refresh_in', { mode: 'session', refresh_in: 'cookie' }],
  ])('refuses a bad %s, names the field and not the value', async (field, wrong) => {
    const email = newEmail()
    const answer = await register({ email, password: PASSWORD, mode, ...wrong })
    expectProblem(answer, 422, 'invalid-input')
    expect(answer.body.errors).toMatchObject([{ field }])
    const value = Object.values(wrong).at(-1)
    if (typeof value === 'string') expect(answer.body.errors[0].message).not.toContain(value)
    expect(await findUser(email)).toBeNull()
  })

  it.each([
    [
      'an address and a password',
      { email: 'y@example', password: 'short' },
      ['email invalid', 'password too-short'],
    ],
    [
      'an address and a password of it',
      { email: 'lovelace@example', password: 'lovelace@example' },
      ['email invalid', 'password guessable'],
    ],
    [
      'an unknown field and a missing one',
      { mode, login: 'ada', email: newEmail() },
      ['password missing', ' unknown'],
    ],
    [
      'every one',
      { mode: 'cookie', name: '\0', password: '123456789012345', login: 'x', user: 'y' },
      ['email missing', 'password common', 'mode type', 'name control-character', ' unknown'],
    ],
  ])('REG-02: says of %s at once what is wrong', async (_, body, faults) => {
    const answer = await register({ mode, ...body })
    expectProblem(answer, 422, 'invalid-input')
    const said = answer.body.errors.map(
      ({ field, code }: { field: string; code: string }) => `${field} ${code}`,
    )
    expect(said.sort()).toEqual([...faults].sort())
    expect(answer.cookies).toEqual({})
  })

  it('says of a missing field that it is missing', async () => {
    const { body } = await register({ email: newEmail(), mode })
    expect(body.errors).toMatchObject([{ field: 'password', code: 'missing' }])
    expect(body.errors[0].message, 'the name of a field is no choice of values').not.toContain('one of')
  })

  it('REG-05: every spelling of an address is one account, to register and to sign in', async () => {
    const local = `zoe-${crypto.randomUUID().slice(0, 8)}`
    const first = await register({ email: `${local}@bücher.example`, password: PASSWORD, mode })
    expect(first.status).toBe(201)
    expect(first.body.user.email).toBe(`${local}@bücher.example`)
    for (const spelling of [
      `${local}@BÜCHER.example`,
      `${local.toUpperCase()}@xn--bcher-kva.example`,
      `${local}@XN--BCHER-KVA.Example.`,
      `${local}@bu\u0308cher\u3002example`,
      `${local.replace('zoe', '\uff3aoe')}@\uff42ücher.example`,
      ` ${local}@bücher.example\t`,
      `\ufeff\u3000${local}@bücher.example\u200b\u00a0`,
    ]) {
      const again = await register({ email: spelling, password: PASSWORD, mode })
      expect(again.body.session?.id, spelling).toBe(first.body.session.id)
      const signIn = await send(deployed, 'POST', '/login', {
        body: { email: spelling, password: PASSWORD, mode },
      })
      expect(signIn.body.user?.id, spelling).toBe(first.body.user.id)
    }
  })

  it('INC-14: a look-alike of an address is another account, and cannot sign in to this one', async () => {
    const tail = crypto.randomUUID().slice(0, 8)
    const mike = await register({ email: `mike-${tail}@example.com`, password: PASSWORD, mode })
    const alike = `m\u0131ke-${tail}@example.com`
    const body = { email: alike, password: PASSWORD, mode }
    expectProblem(await send(deployed, 'POST', '/login', { body }), 401, 'invalid-credentials')
    const other = await register({ ...body, password: 'another password here' })
    expect(other.status).toBe(201)
    expect(other.body.user.id).not.toBe(mike.body.user.id)
  })

  it('refuses an address that has an account, and leaves that as it was', async () => {
    const ada = await signedInPerson({ mode })
    const before = await findUser(ada.email)
    const answer = await register({ email: ada.email, password: 'another password here', name: 'Eve', mode })
    expectProblem(answer, 409, 'account-exists')
    expect(answer.cookies).toEqual({})
    expect(await findUser(ada.email)).toEqual(before)
    expect(await countSessions(ada.userId)).toBe(1)
  })

  it('REG-05, INC-23: fifty registrations of one address at once make one account and one session', async () => {
    const email = newEmail()
    const attempts = Array.from({ length: 50 }, (_, index) =>
      register({ email: index % 2 ? email : email.toUpperCase(), password: `${PASSWORD} ${index}`, mode }),
    )
    const answers = await Promise.all(attempts)
    const [made, ...others] = answers.filter(({ status }) => status === 201)
    expect(others).toEqual([])
    const refused = answers.filter(({ body }) => body.code === 'account-exists')
    expect(refused).toHaveLength(49)
    const sessions =
      'SELECT count(*) AS n FROM sessions JOIN users ON users.id = user_id WHERE email_canonical = ?1'
    expect(await env.DB.prepare(sessions).bind(email).first('n')).toBe(1)
    expect((await findUser(email))?.id).toBe(made?.body.user.id)
  })

  it('REGISTRATION=closed: makes no account, and those there are sign in', async () => {
    const ada = await signedInPerson({ mode })
    const closed = ownService({ REGISTRATION: 'closed' })
    const email = newEmail()
    expectProblem(await register({ email, password: PASSWORD, mode }, closed), 403, 'registration-closed')
    expectProblem(
      await register({ email: ada.email, password: PASSWORD, mode }, closed),
      403,
      'registration-closed',
    )
    expect(await findUser(email)).toBeNull()
    expect((await ada.signIn({ service: closed })).answer.status).toBe(200)
  })
})

describe.each([
  ['session', 'token'],
  ['token', 'session'],
] as const)('AUTH_MODE=%s', (offered, other) => {
  it(`refuses to register or sign in for ${other} mode, and makes nothing`, async () => {
    const ada = await signedInPerson({ mode: other })
    const service = ownService({ AUTH_MODE: offered })
    const email = newEmail()
    const refused = await register({ email, password: PASSWORD, mode: other }, service)
    expectProblem(refused, 422, 'mode-not-offered')
    expect(refused.body.detail).toBe(`Offered here: ${offered}.`)
    expect(await findUser(email)).toBeNull()
    const body = { email: ada.email, password: PASSWORD, mode: other }
    expectProblem(await send(service, 'POST', '/login', { body }), 422, 'mode-not-offered')
    expect(await countSessions(ada.userId)).toBe(1)
  })

  it('is the mode of who asks for none', async () => {
    const service = ownService({ AUTH_MODE: offered })
    const answer = await register({ email: newEmail(), password: PASSWORD }, service)
    expect(answer.body.session?.mode).toBe(offered)
  })

  it(`does not honour a credential of ${other} mode, given out when it was offered`, async () => {
    const service = ownService({ AUTH_MODE: offered })
    const ada = await signedInPerson({ mode: other })
    const answer = await send(service, 'GET', '/me', { headers: ada.headers })
    expectProblem(answer, 401, other === 'token' ? 'invalid-token' : 'authentication-required')
  })
})

it('AUTH_MODE=session: refreshes nothing, and publishes no keys', async () => {
  const ada = await signedInPerson({ mode: 'token' })
  const service = ownService({ AUTH_MODE: 'session' })
  const body = { refresh_token: ada.refreshToken }
  expectProblem(await send(service, 'POST', '/refresh', { body }), 422, 'mode-not-offered')
  expectProblem(await send(service, 'GET', '/.well-known/jwks.json'), 404, 'not-found')
})

it('AUTH_MODE=both: who asks for no mode gets a session', async () => {
  const answer = await register({ email: newEmail(), password: PASSWORD })
  expect(answer.body.session?.mode).toBe('session')
})
