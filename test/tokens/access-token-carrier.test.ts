import { describe, expect, it } from 'vitest'
import { createForge, decodeBytes, encodePart } from '../support/forge'
import { expectProblem, type Person, read, send, signedInPerson } from '../support/person'
import { deployed, ownService } from '../support/service'

const challenge = 'WWW-Authenticate'

async function expectStillSignedIn(person: Person): Promise<void> {
  expect(await person.get('/me')).toMatchObject({ status: 200, body: { session: { id: person.sessionId } } })
}

describe('TOK-11: a bearer token travels in Authorization, after Bearer, and nowhere else', () => {
  it.each([
    ['query of RFC 6750 §2.3', (token: string) => ({ path: `?access_token=${token}`, headers: {} })],
    ['query named token', (token: string) => ({ path: `?token=${token}`, headers: {} })],
    [
      'query named Authorization',
      (token: string) => ({ path: `?Authorization=Bearer%20${token}`, headers: {} }),
    ],
    [
      'cookie named access_token',
      (token: string) => ({ path: '', headers: { Cookie: `access_token=${token}` } }),
    ],
    ['header X-Access-Token', (token: string) => ({ path: '', headers: { 'X-Access-Token': token } })],
    [
      'header Proxy-Authorization',
      (token: string) => ({ path: '', headers: { 'Proxy-Authorization': `Bearer ${token}` } }),
    ],
    [
      'header X-Forwarded-Authorization',
      (token: string) => ({ path: '', headers: { 'X-Forwarded-Authorization': `Bearer ${token}` } }),
    ],
  ])('does not read the %s', async (_, place) => {
    const person = await signedInPerson({ mode: 'token' })
    const { path, headers } = place(person.answer.body.access_token)
    const me = await send(deployed, 'GET', `/me${path}`, { headers })
    expectProblem(me, 401, 'authentication-required')
    expect(me.headers.get(challenge)).toBe('Bearer')
    expectProblem(await send(deployed, 'POST', `/logout${path}`, { headers }), 401, 'authentication-required')
    expect(await send(deployed, 'GET', `/${path}`, { headers })).toMatchObject({
      body: { authenticated: false },
    })
    await expectStillSignedIn(person)
  })

  it.each(['__Host-session', '__Host-refresh'])('does not read the cookie %s', async (name) => {
    const person = await signedInPerson({ mode: 'token' })
    const headers = { Cookie: `${name}=${person.answer.body.access_token}` }
    const code = name === '__Host-session' ? 'session-ended' : 'authentication-required'
    expectProblem(await send(deployed, 'GET', '/me', { headers }), 401, code)
    expectProblem(await send(deployed, 'POST', '/logout/all', { headers }), 401, code)
    // To sign out it is the cookie of a session that is over.
    expect((await send(deployed, 'POST', '/logout', { headers })).status).toBe(204)
    await expectStillSignedIn(person)
  })

  it.each(['application/x-www-form-urlencoded', 'application/json'])(
    'does not read a field of %s',
    async (type) => {
      const person = await signedInPerson({ mode: 'token' })
      const { access_token } = person.answer.body
      const isForm = type !== 'application/json'
      const request = new Request(`${deployed.issuer}/logout/all`, {
        method: 'POST',
        headers: { 'Content-Type': type },
        body: isForm ? `access_token=${access_token}` : JSON.stringify({ access_token }),
      })
      const answer = await read(await deployed.fetch(request))
      expectProblem(answer, 401, 'authentication-required')
      expect(answer.headers.get(challenge)).toBe('Bearer')
      await expectStillSignedIn(person)
    },
  )

  it.each([
    ['another scheme, Basic', (token: string) => `Basic ${token}`],
    ['another scheme, Token', (token: string) => `Token ${token}`],
    ['another scheme, JWT', (token: string) => `JWT ${token}`],
    ['another scheme, DPoP', (token: string) => `DPoP ${token}`],
    ['a longer scheme', (token: string) => `Bearers ${token}`],
    ['no scheme', (token: string) => token],
    ['the scheme alone', () => 'Bearer'],
    ['the scheme and a space', () => 'Bearer '],
    ['no space', (token: string) => `Bearer${token}`],
    ['a tab', (token: string) => `Bearer\t${token}`],
    ['a colon', (token: string) => `Bearer: ${token}`],
    ['an equals sign', (token: string) => `Bearer=${token}`],
    ['quotes', (token: string) => `Bearer "${token}"`],
    ['a parameter', (token: string) => `Bearer token=${token}`],
    ['two tokens', (token: string) => `Bearer ${token} ${token}`],
    ['two tokens with a comma', (token: string) => `Bearer ${token},${token}`],
    ['a comma after it', (token: string) => `Bearer ${token},`],
    ['the scheme twice', (token: string) => `Bearer Bearer ${token}`],
    ['Basic in the same field', (token: string) => `Basic dTpw, Bearer ${token}`],
  ])('refuses a header of %s', async (_, field) => {
    const person = await signedInPerson({ mode: 'token' })
    const headers = { Authorization: field(person.answer.body.access_token) }
    for (const [method, path] of [
      ['GET', '/me'],
      ['GET', '/'],
      ['POST', '/logout'],
    ] as const) {
      const answer = await send(deployed, method, path, { headers })
      expectProblem(answer, 401, 'invalid-token')
      expect(answer.headers.get(challenge)).toBe('Bearer error="invalid_token"')
    }
    await expectStillSignedIn(person)
  })

  it('refuses an empty header as bad, unless the runtime has dropped it: then nothing was sent', async () => {
    const headers = { Authorization: '' }
    expectProblem(await send(ownService(), 'GET', '/me', { headers }), 401, 'invalid-token')
    expectProblem(await send(deployed, 'GET', '/me', { headers }), 401, 'authentication-required')
  })

  it('refuses two Authorization headers, the same or another', async () => {
    const person = await signedInPerson({ mode: 'token' })
    const { access_token } = person.answer.body
    for (const other of [`Bearer ${access_token}`, 'Bearer x', 'Basic dTpw', '']) {
      const headers = new Headers({ Authorization: `Bearer ${access_token}` })
      headers.append('Authorization', other)
      const request = new Request(`${deployed.issuer}/me`, { headers })
      expectProblem(await read(await deployed.fetch(request)), 401, 'invalid-token')
    }
    await expectStillSignedIn(person)
  })

  it.each(['bearer', 'BEARER', 'bEaReR'])(
    'knows the scheme as %s, as RFC 9110 §11.1 has it',
    async (scheme) => {
      const person = await signedInPerson({ mode: 'token' })
      const headers = { Authorization: `${scheme} ${person.answer.body.access_token}` }
      expect((await send(deployed, 'GET', '/me', { headers })).status).toBe(200)
    },
  )
})

describe('TOK-11: the challenge tells what was wrong, and of nothing sent it says nothing', () => {
  it('is bare when nothing was presented', async () => {
    const answer = await send(deployed, 'GET', '/me')
    expectProblem(answer, 401, 'authentication-required')
    expect(answer.headers.get(challenge)).toBe('Bearer')
  })

  it('names invalid_token when the token was bad, had expired, or its session had ended', async () => {
    const person = await signedInPerson({ mode: 'token' })
    const expired = await (await createForge(person)).signClaims({ exp: 1 })
    expect((await person.post('/logout')).status).toBe(204)
    for (const [token, code] of [
      ['x', 'invalid-token'],
      [expired, 'token-expired'],
      [person.answer.body.access_token, 'session-ended'],
    ]) {
      const answer = await send(deployed, 'GET', '/me', { headers: { Authorization: `Bearer ${token}` } })
      expectProblem(answer, 401, code)
      expect(answer.headers.get(challenge)).toBe('Bearer error="invalid_token"')
    }
  })

  it('is bare when a cookie was bad: no token was presented', async () => {
    const person = await signedInPerson({ mode: 'session' })
    expect((await person.post('/logout')).status).toBe(204)
    const answer = await person.get('/me')
    expectProblem(answer, 401, 'session-ended')
    expect(answer.headers.get(challenge)).toBe('Bearer')
  })
})

describe('TOK-06: one kind of token is no other', () => {
  it('refuses the access token where a refresh token is expected', async () => {
    const person = await signedInPerson({ mode: 'token' })
    const { access_token, refresh_token } = person.answer.body
    const inBody = await send(deployed, 'POST', '/refresh', { body: { refresh_token: access_token } })
    expectProblem(inBody, 401, 'invalid-token')
    const headers = { Cookie: `__Host-refresh=${access_token}` }
    expectProblem(await send(deployed, 'POST', '/refresh', { headers }), 401, 'invalid-token')
    // The refresh token beside it is not used up.
    expect((await send(deployed, 'POST', '/refresh', { body: { refresh_token } })).status).toBe(200)
  })

  it('refuses the access token alone, as bearer, at /refresh', async () => {
    const person = await signedInPerson({ mode: 'token' })
    expectProblem(await person.post('/refresh'), 401, 'authentication-required')
    await expectStillSignedIn(person)
  })

  it('refuses a session cookie as refresh token and a refresh token as session cookie', async () => {
    const [session, token] = [
      await signedInPerson({ mode: 'session' }),
      await signedInPerson({ mode: 'token' }),
    ]
    const value = session.answer.cookies['__Host-session']
    const refresh = await send(deployed, 'POST', '/refresh', { body: { refresh_token: value } })
    expectProblem(refresh, 401, 'invalid-token')
    const headers = { Cookie: `__Host-session=${token.refreshToken}` }
    expectProblem(await send(deployed, 'GET', '/me', { headers }), 401, 'session-ended')
    await expectStillSignedIn(session)
    await expectStillSignedIn(token)
  })
})

describe('TOK-10: a token whose session has ended has no twin that works', () => {
  /** The order of P-256 (FIPS 186-4 D.1.2.3). */
  const N = BigInt('0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551')

  /** Returns the other signature, (r, n - s), that verifies for the same text. */
  function twinOf(token: string): string {
    const [header, claims, signature = ''] = token.split('.')
    const bytes = decodeBytes(signature)
    const s = N - BigInt(`0x${bytes.slice(32).toHex()}`)
    bytes.set(Uint8Array.fromHex(s.toString(16).padStart(64, '0')), 32)
    return `${header}.${claims}.${encodePart(bytes)}`
  }

  it('refuses the twin (r, n - s) of the token, as it refuses the token', async () => {
    const person = await signedInPerson({ mode: 'token' })
    const twin = twinOf(person.answer.body.access_token)
    const headers = { Authorization: `Bearer ${twin}` }
    // It does verify: what refuses it afterwards is not its signature.
    expect((await send(deployed, 'GET', '/me', { headers })).status).toBe(200)
    expect((await person.post('/logout')).status).toBe(204)
    expectProblem(await person.get('/me'), 401, 'session-ended')
    for (const [method, path] of [
      ['GET', '/me'],
      ['GET', '/'],
      ['POST', '/logout/all'],
    ] as const) {
      expectProblem(await send(deployed, method, path, { headers }), 401, 'session-ended')
    }
    expectProblem(
      await send(deployed, 'PATCH', '/me', { headers, body: { name: 'Eve' } }),
      401,
      'session-ended',
    )
    expect(await (await person.signIn()).get('/me')).toMatchObject({ body: { user: { name: null } } })
  })
})
