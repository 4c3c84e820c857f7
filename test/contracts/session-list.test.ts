import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { expectProblem, type SignedIn, send, signedInPerson } from '../support/person'
import { createPlace, sessionCopy, sessionRow } from '../support/place'
import { deployed } from '../support/service'

interface Listed {
  readonly id: string
  readonly current: boolean
}

async function listOf(client: SignedIn): Promise<readonly Listed[]> {
  const list = await client.get('/sessions')
  expect(list.status).toBe(200)
  return list.body.sessions
}

const ids = (sessions: readonly Listed[]) => sessions.map(({ id }) => id)

describe.each(['session', 'token'] as const)('OUT-05: the list of one’s sessions, in %s mode', (mode) => {
  it('has one’s own sessions of both modes and nobody else’s, and says which is the current', async () => {
    const ada = await signedInPerson({ mode })
    await signedInPerson({ mode })
    const others = [await ada.signIn({ mode: 'session' }), await ada.signIn({ mode: 'token' })]
    const list = await listOf(ada)
    expect(ids(list).sort()).toEqual([ada, ...others].map(({ sessionId }) => sessionId).sort())
    expect(ids(list.filter(({ current }) => current))).toEqual([ada.sessionId])
  })

  it('says where and when each began, and nothing that opens it', async () => {
    const ada = await signedInPerson({ mode })
    const { email, password } = ada
    const headers = { 'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0' }
    const login = await send(deployed, 'POST', '/login', { headers, body: { email, password, mode } })
    const list = await ada.get('/sessions')
    expect(list.body.sessions).toContainEqual({
      id: login.body.session.id,
      mode,
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      last_seen_at: expect.stringMatching(/Z$/),
      idle_expires_at: expect.stringMatching(/Z$/),
      authenticated_at: expect.stringMatching(/Z$/),
      amr: ['pwd'],
      acr: 'urn:janus:1fa',
      expires_at: expect.stringMatching(/Z$/),
      user_agent: 'Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0',
      device: 'Firefox, Linux',
      country: null,
      current: false,
      app: null,
    })
    const row = await sessionRow(ada.sessionId)
    const secrets = [
      ada.answer.cookies['__Host-session']?.split('.')[1],
      ada.answer.body.access_token,
      ada.refreshToken,
      row?.secret_hash,
    ]
    for (const secret of secrets.filter(Boolean)) expect(list.text).not.toContain(secret)
  })

  it('has no sessions that are over', async () => {
    const ada = await signedInPerson({ mode })
    const [ended, idle, old] = [await ada.signIn(), await ada.signIn(), await ada.signIn()]
    await ended.post('/logout')
    await env.DB.batch([
      env.DB.prepare('UPDATE sessions SET idle_expires_at = unixepoch() - 1 WHERE id = ?1').bind(
        idle.sessionId,
      ),
      env.DB.prepare('UPDATE sessions SET expires_at = unixepoch() - 1 WHERE id = ?1').bind(old.sessionId),
    ])
    expect(ids(await listOf(ada))).toEqual([ada.sessionId])
  })

  it('lets one end any of them, by DELETE or as a form does', async () => {
    const ada = await signedInPerson({ mode })
    const others = [await ada.signIn({ mode: 'session' }), await ada.signIn({ mode: 'token' })]
    expect((await ada.delete(`/sessions/${others[0]?.sessionId}`)).status).toBe(204)
    expect((await ada.post(`/sessions/${others[1]?.sessionId}/end`)).status).toBe(204)
    for (const other of others) {
      expectProblem(await other.get('/me'), 401, 'session-ended')
      expect(await sessionRow(other.sessionId)).toMatchObject({ end_reason: 'ended-by-owner' })
      expect(await sessionCopy(other.sessionId)).toBeNull()
    }
    expect(ids(await listOf(ada))).toEqual([ada.sessionId])
  })

  it('lets one end the current session, and makes the client forget it', async () => {
    const ada = await signedInPerson({ mode })
    const out = await ada.delete(`/sessions/${ada.sessionId}`)
    expect(out.status).toBe(204)
    expect(out.cookies).toEqual({ '__Host-session': '', '__Host-refresh': '' })
    expectProblem(await ada.get('/me'), 401, 'session-ended')
  })

  it.each(['session', 'token'] as const)('lets nobody end another’s, of %s mode', async (other) => {
    const ada = await signedInPerson({ mode })
    const eve = await signedInPerson({ mode: other })
    expectProblem(await ada.delete(`/sessions/${eve.sessionId}`), 404, 'not-found')
    expectProblem(await ada.post(`/sessions/${eve.sessionId}/end`), 404, 'not-found')
    expect((await eve.get('/me')).status).toBe(200)
    expect(await sessionRow(eve.sessionId)).toMatchObject({ ended_at: null })
    expect((await sessionCopy(eve.sessionId)) !== null).toBe(other === 'session')
  })

  it('gives the same answer for another’s, an unknown, a malformed and an ended session', async () => {
    const ada = await signedInPerson({ mode })
    const eve = await signedInPerson({ mode })
    const ended = await ada.signIn()
    await ended.post('/logout')
    const handles = [eve.sessionId, 'x'.repeat(22), 'x', '%00', `${ada.sessionId} `, ended.sessionId]
    for (const id of handles) {
      const answer = await ada.delete(`/sessions/${encodeURIComponent(id)}`)
      expectProblem(answer, 404, 'not-found')
      const { instance: _, ...body } = answer.body
      expect(body).toEqual({
        type: `${deployed.issuer}/problems/not-found`,
        title: 'Not found',
        status: 404,
        code: 'not-found',
      })
    }
    expect(ids(await listOf(ada))).toEqual([ada.sessionId])
  })
})

describe('the list is refused to a session that has ended', () => {
  it('OUT-01: in token mode, although its access token has not expired', async () => {
    const ada = await signedInPerson({ mode: 'token' })
    const other = await ada.signIn()
    await ada.post('/logout')
    expectProblem(await ada.get('/sessions'), 401, 'session-ended')
    expect(ids(await listOf(other))).toEqual([other.sessionId])
  })

  it('OUT-02: in session mode, although KV still serves its copy', async () => {
    const elsewhere = createPlace()
    const ada = await signedInPerson({ mode: 'session' })
    elsewhere.kv.fallBehind()
    await elsewhere.askApp(ada)
    await ada.post('/logout')
    const list = await send(elsewhere, 'GET', '/sessions', { headers: ada.headers })
    expectProblem(list, 401, 'session-ended')
  })
})

describe('OUT-05: a long list', () => {
  /** Sessions that began together, three to a second, so that a page may end in the middle of a second. */
  async function insertSessions(userId: string, count: number): Promise<void> {
    await env.DB.prepare(
      `INSERT INTO sessions (id, user_id, mode, refresh_counter, refreshed_at, created_at, authenticated_at,
                             last_seen_at, idle_expires_at, expires_at)
       SELECT substr(?1, 1, 18) || substr(CAST(10000 + CAST(value ->> 'n' AS INTEGER) AS TEXT), 2), ?1, 'token', 0, 0,
              1000 + CAST(value ->> 'n' AS INTEGER) / 3, 0, 0,
              unixepoch() + 1000, unixepoch() + 1000
         FROM json_each(?2)`,
    )
      .bind(userId, JSON.stringify(Array.from({ length: count }, (_, n) => ({ n: n + 1 }))))
      .run()
  }

  async function pages(client: SignedIn): Promise<string[][]> {
    const found: string[][] = []
    let path = '/sessions'
    for (;;) {
      const { status, body } = await client.get(path)
      expect(status).toBe(200)
      found.push(ids(body.sessions))
      if (body.next_cursor === undefined) return found
      path = `/sessions?cursor=${encodeURIComponent(body.next_cursor)}`
    }
  }

  it('comes in pages of a hundred, newest first, each session once', async () => {
    const ada = await signedInPerson({ mode: 'token' })
    await insertSessions(ada.userId, 249)
    const found = await pages(ada)
    expect(found.map((page) => page.length)).toEqual([100, 100, 50])
    const inOrder = Array.from(
      { length: 249 },
      (_, n) => ada.userId.slice(0, 18) + `${249 - n}`.padStart(4, '0'),
    )
    expect(found.flat()).toEqual([ada.sessionId, ...inOrder])
  })

  it.each([
    [99, [100]],
    [100, [100, 1]],
  ])('of %i and the current one has pages of %j', async (count, sizes) => {
    const ada = await signedInPerson({ mode: 'token' })
    await insertSessions(ada.userId, count)
    expect((await pages(ada)).map((page) => page.length)).toEqual(sizes)
  })

  it.each(['limit', 'page_size', 'per_page', 'count', 'size'])(
    'API-04: has a hundred on a page, whatever %s is asked for',
    async (name) => {
      const ada = await signedInPerson({ mode: 'token' })
      await insertSessions(ada.userId, 101)
      for (const value of ['1', '1000000000', '-1'])
        expect((await ada.get(`/sessions?${name}=${value}`)).body.sessions).toHaveLength(100)
    },
  )

  it('shows nothing of another with the cursor of another', async () => {
    const ada = await signedInPerson({ mode: 'token' })
    const eve = await signedInPerson({ mode: 'token' })
    await insertSessions(ada.userId, 150)
    const { next_cursor } = (await ada.get('/sessions')).body
    const list = await eve.get(`/sessions?cursor=${next_cursor}`)
    expect(list.body).toEqual({ sessions: [] })
  })

  it.each([
    ['nothing', ''],
    ['a word', 'next'],
    ['a time alone', '1000'],
    ['a time and a short id', '1000.abc'],
    ['a negative time', `-1.${'x'.repeat(22)}`],
    ['a time that is no integer', `1e3.${'x'.repeat(22)}`],
    ['an enormous time', `${'9'.repeat(13)}.${'x'.repeat(22)}`],
    ['something after it', `1000.${'x'.repeat(22)} OR 1=1`],
    ['a line feed', `1000.${'x'.repeat(22)}\n`],
    ['a quote', `1000.${'x'.repeat(21)}'`],
  ])('is refused for a cursor that is %s', async (_, cursor) => {
    const ada = await signedInPerson({ mode: 'token' })
    const answer = await ada.get(`/sessions?cursor=${encodeURIComponent(cursor)}`)
    expectProblem(answer, 422, 'invalid-input')
    expect(answer.body.errors).toEqual([
      { field: 'cursor', code: 'invalid', message: 'Send the next_cursor of a page of this list.' },
    ])
  })
})
