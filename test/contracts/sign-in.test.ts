import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { createKeyring } from '../../src/crypto/keyring'
import { createPasswordHasher } from '../../src/passwords/password-hash'
import type { Mode } from '../../src/sessions/mode'
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

/** The texts of the credentials in an answer, wherever they are. */
const JWT = /eyJ[\w-]+\.[\w-]+\.[\w-]+/
const SESSION_TOKEN = /[\w-]{22}\.[\w-]{43}(?![\w-])/
const REFRESH_TOKEN = /[\w-]{22}\.\d+\.[\w-]{43}/

function logIn(email: string, password: string, mode: Mode, more: object = {}): Promise<Answer> {
  return send(deployed, 'POST', '/login', { body: { email, password, mode, ...more } })
}

async function setUser(
  userId: string,
  column: 'password_hash' | 'disabled_at',
  value: unknown,
): Promise<void> {
  await env.DB.prepare(`UPDATE users SET ${column} = ?2 WHERE id = ?1`).bind(userId, value).run()
}

async function oldCostHash(password: string): Promise<string> {
  const keyring = createKeyring([env.AUTH_SECRET])
  return createPasswordHasher({ keyring, iterations: 25_000 }).hash(password)
}

function attributes(answer: Answer, name: string): readonly string[] {
  const cookie = answer.headers.getSetCookie().find((each) => each.startsWith(`${name}=`)) ?? ''
  return cookie.split('; ').slice(1).sort()
}

describe.each(['session', 'token'] as const)('POST /login in %s mode', (mode) => {
  it('answers with the account and a new session', async () => {
    const ada = await signedInPerson({ mode })
    const again = await ada.signIn()
    expect(again.answer.body.user).toEqual(ada.answer.body.user)
    expect(again.sessionId).not.toBe(ada.sessionId)
    expect((await again.get('/me')).body.session.id).toBe(again.sessionId)
    expect((await ada.get('/me')).status).toBe(200)
  })

  const setBack: Record<string, (ada: Person) => Promise<[email: string, password: string]>> = {
    'an unknown address': async () => [newEmail(), PASSWORD],
    'a wrong password': async (ada) => [ada.email, `${PASSWORD}!`],
    'an empty password': async (ada) => [ada.email, ''],
    'a password of 300 characters': async (ada) => [ada.email, 'kdjwq '.repeat(50)],
    'a disabled account, with its password': async (ada) => {
      await setUser(ada.userId, 'disabled_at', 1)
      return [ada.email, PASSWORD]
    },
    'a disabled account, with another': async (ada) => {
      await setUser(ada.userId, 'disabled_at', 1)
      return [ada.email, `${PASSWORD}!`]
    },
    'an account without a password': async (ada) => {
      await setUser(ada.userId, 'password_hash', null)
      return [ada.email, PASSWORD]
    },
    'an account whose stored hash is unusable': async (ada) => {
      await setUser(ada.userId, 'password_hash', '$2b$10$abcdefghijklmnopqrstuu')
      return [ada.email, PASSWORD]
    },
    'an account hashed at an older cost': async (ada) => {
      await setUser(ada.userId, 'password_hash', await oldCostHash(PASSWORD))
      return [ada.email, `${PASSWORD}!`]
    },
    'a disabled account hashed at an older cost': async (ada) => {
      await setUser(ada.userId, 'password_hash', await oldCostHash(PASSWORD))
      await setUser(ada.userId, 'disabled_at', 1)
      return [ada.email, PASSWORD]
    },
  }

  it.each(Object.keys(setBack))('LOG-01: %s is answered as a wrong password is', async (name) => {
    const ada = await signedInPerson({ mode })
    const [email, password] = (await setBack[name]?.(ada)) ?? []
    const reference = await logIn((await signedInPerson({ mode })).email, 'another password', mode)
    const answer = await logIn(String(email), String(password), mode)
    expectProblem(answer, 401, 'invalid-credentials')
    const untraced = ({ text, body }: Answer) => text.replace(body.instance, '')
    expect(untraced(answer)).toBe(untraced(reference))
    expect([...answer.headers]).toEqual([...reference.headers])
    expect(answer.text).toHaveLength(reference.text.length)
  })

  it.each(Object.keys(setBack))('LOG-02, INC-9: %s costs one hash of the current cost', async (name) => {
    const ada = await signedInPerson({ mode })
    const [email, password] = (await setBack[name]?.(ada)) ?? []
    const iterations = recordPbkdf2()
    expectProblem(await logIn(String(email), String(password), mode), 401, 'invalid-credentials')
    expect(iterations()).toEqual([25_000, 25_000, 25_000, 25_000])
  })

  it('starts no session for whom it refuses', async () => {
    const ada = await signedInPerson({ mode })
    await logIn(ada.email, `${PASSWORD}!`, mode)
    await setUser(ada.userId, 'disabled_at', 1)
    await logIn(ada.email, PASSWORD, mode)
    const open = env.DB.prepare('SELECT count(*) AS n FROM sessions WHERE user_id = ?1').bind(ada.userId)
    expect(await open.first('n')).toBe(1)
  })

  it('signs in again when a disabled account is enabled, with a new session only', async () => {
    const ada = await signedInPerson({ mode })
    await setUser(ada.userId, 'disabled_at', 1)
    await setUser(ada.userId, 'disabled_at', null)
    expect((await ada.signIn()).answer.status).toBe(200)
    expectProblem(await ada.get('/me'), 401, 'session-ended')
  })

  it('LOG-03: ends the session that came with it, and takes no id from the client', async () => {
    const ada = await signedInPerson({ mode: 'session' })
    const planted = `${'A'.repeat(22)}.${'A'.repeat(43)}`
    const headers = { Cookie: `${ada.headers.Cookie}; __Host-session=${planted}` }
    const body = { email: ada.email, password: PASSWORD, mode }
    const answer = await send(deployed, 'POST', '/login', { body, headers })
    expect(answer.status).toBe(200)
    expect([ada.sessionId, 'A'.repeat(22)]).not.toContain(answer.body.session.id)
    for (const cookie of [ada.headers.Cookie ?? '', `__Host-session=${planted}`]) {
      expectProblem(await send(deployed, 'GET', '/me', { headers: { Cookie: cookie } }), 401, 'session-ended')
    }
  })

  it('LOG-03: a refused sign-in ends nothing', async () => {
    const ada = await signedInPerson({ mode: 'session' })
    const body = { email: ada.email, password: `${PASSWORD}!`, mode }
    expectProblem(
      await send(deployed, 'POST', '/login', { body, headers: ada.headers }),
      401,
      'invalid-credentials',
    )
    expect((await ada.get('/me')).status).toBe(200)
  })

  it('is refused for fields it does not have', async () => {
    const answer = await logIn(newEmail(), PASSWORD, mode, { name: 'Ada', session_id: 'A'.repeat(22) })
    expectProblem(answer, 422, 'invalid-input')
    const message =
      'Unknown field. The fields of this body are: email, password, mode, refresh_in, device_token, turnstile_token, return_to.'
    expect(answer.body.errors).toEqual([{ field: '', code: 'unknown', message }])
  })
})

describe('LOG-05: modes do not leak into each other', () => {
  it('session mode: the cookies of session and device, and no token in the body, of register, login and change of password', async () => {
    const ada = await signedInPerson({ mode: 'session' })
    const login = await logIn(ada.email, PASSWORD, 'session')
    const change = await ada.post('/password', {
      current_password: PASSWORD,
      new_password: 'seven quiet minutes at sea',
    })
    for (const answer of [ada.answer, login, change]) {
      expect(Object.keys(answer.cookies).sort()).toEqual(['__Host-device', '__Host-session'])
      expect(answer.cookies['__Host-session']).toMatch(new RegExp(`^${SESSION_TOKEN.source}$`))
      const life = `Max-Age=${30 * 86_400}`
      const expected = ['HttpOnly', life, 'Path=/', 'SameSite=Lax', 'Secure']
      expect(attributes(answer, '__Host-session')).toEqual(expected.sort())
      expect(Object.keys(answer.body).sort()).toEqual(['session', 'user'])
      for (const token of [JWT, REFRESH_TOKEN, SESSION_TOKEN]) expect(answer.text).not.toMatch(token)
    }
  })

  it('token mode: the members of RFC 6749 §5.1, and no cookie at all', async () => {
    const ada = await signedInPerson({ mode: 'token' })
    const login = await logIn(ada.email, PASSWORD, 'token')
    const body = { refresh_token: ada.refreshToken }
    const refresh = await send(deployed, 'POST', '/refresh', { body })
    const again = await logIn(ada.email, PASSWORD, 'token', { refresh_in: 'body' })
    for (const answer of [ada.answer, login, refresh, again]) {
      expect(answer.headers.getSetCookie()).toEqual([])
      expect(answer.body).toMatchObject({
        access_token: expect.stringMatching(new RegExp(`^${JWT.source}$`)),
        token_type: 'Bearer',
        expires_in: 900,
        refresh_token: expect.stringMatching(new RegExp(`^${REFRESH_TOKEN.source}$`)),
        session: { mode: 'token' },
      })
    }
  })

  it('refresh_in: cookie: the refresh token in a strict cookie, and absent from the body', async () => {
    const ada = await signedInPerson({ mode: 'token' })
    const signIn = { email: ada.email, password: PASSWORD, mode: 'token', refresh_in: 'cookie' }
    const register = { ...signIn, email: newEmail() }
    for (const answer of [
      await send(deployed, 'POST', '/login', { body: signIn }),
      await send(deployed, 'POST', '/register', { body: register }),
    ]) {
      expect(Object.keys(answer.cookies).sort()).toEqual(['__Host-device', '__Host-refresh'])
      expect(answer.cookies['__Host-refresh']).toMatch(new RegExp(`^${REFRESH_TOKEN.source}$`))
      const expected = ['HttpOnly', `Max-Age=${30 * 86_400}`, 'Path=/', 'SameSite=Strict', 'Secure']
      expect(attributes(answer, '__Host-refresh')).toEqual(expected.sort())
      expect(answer.body).not.toHaveProperty('refresh_token')
      expect(answer.text).not.toMatch(REFRESH_TOKEN)
      expect(answer.body.access_token).toMatch(JWT)
    }
  })

  it('no body, of any route, holds the cookie of the session', async () => {
    const ada = await signedInPerson({ mode: 'session' })
    const again = await logIn(ada.email, PASSWORD, 'session')
    const secret = ada.headers.Cookie?.split('.')[1] ?? ''
    expect(secret).toHaveLength(43)
    for (const answer of [
      ada.answer,
      again,
      await ada.get('/'),
      await ada.get('/me'),
      await ada.get('/sessions'),
      await ada.patch('/me', { name: 'Ada' }),
      await ada.post('/password', { current_password: `${PASSWORD}!`, new_password: PASSWORD }),
      await ada.post('/logout'),
      await ada.get('/me'),
    ]) {
      expect(answer.text).not.toContain(secret)
      expect(answer.text).not.toMatch(SESSION_TOKEN)
    }
  })

  it('the credential of one mode is none of the other', async () => {
    const [ada, eve] = [await signedInPerson({ mode: 'session' }), await signedInPerson({ mode: 'token' })]
    const cookie = ada.headers.Cookie?.replace('__Host-session=', '') ?? ''
    const asBearer = await send(deployed, 'GET', '/me', { headers: { Authorization: `Bearer ${cookie}` } })
    expectProblem(asBearer, 401, 'invalid-token')
    for (const token of [eve.answer.body.access_token, eve.refreshToken]) {
      const asCookie = await send(deployed, 'GET', '/me', { headers: { Cookie: `__Host-session=${token}` } })
      expectProblem(asCookie, 401, 'session-ended')
    }
    const refreshAsBearer = { Authorization: `Bearer ${eve.refreshToken}` }
    expectProblem(await send(deployed, 'GET', '/me', { headers: refreshAsBearer }), 401, 'invalid-token')
  })
})

it('LOG-06: nobody signs in with a name and a password that services come with', async () => {
  const service = ownService()
  for (const local of ['admin', 'root', 'administrator', 'test', 'user', 'janus']) {
    for (const password of ['admin', 'password', 'changeme', local]) {
      const body = { email: `${local}@example.com`, password }
      expectProblem(await send(service, 'POST', '/login', { body }), 401, 'invalid-credentials')
    }
  }
})
