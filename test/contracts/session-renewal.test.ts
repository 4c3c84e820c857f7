import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import {
  type Answer,
  clientOf,
  expectProblem,
  newEmail,
  PASSWORD,
  type Person,
  send,
  signedInPerson,
} from '../support/person'
import { createPlace, sessionCopy, sessionRow } from '../support/place'
import { deployed, type Service } from '../support/service'

const NEW_PASSWORD = 'a quite different sentence'
const CHANGE = { current_password: PASSWORD, new_password: NEW_PASSWORD }
const MADE_UP = `${'f'.repeat(22)}.${'A'.repeat(43)}`

function signInWith(
  { email }: Person,
  cookie: string,
  body: Record<string, unknown>,
  service: Service = deployed,
): Promise<Answer> {
  return send(service, 'POST', '/login', {
    headers: { Cookie: cookie },
    body: { email, password: PASSWORD, ...body },
  })
}

/** Signs in as a single-page app does; gives the cookie with the refresh token, and the session. */
async function refreshCookie(person: Person): Promise<{ cookie: string; sessionId: string }> {
  const { email } = person
  const body = { email, password: PASSWORD, mode: 'token', refresh_in: 'cookie' }
  const answer = await send(deployed, 'POST', '/login', { body })
  return { cookie: `__Host-refresh=${answer.cookies['__Host-refresh']}`, sessionId: answer.body.session.id }
}

describe.each(['session', 'token'] as const)('LOG-03: signing in, in %s mode', (mode) => {
  it('begins a new session and ends the one whose cookie came along', async () => {
    const ada = await signedInPerson({ mode: 'session' })
    const again = await signInWith(ada, ada.headers.Cookie ?? '', { mode })
    expect(again.status).toBe(200)
    expect(again.body.session.id).not.toBe(ada.sessionId)
    expect(await sessionRow(ada.sessionId)).toMatchObject({ end_reason: 'replaced-by-sign-in' })
    expect(await sessionCopy(ada.sessionId)).toBeNull()
    expectProblem(await ada.get('/me'), 401, 'session-ended')
    expect((await clientOf(deployed, mode, again).get('/me')).status).toBe(200)
  })

  it('reads no more than four cookies of a name, whatever was planted', async () => {
    const ada = await signedInPerson({ mode: 'session' })
    const own = [ada]
    while (own.length < 6) own.push({ ...ada, ...(await ada.signIn({ mode: 'session' })) })
    const cookies = own.map(({ headers }) => headers.Cookie).join('; ')
    expect((await signInWith(ada, cookies, { mode })).status).toBe(200)
    const rows = await Promise.all(own.map(({ sessionId }) => sessionRow(sessionId)))
    expect(rows.map((row) => row?.end_reason ?? null)).toEqual([
      ...Array(4).fill('replaced-by-sign-in'),
      null,
      null,
    ])
  })

  it('ends the session whose refresh cookie came along', async () => {
    const ada = await signedInPerson({ mode: 'session' })
    const { cookie, sessionId } = await refreshCookie(ada)
    expect((await signInWith(ada, cookie, { mode })).status).toBe(200)
    expect(await sessionRow(sessionId)).toMatchObject({ end_reason: 'replaced-by-sign-in' })
    const refresh = await send(deployed, 'POST', '/refresh', { headers: { Cookie: cookie } })
    expectProblem(refresh, 401, 'session-ended')
  })

  it('ends it as well when it was another person’s, who shared the browser', async () => {
    const eve = await signedInPerson({ mode: 'session' })
    const ada = await signedInPerson({ mode })
    await signInWith(ada, eve.headers.Cookie ?? '', { mode })
    expectProblem(await eve.get('/me'), 401, 'session-ended')
    expect((await ada.get('/me')).status).toBe(200)
  })

  it('ends every one of several cookies of the name', async () => {
    const [ada, eve] = [await signedInPerson({ mode: 'session' }), await signedInPerson({ mode: 'session' })]
    await signInWith(ada, `${eve.headers.Cookie}; ${ada.headers.Cookie}`, { mode })
    for (const person of [ada, eve]) expectProblem(await person.get('/me'), 401, 'session-ended')
  })

  it('does the same when it registers', async () => {
    const eve = await signedInPerson({ mode: 'session' })
    const body = { email: newEmail(), password: PASSWORD, mode }
    const registered = await send(deployed, 'POST', '/register', { headers: eve.headers, body })
    expect(registered.status).toBe(201)
    expect(registered.body.session.id).not.toBe(eve.sessionId)
    expectProblem(await eve.get('/me'), 401, 'session-ended')
  })

  it('ends nothing when it fails', async () => {
    const ada = await signedInPerson({ mode: 'session' })
    const { cookie, sessionId } = await refreshCookie(ada)
    const failed = await signInWith(ada, `${ada.headers.Cookie}; ${cookie}`, { mode, password: NEW_PASSWORD })
    expectProblem(failed, 401, 'invalid-credentials')
    expect((await ada.get('/me')).status).toBe(200)
    expect(await sessionRow(sessionId)).toMatchObject({ ended_at: null })
  })

  it('ends nothing when the account is disabled while it is under way', async () => {
    const here = createPlace()
    const eve = await signedInPerson({ mode: 'session' })
    const ada = await signedInPerson({ mode })
    const start = here.db.hold(/INSERT INTO sessions/)
    const signingIn = signInWith(ada, eve.headers.Cookie ?? '', { mode }, here)
    await start.reached
    await env.DB.prepare('UPDATE users SET disabled_at = unixepoch() WHERE id = ?1').bind(ada.userId).run()
    start.release()
    expectProblem(await signingIn, 401, 'invalid-credentials')
    expect((await eve.get('/me')).status).toBe(200)
  })

  it('ends nothing for a cookie with the right id and a wrong secret', async () => {
    const ada = await signedInPerson({ mode: 'session' })
    const eve = await signedInPerson({ mode: 'token' })
    const forged = [
      `__Host-session=${ada.sessionId}.${'A'.repeat(43)}`,
      `__Host-session=${eve.sessionId}.${'A'.repeat(43)}`,
      `__Host-refresh=${eve.sessionId}.0.${'A'.repeat(43)}`,
    ]
    expect((await signInWith(ada, forged.join('; '), { mode })).status).toBe(200)
    expect((await ada.get('/me')).status).toBe(200)
    expect((await eve.get('/me')).status).toBe(200)
  })

  it('never adopts an id that was chosen for it', async () => {
    const ada = await signedInPerson({ mode })
    const answer = await signInWith(ada, `__Host-session=${MADE_UP}`, { mode })
    const id = answer.body.session.id
    expect(id).not.toBe('f'.repeat(22))
    expect(await sessionRow('f'.repeat(22))).toBeNull()
    expect(await sessionCopy('f'.repeat(22))).toBeNull()
    const headers = { Cookie: `__Host-session=${MADE_UP}` }
    expectProblem(await send(deployed, 'GET', '/me', { headers }), 401, 'session-ended')
    for (const field of ['id', 'session', 'session_id', 'sid']) {
      const body = { email: ada.email, password: PASSWORD, mode, [field]: 'f'.repeat(22) }
      expectProblem(await send(deployed, 'POST', '/login', { body }), 422, 'invalid-input')
    }
  })

  it('begins another session each time', async () => {
    const ada = await signedInPerson({ mode })
    const ids = [ada.sessionId, (await ada.signIn()).sessionId, (await ada.signIn()).sessionId]
    expect(new Set(ids).size).toBe(3)
  })

  it('works when the copy of the old session cannot be deleted, and the sweep does', async () => {
    const here = createPlace()
    const ada = await signedInPerson({ mode: 'session', service: here })
    here.kv.fail('delete')
    expect((await signInWith(ada, ada.headers.Cookie ?? '', { mode }, here)).status).toBe(200)
    expect(here.log).toContainEqual({ event: 'session-cache-not-deleted', store: 'KV', sessions: 1 })
    expectProblem(await ada.get('/me'), 401, 'session-ended')

    here.kv.recover()
    here.ahead = 62
    await here.sweep()
    expectProblem(await here.askApp(ada), 401, 'session-ended')
  })
})

describe.each(['session', 'token'] as const)('SES-05: a new password, in %s mode', (mode) => {
  it('begins a new session with new credentials, and the old ones open nothing', async () => {
    const here = createPlace()
    const ada = await signedInPerson({ mode, service: here })
    const changed = await ada.post('/password', CHANGE)
    expect(changed.status).toBe(200)
    expect(changed.body.session.id).not.toBe(ada.sessionId)
    expect(await sessionRow(ada.sessionId)).toMatchObject({ end_reason: 'password-changed' })
    expectProblem(await ada.get('/me'), 401, 'session-ended')
    expectProblem(await ada.post('/password', CHANGE), 401, 'session-ended')

    const renewed = clientOf(here, mode, changed)
    expect(renewed.headers).not.toEqual(ada.headers)
    expect((await renewed.get('/me')).body.session).toMatchObject({ id: changed.body.session.id, mode })
    if (mode === 'session') expectProblem(await here.askApp(ada), 401, 'session-ended')
    else {
      const body = { refresh_token: ada.refreshToken }
      expectProblem(await send(here, 'POST', '/refresh', { body }), 401, 'session-ended')
    }
  })

  it('keeps the session and its id when it is refused', async () => {
    const ada = await signedInPerson({ mode })
    const refused = await ada.post('/password', { current_password: PASSWORD, new_password: 'short' })
    expectProblem(refused, 422, 'password-refused')
    expect(refused.cookies).toEqual({})
    expect((await ada.get('/me')).body.session.id).toBe(ada.sessionId)
  })

  it('a new role ends the session, and the next sign-in has another id', async () => {
    const ada = await signedInPerson({ mode })
    await env.DB.prepare(`UPDATE users SET roles = '["admin"]' WHERE id = ?1`).bind(ada.userId).run()
    expectProblem(await ada.get('/me'), 401, 'session-ended')
    expect((await ada.signIn()).sessionId).not.toBe(ada.sessionId)
  })
})
