import { describe, expect, it } from 'vitest'
import {
  type Answer,
  expectProblem,
  newAddress,
  newEmail,
  PASSWORD,
  read,
  send,
  signedInPerson,
} from '../support/person'
import { deployed, ownService, type Service } from '../support/service'

/** Posts as a page of Janus's own does. */
async function submit(
  path: string,
  fields: Record<string, string> | string,
  { service = deployed, headers = {} }: { service?: Service; headers?: Record<string, string> } = {},
): Promise<Answer> {
  const request = new Request(`${service.issuer}${path}`, {
    method: 'POST',
    headers: {
      'CF-Connecting-IP': newAddress(),
      'Content-Type': 'application/x-www-form-urlencoded',
      'Sec-Fetch-Site': 'same-origin',
      ...headers,
    },
    body: new URLSearchParams(fields),
    redirect: 'manual',
  })
  return read(await service.fetch(request))
}

/** A form is answered with an empty page elsewhere, never with JSON. */
function expectRedirect(answer: Answer, location: string): void {
  expect({ status: answer.status, location: answer.headers.get('Location') }, answer.text).toEqual({
    status: 303,
    location,
  })
  expect(answer.text).toBe('')
}

/** Lists some values that leave the origin, or would in some browser or proxy. test/http/return-to.test.ts has all of them. */
const FOREIGN = [
  '//evil.example',
  'https://evil.example/',
  '/\\evil.example',
  '/\t/evil.example',
  'javascript:alert(1)',
]

/** Returns the cookie of a form's sign-in, as a client would send it. */
function cookieOf(answer: Answer): { Cookie: string } {
  return { Cookie: `__Host-session=${answer.cookies['__Host-session']}` }
}

describe('signing in with a form', () => {
  it('POST /register: a cookie, and 303 to return_to', async () => {
    const email = newEmail()
    const answer = await submit('/register', {
      email,
      password: PASSWORD,
      name: 'Ada',
      return_to: '/account?new=1',
    })
    expectRedirect(answer, '/account?new=1')
    const me = await send(deployed, 'GET', '/me', { headers: cookieOf(answer) })
    expect(me.body.user).toMatchObject({ email, name: 'Ada' })
  })

  it('POST /login: a cookie, and 303 to return_to', async () => {
    const ada = await signedInPerson({ mode: 'session' })
    const answer = await submit('/login', { email: ada.email, password: PASSWORD, return_to: '/account' })
    expectRedirect(answer, '/account')
    expect(Object.keys(answer.cookies).sort()).toEqual(['__Host-device', '__Host-session'])
    const me = await send(deployed, 'GET', '/me', { headers: cookieOf(answer) })
    expect(me.body.user.id).toBe(ada.userId)
  })

  it('REG-05: takes an address with the blanks that keyboards add, and one with two dots', async () => {
    const email = newEmail().replace('-', '..')
    expectRedirect(await submit('/register', { email: ` ${email}\u3000`, password: PASSWORD }), '/')
    const answer = await submit('/login', { email: `${email}\u00a0 `, password: PASSWORD })
    expectRedirect(answer, '/')
    const me = await send(deployed, 'GET', '/me', { headers: cookieOf(answer) })
    expect(me.body.user.email).toBe(email)
  })

  it('without return_to goes to the page of the issuer, which knows who signed in', async () => {
    for (const [issuer, page] of [
      ['https://auth.example.com', '/'],
      ['https://example.com/auth', '/auth/'],
    ] as const) {
      const service = ownService({ ISSUER: issuer })
      const email = newEmail()
      const answer = await submit('/register', { email, password: PASSWORD }, { service })
      expectRedirect(answer, page)
      const headers = { ...cookieOf(answer), Accept: 'text/html' }
      const landed = await service.fetch(new Request(new URL(page, issuer), { headers }))
      expect(landed.status).toBe(200)
      expect(await landed.text()).toContain(`Signed in as ${email}.`)
    }
  })

  it('without return_to goes to the app, and so do sign-out and deletion; to a listed origin if asked', async () => {
    const APP_URL = 'https://app.example.com/start'
    const service = ownService({ APP_URL, ALLOWED_ORIGINS: 'https://shop.example.com' })
    const fields = { email: newEmail(), password: PASSWORD }
    expectRedirect(await submit('/register', fields, { service }), APP_URL)
    for (const return_to of [`https://shop.example.com/cart?id=7`, 'https://app.example.com/x', '/account']) {
      expectRedirect(await submit('/login', { ...fields, return_to }, { service }), return_to)
    }
    for (const return_to of [...FOREIGN, 'https://shop.example.com.evil.example/']) {
      expectRedirect(await submit('/login', { ...fields, return_to }, { service }), APP_URL)
    }
    const out = await submit('/login', fields, { service })
    expectRedirect(await submit('/logout', {}, { service, headers: cookieOf(out) }), APP_URL)
    const end = await submit('/login', fields, { service })
    const { password } = fields
    expectRedirect(await submit('/me/delete', { password }, { service, headers: cookieOf(end) }), APP_URL)
  })

  it.each(FOREIGN)('INC-28: does not go to %j', async (return_to) => {
    const ada = await signedInPerson({ mode: 'session' })
    const login = await submit('/login', { email: ada.email, password: PASSWORD, return_to })
    expectRedirect(login, '/')
    expectRedirect(await submit('/register', { email: newEmail(), password: PASSWORD, return_to }), '/')
    expectRedirect(await submit('/me', { name: 'Ada', return_to }, { headers: cookieOf(login) }), '/')
    const other = await ada.signIn()
    const end = `/sessions/${other.sessionId}/end`
    expectRedirect(await submit(end, { return_to }, { headers: cookieOf(login) }), '/')
    expectRedirect(await submit('/logout', { return_to }, { headers: cookieOf(login) }), '/')
  })

  it('INC-28: a refused form goes nowhere, wherever it asked to go', async () => {
    const answer = await submit('/login', { email: newEmail(), password: PASSWORD, return_to: '/account' })
    expectProblem(answer, 401, 'invalid-credentials')
    expect(answer.headers.get('Location')).toBeNull()
    expect(answer.cookies).toEqual({})
  })

  it('gets no token, for a redirect has no body to carry one', async () => {
    const ada = await signedInPerson({ mode: 'session' })
    const fields = { email: ada.email, password: PASSWORD }
    for (const asked of [{ mode: 'token' }, { mode: 'token', refresh_in: 'cookie' }]) {
      expectProblem(await submit('/login', { ...fields, ...asked }), 422, 'mode-not-offered')
    }
    const tokensOnly = ownService({ AUTH_MODE: 'token' })
    expectProblem(await submit('/login', fields, { service: tokensOnly }), 422, 'mode-not-offered')
  })

  it('reads the password as it was typed: plus, percent, ampersand and accents', async () => {
    const email = newEmail()
    const password = 'a+b %41&c=d é kdjwq'
    expectRedirect(await submit('/register', { email, password }), '/')
    const body = { email, password }
    expect((await send(deployed, 'POST', '/login', { body })).status).toBe(200)
    expectProblem(
      await submit('/login', { email, password: password.replace('+', ' ') }),
      401,
      'invalid-credentials',
    )
  })

  it('INC-24: a field given twice is refused', async () => {
    const ada = await signedInPerson({ mode: 'session' })
    const fields = new URLSearchParams({ email: ada.email, password: PASSWORD })
    fields.append('email', newEmail())
    const answer = await submit('/login', fields.toString())
    expectProblem(answer, 422, 'invalid-input')
    // It does not say which: the name is the client's own.
    expect(answer.body.errors).toMatchObject([{ field: '', code: 'duplicate' }])
    expect(answer.cookies).toEqual({})
  })

  it('a page of another site cannot sign anyone in or up', async () => {
    const ada = await signedInPerson({ mode: 'session' })
    const email = newEmail()
    const headers = { 'Sec-Fetch-Site': 'cross-site' }
    const login = await submit('/login', { email: ada.email, password: PASSWORD }, { headers })
    expectProblem(login, 403, 'cross-site-request')
    expect(login.cookies).toEqual({})
    expectProblem(
      await submit('/register', { email, password: PASSWORD }, { headers }),
      403,
      'cross-site-request',
    )
    const body = { email, password: PASSWORD }
    expectProblem(await send(deployed, 'POST', '/login', { body }), 401, 'invalid-credentials')
  })
})

describe('the form twins', () => {
  it('POST /me renames as PATCH /me does, and goes to return_to', async () => {
    const ada = await signedInPerson({ mode: 'session' })
    const { headers } = ada
    expectRedirect(
      await submit('/me', { name: ' Ada Lovelace ', return_to: '/account' }, { headers }),
      '/account',
    )
    expect((await ada.get('/me')).body.user.name).toBe('Ada Lovelace')
    expectRedirect(await submit('/me', { name: '' }, { headers }), '/')
    expect((await ada.get('/me')).body.user.name).toBeNull()
  })

  it('POST /sessions/:id/end ends one as DELETE /sessions/:id does', async () => {
    const ada = await signedInPerson({ mode: 'session' })
    const { headers } = ada
    const other = await ada.signIn({ mode: 'token' })
    const ended = await submit(`/sessions/${other.sessionId}/end`, { return_to: '/account' }, { headers })
    expectRedirect(ended, '/account')
    expect(ended.cookies).toEqual({})
    expectProblem(await other.get('/me'), 401, 'session-ended')
    const again = await submit(`/sessions/${other.sessionId}/end`, {}, { headers })
    expectProblem(again, 404, 'not-found')
  })

  it('POST /sessions/:id/end: ending the current one clears its cookie', async () => {
    const ada = await signedInPerson({ mode: 'session' })
    const ended = await submit(`/sessions/${ada.sessionId}/end`, {}, { headers: ada.headers })
    expectRedirect(ended, '/')
    expect(ended.cookies['__Host-session']).toBe('')
    expectProblem(await ada.get('/me'), 401, 'session-ended')
  })

  it("POST /sessions/:id/end: another's session is not found, and lives on", async () => {
    const [ada, eve] = [await signedInPerson({ mode: 'session' }), await signedInPerson({ mode: 'session' })]
    const answer = await submit(`/sessions/${ada.sessionId}/end`, {}, { headers: eve.headers })
    expectProblem(answer, 404, 'not-found')
    expect((await ada.get('/me')).status).toBe(200)
  })

  it('POST /logout: 303, the cookie cleared, the session over', async () => {
    const ada = await signedInPerson({ mode: 'session' })
    const answer = await submit('/logout', { return_to: '/bye' }, { headers: ada.headers })
    expectRedirect(answer, '/bye')
    expect(answer.cookies['__Host-session']).toBe('')
    expectProblem(await ada.get('/me'), 401, 'session-ended')
  })

  it('POST /password: 303, a new cookie, the new password in force', async () => {
    const ada = await signedInPerson({ mode: 'session' })
    const fields = { current_password: PASSWORD, new_password: 'seven quiet minutes', return_to: '/done' }
    const answer = await submit('/password', fields, { headers: ada.headers })
    expectRedirect(answer, '/done')
    expect((await send(deployed, 'GET', '/me', { headers: cookieOf(answer) })).status).toBe(200)
    expectProblem(await ada.get('/me'), 401, 'session-ended')
    await ada.signIn({ password: 'seven quiet minutes' })
  })

  it('POST /logout/all: 303; with keep_current this session goes on', async () => {
    const ada = await signedInPerson({ mode: 'session' })
    const other = await ada.signIn()
    const fields = { keep_current: 'true', return_to: '/done' }
    expectRedirect(await submit('/logout/all', fields, { headers: ada.headers }), '/done')
    expectProblem(await other.get('/me'), 401, 'session-ended')
    expect((await ada.get('/me')).status).toBe(200)

    const all = await submit('/logout/all', {}, { headers: ada.headers })
    expectRedirect(all, '/')
    expect(all.cookies['__Host-session']).toBe('')
    expectProblem(await ada.get('/me'), 401, 'session-ended')
  })

  it('POST /me/delete: 303, and the account is gone', async () => {
    const ada = await signedInPerson({ mode: 'session' })
    const answer = await submit(
      '/me/delete',
      { password: PASSWORD, return_to: '/bye' },
      { headers: ada.headers },
    )
    expectRedirect(answer, '/bye')
    expect(answer.cookies['__Host-session']).toBe('')
    const body = { email: ada.email, password: PASSWORD }
    expectProblem(await send(deployed, 'POST', '/login', { body }), 401, 'invalid-credentials')
  })

  it('POST /refresh takes JSON only', async () => {
    const ada = await signedInPerson({ mode: 'session' })
    const refusal = await submit('/refresh', { refresh_token: 'x' }, { headers: ada.headers })
    expectProblem(refusal, 415, 'unsupported-media-type')
    expect((await ada.get('/me')).status).toBe(200)
  })
})

describe.each(['session', 'token'] as const)('the twins with JSON, in %s mode', (mode) => {
  it('POST /me answers as PATCH /me does', async () => {
    const ada = await signedInPerson({ mode })
    const patched = await ada.patch('/me', { name: 'Ada' })
    const posted = await ada.post('/me', { name: 'Ada' })
    expect(patched.status).toBe(200)
    expect(posted.body).toEqual(patched.body)
    expect(posted.body.user).toMatchObject({ id: ada.userId, name: 'Ada' })
  })

  it('POST /sessions/:id/end answers as DELETE /sessions/:id does', async () => {
    const ada = await signedInPerson({ mode })
    for (const end of [
      (id: string) => ada.post(`/sessions/${id}/end`),
      (id: string) => ada.delete(`/sessions/${id}`),
    ]) {
      const other = await ada.signIn()
      expect((await end(other.sessionId)).status).toBe(204)
      expectProblem(await other.get('/me'), 401, 'session-ended')
    }
  })
})
