import { env } from 'cloudflare:workers'
import { describe, expect, inject, it } from 'vitest'
import { createKeyring } from '../../src/crypto/keyring'
import { createPasswordHasher } from '../../src/passwords/password-hash'
import { recordPbkdf2 } from '../support/counting'
import {
  type Answer,
  expectProblem,
  newEmail,
  PASSWORD,
  type Person,
  send,
  signedInPerson,
} from '../support/person'
import { deployed, ownService } from '../support/service'

const NEW_PASSWORD = 'seven quiet minutes at sea'

function storedHash(userId: string): Promise<string | null> {
  return env.DB.prepare('SELECT password_hash FROM users WHERE id = ?1').bind(userId).first('password_hash')
}

async function storeHash(userId: string, hash: string | null): Promise<void> {
  await env.DB.prepare('UPDATE users SET password_hash = ?2 WHERE id = ?1').bind(userId, hash).run()
}

function logIn(email: string, password: string, mode: string, service = deployed): Promise<Answer> {
  return send(service, 'POST', '/login', { body: { email, password, mode } })
}

/** Expects the refusal of a new password, with the reason at the field. */
function expectRefused(answer: Answer, field: string, code: string): void {
  expectProblem(answer, 422, 'password-refused')
  expect(answer.body.errors).toEqual([{ field, code, message: answer.body.detail }])
}

async function expectUnchanged(person: Person): Promise<void> {
  expect((await person.get('/me')).status).toBe(200)
  expect((await logIn(person.email, person.password, person.mode)).status).toBe(200)
}

describe.each(['session', 'token'] as const)('passwords, in %s mode', (mode) => {
  const register = (password: string, email = newEmail()) =>
    send(deployed, 'POST', '/register', { body: { email, password, mode } })

  it.each([
    ['PW-01', '14 characters', 'kdjwq ybxnz tr', 'too-short'],
    ['PW-01', 'eight emoji', '🦉🦊🐙🐝🦀🐌🐬🦜', 'too-short'],
    ['PW-02', '257 characters', `${'kdjwq '.repeat(42)}kdjwq`, 'too-long'],
    ['PW-04', 'a common password', 'qwertyuiop12345', 'common'],
    ['PW-04', 'the name of the service', 'janusjanusjanus', 'guessable'],
    ['PW-04', 'the host of the service', 'auth.example.com', 'guessable'],
  ])('%s: register and change refuse %s, say why, and hash nothing new', async (_, _what, password, code) => {
    const ada = await signedInPerson({ mode })
    const email = newEmail()
    const iterations = recordPbkdf2()
    expectRefused(await register(password, email), 'password', code)
    expect(iterations()).toEqual([])
    expectProblem(await logIn(email, password, mode), 401, 'invalid-credentials')

    const change = { current_password: ada.password, new_password: password }
    expectRefused(await ada.post('/password', change), 'new_password', code)
    await expectUnchanged(ada)
  })

  it('PW-04: refuses the local part of the address doubled, and the name', async () => {
    const email = `bartholomew-${crypto.randomUUID().slice(0, 4)}@example.com`
    const [local = ''] = email.split('@')
    expectRefused(await register(`${local}${local}`, email), 'password', 'guessable')
    const named = { email: newEmail(), password: 'QuillTheElder 1', name: 'Quill The Elder', mode }
    expectRefused(await send(deployed, 'POST', '/register', { body: named }), 'password', 'guessable')
  })

  it.each([
    ['15 characters', 'kdjwq ybxnz trm'],
    ['15 emoji', '🦉🦊🐙🐝🦀🐌🐬🦜🦉🐙🐝🦊🦀🐌🐬'],
    ['64 characters', 'kdjwq ybxnz trm '.repeat(4)],
    ['256 characters', 'kdjwq ybxnz trm '.repeat(16)],
  ])('PW-01, PW-02: accepts %s whole', async (_, password) => {
    const email = newEmail()
    expect((await register(password, email)).status).toBe(201)
    expect((await logIn(email, password, mode)).status).toBe(200)
    const shorter = [...password].slice(0, -1).join('')
    const changedAt73 = `${password.slice(0, 72)}~${password.slice(73)}`
    for (const wrong of [shorter, `${password}m`, `${shorter}~`, changedAt73]) {
      expectProblem(await logIn(email, wrong, mode), 401, 'invalid-credentials')
    }
  })

  it('PW-03: naughty strings register and sign in, but not in another case or with a space after them', async () => {
    // A sample: what becomes of every one of them is tested at the hash and at the policy.
    const sample = inject('naughtyStrings').filter((text, index) => index % 30 === 7 && text.isWellFormed())
    expect(sample.length).toBeGreaterThan(10)
    for (const text of sample) {
      const password = `${text} Kdjwq ybxnz t`
      const email = newEmail()
      expect((await register(password, email)).status, text).toBe(201)
      expect((await logIn(email, password, mode)).status, text).toBe(200)
      expectProblem(await logIn(email, `${password} `, mode), 401, 'invalid-credentials')
      expectProblem(await logIn(email, password.replace('Kd', 'kD'), mode), 401, 'invalid-credentials')
    }
  })

  it('PW-03: takes NUL, and both spellings of é for one password', async () => {
    const email = newEmail()
    expect((await register('caf\u00e9 \0 au lait chaud', email)).status).toBe(201)
    for (const same of ['caf\u00e9 \0 au lait chaud', 'cafe\u0301 \0 au lait chaud']) {
      expect((await logIn(email, same, mode)).status).toBe(200)
    }
    for (const other of ['cafe \0 au lait chaud', 'caf\u00e9 ', 'caf\u00e9  au lait chaud']) {
      expectProblem(await logIn(email, other, mode), 401, 'invalid-credentials')
    }
  })

  it('PW-03: refuses text that is not well-formed Unicode, which no storage would keep as it was sent', async () => {
    const ada = await signedInPerson({ mode })
    const lone = `\ud800 kdjwq ybxnz trm`
    expectProblem(await register(lone), 422, 'invalid-input')
    expectProblem(await logIn(ada.email, lone, mode), 422, 'invalid-input')
    const change = { current_password: ada.password, new_password: lone }
    expectProblem(await ada.post('/password', change), 422, 'invalid-input')
    await expectUnchanged(ada)
  })

  it('PW-02, INC-35: a password of 1 MiB is refused before any hash, on every route that takes one', async () => {
    const ada = await signedInPerson({ mode })
    const huge = 'kdjwq ybxnz trm '.repeat(65_536)
    const iterations = recordPbkdf2()
    for (const answer of [
      await register(huge),
      await logIn(ada.email, huge, mode),
      await logIn(newEmail(), huge, mode),
      await ada.post('/password', { current_password: huge, new_password: NEW_PASSWORD }),
      await ada.post('/password', { current_password: ada.password, new_password: huge }),
      await ada.post('/me/delete', { password: huge }),
    ]) {
      expectProblem(answer, 413, 'body-too-large')
    }
    expect(iterations()).toEqual([])
    await expectUnchanged(ada)
  })

  it('PW-06: no PBKDF2 call of register, login, change and delete exceeds 100,000 iterations', async () => {
    const service = ownService({ PASSWORD_ITERATIONS: '600000' })
    const iterations = recordPbkdf2()
    const ada = await signedInPerson({ mode, service })
    const change = { current_password: ada.password, new_password: NEW_PASSWORD }
    expect((await ada.post('/password', change)).status).toBe(200)
    const again = await ada.signIn({ password: NEW_PASSWORD })
    expect((await again.post('/me/delete', { password: NEW_PASSWORD })).status).toBe(204)
    // Register 1, change 2, login 1, delete 1.
    expect(iterations().reduce((sum, each) => sum + each, 0)).toBe(5 * 600_000)
    expect(Math.max(...iterations())).toBeLessThanOrEqual(100_000)
  })

  it('PW-07: a good sign-in upgrades a hash of another cost, and a bad one leaves it', async () => {
    const ada = await signedInPerson({ mode })
    const cheap = createPasswordHasher({ keyring: createKeyring([env.AUTH_SECRET]), iterations: 25_000 })
    const old = await cheap.hash(PASSWORD)
    await storeHash(ada.userId, old)

    expectProblem(await logIn(ada.email, `${PASSWORD}?`, mode), 401, 'invalid-credentials')
    expect(await storedHash(ada.userId)).toBe(old)

    expect((await logIn(ada.email, PASSWORD, mode)).status).toBe(200)
    const upgraded = await storedHash(ada.userId)
    expect(upgraded).toContain('$i=25000,s=4,')

    expect((await logIn(ada.email, PASSWORD, mode)).status).toBe(200)
    expect(await storedHash(ada.userId)).toBe(upgraded)
  })

  it('PW-07: of three good sign-ins at once at a new cost all succeed, and one new hash is stored', async () => {
    const ada = await signedInPerson({ mode })
    const before = await storedHash(ada.userId)
    const service = ownService({ PASSWORD_ITERATIONS: '200000' })
    const attempts = [1, 2, 3].map(() => logIn(ada.email, PASSWORD, mode, service))
    const answers = await Promise.all(attempts)
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
    const sessions = (await ada.get('/sessions')).body.sessions.map(({ id }: { id: string }) => id)
    expect(sessions.sort()).toEqual([ada.sessionId, ...answers.map(({ body }) => body.session.id)].sort())
    const after = await storedHash(ada.userId)
    expect(after).not.toBe(before)
    expect(after).toContain('$i=25000,s=8,')
    expect((await logIn(ada.email, PASSWORD, mode, service)).status).toBe(200)
    expect(await storedHash(ada.userId)).toBe(after)
  })

  it('PW-07: an absurd stored cost matches nothing, costs one hash, and is logged without it', async () => {
    const service = ownService()
    const ada = await signedInPerson({ mode, service })
    const absurd = (await storedHash(ada.userId))?.replace('i=25000', 'i=1000000000') ?? ''
    await storeHash(ada.userId, absurd)
    const iterations = recordPbkdf2()
    expectProblem(await logIn(ada.email, PASSWORD, mode, service), 401, 'invalid-credentials')
    expect(iterations()).toEqual([25_000, 25_000, 25_000, 25_000])
    expect(service.log.filter(({ event }) => event !== 'request')).toEqual([
      { event: 'password-hash-unusable', user_id: ada.userId },
    ])
    expect(JSON.stringify(service.log)).not.toContain('pbkdf2')
    expect(await storedHash(ada.userId)).toBe(absurd)
  })

  it('PW-08: a change with a wrong current password is refused and changes nothing', async () => {
    const ada = await signedInPerson({ mode })
    const before = await storedHash(ada.userId)
    for (const wrong of ['', `${PASSWORD} `, PASSWORD.toUpperCase(), NEW_PASSWORD]) {
      const change = { current_password: wrong, new_password: NEW_PASSWORD }
      expectProblem(await ada.post('/password', change), 401, 'invalid-credentials')
    }
    expect(await storedHash(ada.userId)).toBe(before)
    await expectUnchanged(ada)
    expectProblem(await logIn(ada.email, NEW_PASSWORD, mode), 401, 'invalid-credentials')
  })

  it.each([
    ['current_password', { new_password: NEW_PASSWORD }],
    ['new_password', { current_password: PASSWORD }],
    ['current_password', { current_password: null, new_password: NEW_PASSWORD }],
    ['current_password', { current_password: [PASSWORD], new_password: NEW_PASSWORD }],
  ])('PW-08: a change without a usable %s is invalid input and changes nothing', async (field, body) => {
    const ada = await signedInPerson({ mode })
    const answer = await ada.post('/password', body)
    expectProblem(answer, 422, 'invalid-input')
    expect(answer.body.errors).toMatchObject([{ field }])
    await expectUnchanged(ada)
  })

  it('PW-08: the answer of a change is that of a sign-in, and the old password is dead', async () => {
    const ada = await signedInPerson({ mode })
    const answer = await ada.post('/password', { current_password: PASSWORD, new_password: NEW_PASSWORD })
    expect(answer.status).toBe(200)
    expect(Object.keys(answer.body)).toEqual(
      Object.keys((await ada.signIn({ password: NEW_PASSWORD })).answer.body),
    )
    expectProblem(await logIn(ada.email, PASSWORD, mode), 401, 'invalid-credentials')
  })

  it('PW-08: there is no field for a hint or a question', async () => {
    const { text } = await send(ownService(), 'GET', '/openapi.json')
    const names = [...text.matchAll(/"([a-z_]+)":\{"(?:type|anyOf|\$ref|description)"/g)].map(
      ([, name]) => name,
    )
    expect(names).toEqual(expect.arrayContaining(['email', 'current_password', 'new_password']))
    // The hints of OAuth say which token or account is meant, and nothing of a password.
    const others = names.filter((name) => !/^(token_type|id_token|login)_hint$/.test(name ?? ''))
    expect(others.filter((name) => /hint|question|answer|remind/.test(name ?? ''))).toEqual([])
  })

  it('PW-08: a password does not grow old: it signs in after five years', async () => {
    const service = ownService()
    const ada = await signedInPerson({ mode, service })
    service.ahead = 5 * 365 * 86_400
    expect((await logIn(ada.email, PASSWORD, mode, service)).status).toBe(200)
  })
})

it('PW-01: PASSWORD_MIN_LENGTH lowers the bar to 8, and no further', async () => {
  const service = ownService({ PASSWORD_MIN_LENGTH: '8' })
  const register = (password: string) =>
    send(service, 'POST', '/register', { body: { email: newEmail(), password } })
  expectRefused(await register('kdjwq y'), 'password', 'too-short')
  expectRefused(await register('football'), 'password', 'common')
  expect((await register('kdjwq yb')).status).toBe(201)
  expect(() => ownService({ PASSWORD_MIN_LENGTH: '7' })).toThrow('PASSWORD_MIN_LENGTH')
})
