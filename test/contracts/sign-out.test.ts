import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { type Answer, expectProblem, PASSWORD, type SignedIn, send, signedInPerson } from '../support/person'
import { createPlace, sessionCopy, sessionRow } from '../support/place'
import { deployed, type Service } from '../support/service'

const NEW_PASSWORD = 'a quite different sentence'

function refresh({ refreshToken }: SignedIn, service: Service = deployed): Promise<Answer> {
  return send(service, 'POST', '/refresh', { body: { refresh_token: refreshToken } })
}

/** Asserts that nothing a client was given opens anything any more. */
async function expectOver(client: SignedIn): Promise<void> {
  expectProblem(await client.get('/me'), 401, 'session-ended')
  expectProblem(await client.patch('/me', { name: 'Mallory' }), 401, 'session-ended')
  expectProblem(await client.post('/logout/all'), 401, 'session-ended')
  if (client.mode === 'token') expectProblem(await refresh(client), 401, 'session-ended')
  expect(await sessionCopy(client.sessionId)).toBeNull()
}

async function expectAlive(client: SignedIn): Promise<void> {
  expect((await client.get('/me')).body).toMatchObject({ session: { id: client.sessionId } })
  if (client.mode === 'token') expect((await refresh(client)).status).toBe(200)
}

describe.each(['session', 'token'] as const)('OUT-01: signing out, in %s mode', (mode) => {
  it('ends the session, so that nothing that was kept of it opens anything', async () => {
    const ada = await signedInPerson({ mode })
    expect((await ada.post('/logout')).status).toBe(204)
    expect(await sessionRow(ada.sessionId)).toMatchObject({ end_reason: 'signed-out' })
    await expectOver(ada)
  })

  it('ends it with the tokens of every rotation', async () => {
    const ada = await signedInPerson({ mode: 'token' })
    const rotated = await refresh(ada)
    expect((await ada.post('/logout')).status).toBe(204)
    for (const token of [ada.refreshToken, rotated.body.refresh_token]) {
      const answer = await send(deployed, 'POST', '/refresh', { body: { refresh_token: token } })
      expectProblem(answer, 401, 'session-ended')
    }
    const headers = { Authorization: `Bearer ${rotated.body.access_token}` }
    expectProblem(await send(deployed, 'GET', '/me', { headers }), 401, 'session-ended')
  })

  it('makes the client forget: both cookies, and what it has cached', async () => {
    const ada = await signedInPerson({ mode })
    const out = await ada.post('/logout')
    expect(out.cookies).toEqual({ '__Host-session': '', '__Host-refresh': '' })
    for (const cookie of out.headers.getSetCookie()) {
      expect(cookie).toMatch(/; Max-Age=0; Path=\/; HttpOnly; Secure; SameSite=(Lax|Strict)$/)
    }
    expect(out.headers.get('Clear-Site-Data')).toBe('"cache", "storage"')
    expect(out.text).toBe('')
  })

  it.each(['GET', 'PUT', 'DELETE'])('is POST only: %s signs nobody out', async (method) => {
    const ada = await signedInPerson({ mode })
    const out = await send(deployed, method, '/logout', { headers: ada.headers })
    expect(out.status).toBe(405)
    expect(out.headers.get('Allow')).toContain('POST')
    expect(out.cookies).toEqual({})
    expect(out.headers.get('Clear-Site-Data')).toBeNull()
    await expectAlive(ada)
  })

  it('leaves the other sessions of the account alone', async () => {
    const ada = await signedInPerson({ mode })
    const others = [await ada.signIn({ mode: 'session' }), await ada.signIn({ mode: 'token' })]
    await ada.post('/logout')
    for (const other of others) await expectAlive(other)
  })
})

describe('OUT-02: a session that has ended, while KV still serves its copy', () => {
  it.each([
    ['signed out', '/logout', undefined],
    ['signed out everywhere', '/logout/all', undefined],
    ['after a new password', '/password', { current_password: PASSWORD, new_password: NEW_PASSWORD }],
    ['with its account deleted', '/me/delete', { password: PASSWORD }],
  ])('is refused by every live route and by /me at once: %s', async (_, path, body) => {
    const elsewhere = createPlace()
    const ada = await signedInPerson({ mode: 'session' })
    elsewhere.kv.fallBehind()
    expect((await elsewhere.askApp(ada)).status).toBe(200)
    expect((await ada.post(path, body)).status).toBeLessThan(300)

    const { headers } = ada
    const live = [
      ['GET', '/me'],
      ['PATCH', '/me', { name: 'Mallory' }],
      ['POST', '/me', { name: 'Mallory' }],
      ['POST', '/password', { current_password: PASSWORD, new_password: NEW_PASSWORD }],
      ['POST', '/me/delete', { password: PASSWORD }],
      ['POST', '/logout/all'],
      ['DELETE', `/sessions/${ada.sessionId}`],
      ['POST', `/sessions/${ada.sessionId}/end`],
    ] as const
    for (const [method, route, content] of live) {
      const answer = await send(elsewhere, method, route, { headers, body: content })
      expect(`${method} ${route}: ${answer.status} ${answer.body?.code}`).toBe(
        `${method} ${route}: 401 session-ended`,
      )
    }
    expect((await send(elsewhere, 'GET', '/', { headers })).body).toEqual({ authenticated: false })
    elsewhere.kv.catchUp()
    expectProblem(await elsewhere.askApp(ada), 401, 'session-ended')
  })
})

describe.each(['session', 'token'] as const)('OUT-03: everywhere, in %s mode', (mode) => {
  async function fiveClients() {
    const ada = await signedInPerson({ mode })
    const others = []
    for (const other of ['session', 'session', 'token', 'token'] as const) {
      others.push(await ada.signIn({ mode: other }))
    }
    return { ada, others }
  }

  it('signing out everywhere ends every session, of both modes', async () => {
    const { ada, others } = await fiveClients()
    const bystander = await signedInPerson({ mode })
    const out = await ada.post('/logout/all')
    expect(out.status).toBe(204)
    expect(out.cookies).toEqual({ '__Host-session': '', '__Host-refresh': '' })
    expect(out.headers.get('Clear-Site-Data')).toBe('"cache", "storage"')
    for (const client of [ada, ...others]) await expectOver(client)
    await expectAlive(bystander)
  })

  it('signing out everywhere else keeps the session that does it, and no other', async () => {
    const { ada, others } = await fiveClients()
    const out = await ada.post('/logout/all', { keep_current: true })
    expect(out.status).toBe(204)
    expect(out.cookies).toEqual({})
    expect(out.headers.get('Clear-Site-Data')).toBeNull()
    for (const client of others) await expectOver(client)
    await expectAlive(ada)
  })

  it('a new password ends every session but the one it begins', async () => {
    const { ada, others } = await fiveClients()
    const change = { current_password: PASSWORD, new_password: NEW_PASSWORD }
    const changed = await ada.post('/password', change)
    expect(changed.status).toBe(200)
    for (const client of [ada, ...others]) await expectOver(client)
    const list = await env.DB.prepare('SELECT id, mode FROM sessions WHERE user_id = ?1 AND ended_at IS NULL')
      .bind(ada.userId)
      .all()
    expect(list.results).toEqual([{ id: changed.body.session.id, mode }])
  })

  it.each([
    ['a wrong current password', { current_password: NEW_PASSWORD, new_password: NEW_PASSWORD }],
    ['a new password that is refused', { current_password: PASSWORD, new_password: 'short' }],
  ])('nothing ends with %s', async (_, change) => {
    const { ada, others } = await fiveClients()
    expect((await ada.post('/password', change)).status).toBeGreaterThan(400)
    for (const client of [ada, ...others]) await expectAlive(client)
  })
})

describe.each(['session', 'token'] as const)('OUT-04: an account that goes, in %s mode', (mode) => {
  it('takes everything with it when it is deleted, and its id is not used again', async () => {
    const ada = await signedInPerson({ mode })
    const others = [await ada.signIn({ mode: 'session' }), await ada.signIn({ mode: 'token' })]
    expect((await ada.post('/me/delete', { password: PASSWORD })).status).toBe(204)
    for (const client of [ada, ...others]) await expectOver(client)
    const { email } = ada
    const login = await send(deployed, 'POST', '/login', { body: { email, password: PASSWORD, mode } })
    expectProblem(login, 401, 'invalid-credentials')

    const again = await send(deployed, 'POST', '/register', { body: { email, password: PASSWORD, mode } })
    expect(again.status).toBe(201)
    expect(again.body.user.id).not.toBe(ada.userId)
    for (const client of [ada, ...others]) await expectOver(client)
  })

  it('stays, with its sessions, when the password for deleting it is wrong', async () => {
    const ada = await signedInPerson({ mode })
    expectProblem(await ada.post('/me/delete', { password: NEW_PASSWORD }), 401, 'invalid-credentials')
    await expectAlive(ada)
  })

  it('SES-05, OUT-04: ends every session of both modes when its roles change, and is signed in to with the new ones', async () => {
    const ada = await signedInPerson({ mode })
    const others = [await ada.signIn({ mode: 'session' }), await ada.signIn({ mode: 'token' })]
    const roles = env.DB.prepare(`UPDATE users SET roles = '["editor"]' WHERE id = ?1`).bind(ada.userId)
    await roles.run()
    for (const client of [ada, ...others]) {
      expectProblem(await client.get('/me'), 401, 'session-ended')
      if (client.mode === 'token') expectProblem(await refresh(client), 401, 'session-ended')
    }
    const again = await ada.signIn()
    expect([ada, ...others].map(({ sessionId }) => sessionId)).not.toContain(again.sessionId)
    expect((await again.get('/me')).body.user.roles).toEqual(['editor'])
  })

  it('opens nothing while it is disabled, and old sessions stay over when it is enabled', async () => {
    const ada = await signedInPerson({ mode })
    const { email, userId } = ada
    const set = (sql: string) => env.DB.prepare(`UPDATE users SET ${sql} WHERE id = ?1`).bind(userId).run()
    const login = () => send(deployed, 'POST', '/login', { body: { email, password: PASSWORD, mode } })
    await set('disabled_at = unixepoch()')
    expectProblem(await ada.get('/me'), 401, 'session-ended')
    if (mode === 'token') expectProblem(await refresh(ada), 401, 'session-ended')
    expectProblem(await login(), 401, 'invalid-credentials')

    await set('disabled_at = NULL')
    expectProblem(await ada.get('/me'), 401, 'session-ended')
    if (mode === 'token') expectProblem(await refresh(ada), 401, 'session-ended')
    expect((await login()).status).toBe(200)
  })
})
