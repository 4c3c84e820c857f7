import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import {
  clientOf,
  expectProblem,
  newEmail,
  PASSWORD,
  type Person,
  type SignedIn,
  send,
  signedInPerson,
} from '../support/person'
import { deployed, ownService } from '../support/service'

const NEW_PASSWORD = 'seven quiet minutes at sea'

/** Lists the members of an account that `/me` has and a sign-in has not. */
const NO_METADATA = { user_metadata: {}, app_metadata: {} }

/** So many attempts may be under way, or throttling would decide the race. */
const TEN_AT_ONCE = { FREE_ATTEMPTS: '10' }

/** Expects that nothing lets a client in any longer. */
async function expectDead(client: SignedIn): Promise<void> {
  expectProblem(await client.get('/me'), 401, 'session-ended')
  if (client.mode === 'session') {
    expect(await env.SESSIONS.get(`session:${client.sessionId}`)).toBeNull()
  } else {
    const body = { refresh_token: client.refreshToken }
    expectProblem(await send(deployed, 'POST', '/refresh', { body }), 401, 'session-ended')
  }
}

/** Returns a person with a second device in each mode. */
async function personWithDevices(mode: 'session' | 'token'): Promise<{ ada: Person; devices: SignedIn[] }> {
  const ada = await signedInPerson({ mode })
  return { ada, devices: [await ada.signIn({ mode: 'session' }), await ada.signIn({ mode: 'token' })] }
}

async function rowsOf(userId: string) {
  const reason = 'SELECT id, end_reason FROM sessions WHERE user_id = ?1 AND ended_at IS NOT NULL'
  const ended = await env.DB.prepare(reason).bind(userId).all<{ id: string; end_reason: string }>()
  return ended.results
}

describe.each(['session', 'token'] as const)('one’s own account, in %s mode', (mode) => {
  it('PATCH /me changes the name, trims it, and takes null for none', async () => {
    const ada = await signedInPerson({ mode })
    const renamed = await ada.patch('/me', { name: '  Ada Lovelace ' })
    expect(renamed.status).toBe(200)
    expect(renamed.body).toEqual({ user: { ...ada.answer.body.user, name: 'Ada Lovelace', ...NO_METADATA } })
    expect((await ada.get('/me')).body.user.name).toBe('Ada Lovelace')
    for (const none of [null, '', '   ']) {
      expect((await ada.patch('/me', { name: none })).body.user.name).toBeNull()
    }
  })

  it.each([
    ['no name', {}, 'name'],
    ['a number', { name: 7 }, 'name'],
    ['a line break', { name: 'Ada\r\nBcc: eve@example.com' }, 'name'],
    ['101 characters', { name: '🦉'.repeat(101) }, 'name'],
    ['ill-formed Unicode', { name: '\ud800' }, 'name'],
    ['roles', { name: 'Ada', roles: ['admin'] }, ''],
    ['an address', { name: 'Ada', email: 'eve@example.com' }, ''],
    ['an id', { name: 'Ada', id: 'A'.repeat(22) }, ''],
    ['a password', { name: 'Ada', password: NEW_PASSWORD }, ''],
  ])('REG-02: PATCH /me refuses %s and changes nothing', async (_, body, field) => {
    const ada = await signedInPerson({ mode })
    for (const answer of [await ada.patch('/me', body), await ada.post('/me', body)]) {
      expectProblem(answer, 422, 'invalid-input')
      expect(answer.body.errors).toMatchObject([{ field }])
    }
    expect((await ada.get('/me')).body.user).toEqual({ ...ada.answer.body.user, ...NO_METADATA })
  })

  it.each([
    ['a reversed end', 'Ada \u202eecalevol', 'direction-control'],
    ['nothing that is seen', '\u200b\u200b', 'invisible-character'],
    ['a line break', 'Ada\nLovelace', 'control-character'],
  ])(
    'REG-02: a name with %s is refused wherever it is given, and the reason is said',
    async (_, name, code) => {
      const ada = await signedInPerson({ mode })
      const account = { email: newEmail(), password: PASSWORD, mode, name }
      for (const answer of [
        await ada.patch('/me', { name }),
        await ada.post('/me', { name }),
        await send(deployed, 'POST', '/register', { body: account }),
      ]) {
        expectProblem(answer, 422, 'invalid-input')
        expect(answer.body.errors).toMatchObject([{ field: 'name', code }])
      }
      expect((await ada.get('/me')).body.user.name).toBeNull()
    },
  )

  it.each(['👩\u200d🚀', 'می\u200cخواهم', 'שרה'])('PATCH /me takes the name %s as it is', async (name) => {
    const ada = await signedInPerson({ mode })
    expect((await ada.patch('/me', { name })).body.user.name).toBe(name)
  })

  it('POST /password renews this session, ends every other in either mode, and says why in the row', async () => {
    const { ada, devices } = await personWithDevices(mode)
    const stranger = await signedInPerson({ mode })
    const answer = await ada.post('/password', { current_password: PASSWORD, new_password: NEW_PASSWORD })
    expect(answer.status).toBe(200)

    const renewed = clientOf(deployed, mode, answer)
    expect(renewed.sessionId).not.toBe(ada.sessionId)
    expect((await renewed.get('/me')).body.session).toMatchObject({ id: renewed.sessionId, mode })
    for (const client of [ada, ...devices]) await expectDead(client)
    expect((await stranger.get('/me')).status).toBe(200)

    const ended = await rowsOf(ada.userId)
    expect(ended.map(({ id }) => id).sort()).toEqual(
      [ada, ...devices].map(({ sessionId }) => sessionId).sort(),
    )
    expect(new Set(ended.map(({ end_reason }) => end_reason))).toEqual(new Set(['password-changed']))
  })

  it('INC-23: of ten changes of password at once one succeeds, and its session is the only one left', async () => {
    const ada = await signedInPerson({ mode, service: ownService(TEN_AT_ONCE) })
    const changes = Array.from({ length: 10 }, (_, index) =>
      ada.post('/password', { current_password: PASSWORD, new_password: `${NEW_PASSWORD} ${index}` }),
    )
    const answers = await Promise.all(changes)
    const [changed] = answers.filter(({ status }) => status === 200)
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(9).fill(401)])
    const open = 'SELECT id FROM sessions WHERE user_id = ?1 AND ended_at IS NULL'
    const left = await env.DB.prepare(open).bind(ada.userId).all<{ id: string }>()
    expect(left.results).toEqual([{ id: changed?.body.session.id }])
  })

  it('POST /me/delete ends everything and forgets the account; the address is free again', async () => {
    const { ada, devices } = await personWithDevices(mode)
    const stranger = await signedInPerson({ mode })
    const answer = await ada.post('/me/delete', { password: PASSWORD })
    expect({ status: answer.status, text: answer.text }).toEqual({ status: 204, text: '' })
    expect(answer.cookies).toEqual({ '__Host-session': '', '__Host-refresh': '' })

    for (const client of [ada, ...devices]) await expectDead(client)
    const body = { email: ada.email, password: PASSWORD, mode }
    expectProblem(await send(deployed, 'POST', '/login', { body }), 401, 'invalid-credentials')
    expect(await env.DB.prepare('SELECT 1 FROM users WHERE id = ?1').bind(ada.userId).first()).toBeNull()
    expect((await stranger.get('/me')).status).toBe(200)

    const again = await send(deployed, 'POST', '/register', { body: { ...body, password: NEW_PASSWORD } })
    expect(again.status).toBe(201)
    expect(again.body.user.id).not.toBe(ada.userId)
    for (const client of [ada, ...devices]) await expectDead(client)
  })

  it('INC-23: of ten deletions at once one succeeds', async () => {
    const ada = await signedInPerson({ mode, service: ownService(TEN_AT_ONCE) })
    const deletions = Array.from({ length: 10 }, () => ada.post('/me/delete', { password: PASSWORD }))
    const statuses = (await Promise.all(deletions)).map(({ status }) => status).sort()
    expect(statuses).toEqual([204, ...Array(9).fill(401)])
    expect(await env.DB.prepare('SELECT 1 FROM users WHERE id = ?1').bind(ada.userId).first()).toBeNull()
  })

  it('POST /me/delete with a wrong password deletes nothing', async () => {
    const ada = await signedInPerson({ mode })
    expectProblem(await ada.post('/me/delete', { password: `${PASSWORD}!` }), 401, 'invalid-credentials')
    const answer = await ada.get('/me')
    expect(answer.body.user).toEqual({ ...ada.answer.body.user, ...NO_METADATA })
    expect((await ada.signIn()).answer.status).toBe(200)
  })
})

it('POST /password keeps the refresh token where the client keeps it: in the cookie', async () => {
  const email = newEmail()
  const body = { email, password: PASSWORD, mode: 'token', refresh_in: 'cookie' }
  const registered = await send(deployed, 'POST', '/register', { body })
  const headers = {
    Authorization: `Bearer ${registered.body.access_token}`,
    Cookie: `__Host-refresh=${registered.cookies['__Host-refresh']}`,
  }
  const change = { current_password: PASSWORD, new_password: NEW_PASSWORD }
  const answer = await send(deployed, 'POST', '/password', { headers, body: change })
  expect(answer.status).toBe(200)
  expect(answer.body).not.toHaveProperty('refresh_token')
  const renewed = { Cookie: `__Host-refresh=${answer.cookies['__Host-refresh']}` }
  expect((await send(deployed, 'POST', '/refresh', { headers: renewed })).status).toBe(200)
  const old = { Cookie: headers.Cookie }
  expectProblem(await send(deployed, 'POST', '/refresh', { headers: old }), 401, 'session-ended')
})
