import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { createKeyring, type KeyPurpose } from '../../src/crypto/keyring'
import { createRefreshTokens } from '../../src/tokens/refresh-token'
import {
  type Answer,
  expectProblem,
  newEmail,
  PASSWORD,
  type Person,
  read,
  send,
  signedInPerson,
} from '../support/person'
import { deployed, ownService, type Service } from '../support/service'

function refresh(refreshToken: unknown, service: Service = deployed): Promise<Answer> {
  return send(service, 'POST', '/refresh', { body: { refresh_token: refreshToken } })
}

async function postText(text: string, type = 'application/json', query = ''): Promise<Answer> {
  const headers = { 'Content-Type': type }
  const request = new Request(`${deployed.issuer}/refresh${query}`, { method: 'POST', headers, body: text })
  return read(await deployed.fetch(request))
}

/** No refusal moved the session on or ended it: its own token is still the current one. */
async function expectUntouched(ada: Person): Promise<void> {
  const row = env.DB.prepare('SELECT refresh_counter, ended_at FROM sessions WHERE id = ?1').bind(
    ada.sessionId,
  )
  expect(await row.first()).toEqual({ refresh_counter: 0, ended_at: null })
  expect((await refresh(ada.refreshToken)).status).toBe(200)
}

const signedIn = () => signedInPerson({ mode: 'token' })

/** Returns a refresh token as this service would issue it. */
function forge(sessionId: string, counter: number, { secret = env.AUTH_SECRET, issuer = env.ISSUER } = {}) {
  return createRefreshTokens({ keyring: createKeyring([secret]), issuer }).issue({ sessionId, counter })
}

describe('INC-24: odd input', () => {
  it.each([
    ['null', null],
    ['a number', 0],
    ['a boolean', true],
    ['an array', []],
    ['an array of one', ['token']],
    ['an object', {}],
    ['an object that looks like text', { length: 43, toString: 'token' }],
  ])('%s is invalid input', async (_, value) => {
    const answer = await refresh(value)
    expectProblem(answer, 422, 'invalid-input')
    expect(answer.body.errors).toMatchObject([{ field: 'refresh_token', code: 'type' }])
  })

  it.each([
    ['nothing', ''],
    ['an empty object', '{}'],
  ])('%s is asked for a refresh token', async (_, text) => {
    expectProblem(await postText(text), 401, 'authentication-required')
  })

  it.each([
    ['no JSON', '{"refresh_token":', 400, 'invalid-json'],
    ['NaN', '{"refresh_token":NaN}', 400, 'invalid-json'],
    ['the name twice', '{"refresh_token":"a","refresh_token":"b"}', 400, 'invalid-json'],
    ['an array of bodies', '[{"refresh_token":"a"}]', 422, 'invalid-input'],
    ['a text', '"token"', 422, 'invalid-input'],
    ['null', 'null', 422, 'invalid-input'],
    ['another field', '{"token":"a"}', 422, 'invalid-input'],
    ['the grant of RFC 6749', '{"grant_type":"refresh_token","refresh_token":"a"}', 422, 'invalid-input'],
    ['10 MB', `{"refresh_token":"${'A'.repeat(10_000_000)}"}`, 413, 'body-too-large'],
  ])('a body of %s is refused', async (_, text, status, code) => {
    expectProblem(await postText(text), status, code)
  })

  it('takes no token from a form or from the query', async () => {
    const ada = await signedIn()
    const fields = new URLSearchParams({ refresh_token: ada.refreshToken }).toString()
    const form = await postText(fields, 'application/x-www-form-urlencoded')
    expectProblem(form, 415, 'unsupported-media-type')
    expectProblem(
      await postText('{}', 'application/json', `?${fields}&${fields}`),
      401,
      'authentication-required',
    )
    await expectUntouched(ada)
  })
})

describe('INC-25: what is not the token', () => {
  const spoiled: Record<string, (token: string) => readonly string[]> = {
    'every prefix': (token) => Array.from(token, (_, length) => token.slice(0, length)),
    'every suffix': (token) => Array.from(token, (_, start) => token.slice(start + 1)),
    'each character changed': (token) =>
      Array.from(token, (old, at) => `${token.slice(0, at)}${old === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`),
    'another case': (token) => [token.toLowerCase(), token.toUpperCase()],
    'a MAC that is not canonical': (token) =>
      [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_']
        .map((last) => token.slice(0, -1) + last)
        .filter((other) => other !== token),
    'something around it': (token) => [
      ` ${token}`,
      `${token} `,
      `${token}\n`,
      `${token}=`,
      `${token}A`,
      `.${token}`,
      `${token}.`,
      `"${token}"`,
      `${token}.${token}`,
      `${token},${token}`,
      `Bearer ${token}`,
      `${token}\0`,
      `\ufeff${token}`,
    ],
    'another spelling of the counter': (token) =>
      ['00', '+0', '-0', '0.0', '0x0', '0e0', ' 0', '', '\u0660', '\uff10', '1', '-1', '9'.repeat(40)].map(
        (counter) => token.replace('.0.', `.${counter}.`),
      ),
    'another alphabet': (token) => [
      token.replace(/[-_]/g, '+'),
      `${token.slice(0, -1)}/`,
      `${token.slice(0, -1)}é`,
    ],
    'no token at all': () => ['', '.', '..', '...', 'null', 'undefined', '[object Object]', 'a.0.b', '🦉'],
  }

  it.each(Object.keys(spoiled))('%s: refused, and the session is untouched', async (name) => {
    const ada = await signedIn()
    const texts = spoiled[name]?.(ada.refreshToken).filter((text) => text !== ada.refreshToken) ?? []
    expect(texts.length).toBeGreaterThan(0)
    for (const text of texts) expectProblem(await refresh(text), 401, 'invalid-token')
    await expectUntouched(ada)
  })

  it("REF-01: the MAC binds it to its session: another's id with one's own MAC is refused", async () => {
    const [ada, eve] = [await signedIn(), await signedIn()]
    expectProblem(await refresh(eve.refreshToken.replace(eve.sessionId, ada.sessionId)), 401, 'invalid-token')
    await expectUntouched(ada)
  })

  it('REF-01: the MAC binds it to the issuer', async () => {
    const ada = await signedIn()
    expect(await forge(ada.sessionId, 0)).toBe(ada.refreshToken)
    const issuer = 'https://other.example.com'
    expectProblem(await refresh(await forge(ada.sessionId, 0, { issuer })), 401, 'invalid-token')
    expectProblem(await refresh(ada.refreshToken, ownService({ ISSUER: issuer })), 401, 'invalid-token')
    await expectUntouched(ada)
  })

  it('REF-01: no other secret and no key of another purpose makes it', async () => {
    const ada = await signedIn()
    const secret = 'S3kN0vQ8rLhYtBzXwPmC5uJfGd1aEoIi7RnVyHqTbM2'
    expectProblem(await refresh(await forge(ada.sessionId, 0, { secret })), 401, 'invalid-token')
    for (const purpose of ['access-token', 'password-pepper'] as const satisfies readonly KeyPurpose[]) {
      const { key } = await createKeyring([env.AUTH_SECRET]).newest(purpose)
      const text = new TextEncoder().encode(`${env.ISSUER}\n${ada.sessionId}.0`)
      const mac = new Uint8Array(await crypto.subtle.sign('HMAC', key, text))
      const token = `${ada.sessionId}.0.${mac.toBase64({ alphabet: 'base64url', omitPadding: true })}`
      expectProblem(await refresh(token), 401, 'invalid-token')
    }
    await expectUntouched(ada)
  })

  it('REF-01: a secret that was rotated is honoured while it is listed, and the successor has the new one', async () => {
    const ada = await signedIn()
    const newest = 'S3kN0vQ8rLhYtBzXwPmC5uJfGd1aEoIi7RnVyHqTbM2'
    expectProblem(await refresh(ada.refreshToken, ownService({ AUTH_SECRET: newest })), 401, 'invalid-token')
    const both = ownService({ AUTH_SECRET: `${newest},${env.AUTH_SECRET}` })
    const answer = await refresh(ada.refreshToken, both)
    expect(answer.body.refresh_token).toBe(await forge(ada.sessionId, 1, { secret: newest }))
  })

  it('a genuine MAC alone is not enough: unknown sessions and counters not reached yet are refused', async () => {
    const ada = await signedIn()
    expectProblem(await refresh(await forge('A'.repeat(22), 0)), 401, 'session-ended')
    for (const counter of [1, 2, 9_999_999_999]) {
      expectProblem(await refresh(await forge(ada.sessionId, counter)), 401, 'session-ended')
    }
    await expectUntouched(ada)
  })

  it('INC-21: the credential of a session in session mode refreshes nothing', async () => {
    const ada = await signedInPerson({ mode: 'session' })
    const cookie = ada.headers.Cookie?.replace('__Host-session=', '')
    expectProblem(await refresh(cookie), 401, 'invalid-token')
    const headers = { Cookie: `__Host-refresh=${cookie}` }
    expectProblem(await send(deployed, 'POST', '/refresh', { headers }), 401, 'invalid-token')
    expectProblem(
      await send(deployed, 'POST', '/refresh', { headers: ada.headers }),
      401,
      'authentication-required',
    )
    // Not even with a MAC: such a session has no counter.
    expectProblem(await refresh(await forge(ada.sessionId, 0)), 401, 'session-ended')
    expect((await ada.get('/me')).status).toBe(200)
  })

  it('INC-7: an access token is no refresh token', async () => {
    const ada = await signedIn()
    expectProblem(await refresh(ada.answer.body.access_token), 401, 'invalid-token')
    expectProblem(
      await send(deployed, 'POST', '/refresh', { headers: ada.headers }),
      401,
      'authentication-required',
    )
    await expectUntouched(ada)
  })
})

describe('the cookie form', () => {
  async function signedInWithCookie(): Promise<{ sessionId: string; cookie: string }> {
    const body = { email: newEmail(), password: PASSWORD, mode: 'token', refresh_in: 'cookie' }
    const answer = await send(deployed, 'POST', '/register', { body })
    return { sessionId: answer.body.session.id, cookie: `__Host-refresh=${answer.cookies['__Host-refresh']}` }
  }
  const refreshCookie = (Cookie: string) => send(deployed, 'POST', '/refresh', { headers: { Cookie } })

  it('takes the cookie and gives the successor in the cookie, not in the body', async () => {
    const { cookie } = await signedInWithCookie()
    const answer = await refreshCookie(cookie)
    expect(answer.status).toBe(200)
    expect(answer.body).not.toHaveProperty('refresh_token')
    const [set = ''] = answer.headers.getSetCookie()
    expect(set).toMatch(/^__Host-refresh=[\w-]{22}\.1\.[\w-]{43}; /)
    for (const attribute of ['HttpOnly', 'Secure', 'SameSite=Strict', 'Path=/'])
      expect(set).toContain(attribute)
    const headers = { Authorization: `Bearer ${answer.body.access_token}` }
    expect((await send(deployed, 'GET', '/me', { headers })).status).toBe(200)
    expect((await refreshCookie(`__Host-refresh=${answer.cookies['__Host-refresh']}`)).status).toBe(200)
  })

  it('REF-02: a reused one is refused, and the cookie left alone: it may hold a newer one by now', async () => {
    const { cookie } = await signedInWithCookie()
    const r2 = `__Host-refresh=${(await refreshCookie(cookie)).cookies['__Host-refresh']}`
    await refreshCookie(r2)
    const later = ownService()
    later.ahead = 60
    const replay = await send(later, 'POST', '/refresh', { headers: { Cookie: cookie } })
    expectProblem(replay, 401, 'refresh-token-reused')
    expect(replay.cookies).toEqual({})
    expectProblem(await refreshCookie(r2), 401, 'session-ended')
  })

  it('none at all is answered 204 where it was asked whether there is one, and 401 otherwise', async () => {
    expectProblem(await send(deployed, 'POST', '/refresh', { body: {} }), 401, 'authentication-required')
    expectProblem(
      await send(deployed, 'POST', '/refresh', { body: { if_present: false } }),
      401,
      'authentication-required',
    )
    const answer = await send(deployed, 'POST', '/refresh', { body: { if_present: true } })
    expect([answer.status, answer.text]).toEqual([204, ''])
  })

  it('one that is refused stays refused where it was asked whether there is one', async () => {
    const headers = { Cookie: '__Host-refresh=none' }
    const answer = await send(deployed, 'POST', '/refresh', { headers, body: { if_present: true } })
    expectProblem(answer, 401, 'invalid-token')
  })

  it('two cookies of the name are refused, and neither is used', async () => {
    const [mine, planted] = [await signedInWithCookie(), await signedInWithCookie()]
    expectProblem(await refreshCookie(`${mine.cookie}; ${planted.cookie}`), 401, 'invalid-token')
    for (const { cookie } of [mine, planted]) {
      expect((await refreshCookie(cookie)).cookies['__Host-refresh']).toMatch(/\.1\./)
    }
  })

  it('a page of another site cannot refresh', async () => {
    const { cookie } = await signedInWithCookie()
    const headers = { Cookie: cookie, 'Sec-Fetch-Site': 'same-site' }
    const answer = await send(deployed, 'POST', '/refresh', { headers })
    expectProblem(answer, 403, 'cross-site-request')
    expect((await refreshCookie(cookie)).cookies['__Host-refresh']).toMatch(/\.1\./)
  })
})
