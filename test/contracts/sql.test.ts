import { beforeAll, describe, expect, it } from 'vitest'
import { type Answer, clientOf, newEmail, PASSWORD, send, signedInPerson } from '../support/person'
import { ownService } from '../support/service'
import { ATTEMPT_TABLES, startEmpty, storage } from '../support/storage'

const janus = ownService()

// All that is stored is looked at twice, and what other files have left in KV expires when it will.
beforeAll(startEmpty)

describe('SQL in', () => {
  const SQL = [
    "' OR '1'='1",
    "'; DROP TABLE users; --",
    "' UNION SELECT * FROM users --",
    '" OR ""="',
    "x'); DELETE FROM sessions; --",
    '?1',
    ':id',
    '%',
    '_%',
    '\\',
    "'||(SELECT password_hash FROM users)||'",
  ]

  it.each(SQL)('API-04: any parameter is text, and no more: %s', async (sql) => {
    const ada = await signedInPerson({ mode: 'session', service: janus })
    const before = await storage({ except: ATTEMPT_TABLES })
    const encoded = encodeURIComponent(sql)
    const attempts: [number[], Promise<Answer>][] = [
      [
        [401, 422],
        send(janus, 'POST', '/login', { body: { email: `a${sql}@example.com`, password: PASSWORD } }),
      ],
      [[401], send(janus, 'POST', '/login', { body: { email: ada.email, password: sql } })],
      [[422], send(janus, 'POST', '/login', { body: { email: ada.email, password: PASSWORD, mode: sql } })],
      [[401], send(janus, 'POST', '/refresh', { body: { refresh_token: sql } })],
      [[401], ada.post('/me/delete', { password: sql })],
      [[401], ada.post('/password', { current_password: sql, new_password: 'another horse battery' })],
      [[404], ada.delete(`/sessions/${encoded}`)],
      [[404], ada.post(`/sessions/${encoded}/end`)],
      [[404], send(janus, 'GET', `/problems/${encoded}`)],
      [[422], ada.get(`/sessions?cursor=${encoded}`)],
      [[422], ada.get(`/sessions?cursor=1.${encoded}`)],
      [[200], ada.get(`/sessions?limit=1000000000&sort=${encoded}&filter=${encoded}`)],
      [[401], send(janus, 'GET', '/me', { headers: { Cookie: `__Host-session=${encoded}` } })],
      [
        [401],
        send(janus, 'GET', '/me', { headers: { Cookie: `__Host-session=${ada.sessionId}'.${encoded}` } }),
      ],
      [[401], send(janus, 'POST', '/refresh', { headers: { Cookie: `__Host-refresh=${encoded}` } })],
      [[401], send(janus, 'GET', '/me', { headers: { Authorization: `Bearer ${encoded}` } })],
    ]
    for (const [index, [statuses, attempt]] of attempts.entries()) {
      const { status } = await attempt
      expect({ index, status, right: statuses.includes(status) }).toEqual({ index, status, right: true })
    }
    expect(await storage({ except: ATTEMPT_TABLES })).toEqual(before)
  })

  it.each(SQL)('API-04: what is stored is stored as it was sent: %s', async (sql) => {
    const [ada, bob] = [
      await signedInPerson({ mode: 'session', service: janus }),
      await signedInPerson({ mode: 'token', service: janus }),
    ]
    expect((await ada.patch('/me', { name: sql })).body.user.name).toBe(sql)
    expect((await ada.get('/me')).body.user.name).toBe(sql)
    expect((await bob.get('/me')).body.user).toMatchObject({ id: bob.userId, name: null })

    const body = { email: newEmail(), password: `${sql} correct horse battery`, name: sql }
    const headers = { 'User-Agent': sql }
    const registered = await send(janus, 'POST', '/register', { body, headers })
    expect(registered.body.user.name).toBe(sql)
    expect((await clientOf(janus, 'session', registered).get('/sessions')).body.sessions).toMatchObject([
      { user_agent: sql, current: true },
    ])
  })
})
