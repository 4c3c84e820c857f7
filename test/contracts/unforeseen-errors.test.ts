import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { createApp } from '../../src/wiring/app'
import { expectProblem, newEmail, PASSWORD, send } from '../support/person'
import { type OwnService, ownService } from '../support/service'

describe('an error that nobody foresaw', () => {
  /** Returns a service one of whose parts throws this. */
  function broken(thrown: unknown, issuer = 'https://auth.example.com'): OwnService {
    const service = ownService({ ISSUER: issuer })
    const { services } = service
    const attempts = { ...services.attempts, reserve: () => Promise.reject(thrown) }
    const app = createApp({ ...services, attempts })
    return { ...service, fetch: async (request) => app.fetch(request) }
  }

  it.each([
    ['an Error', new Error(`canary ${PASSWORD}`)],
    ['an Error of several lines', new Error(`canary\n    at ${PASSWORD}`)],
    ['a TypeError with a cause', new TypeError('x', { cause: PASSWORD })],
    ['text', `canary ${PASSWORD}`],
    ['an object that is no Error', { message: PASSWORD, getResponse: () => new Response(PASSWORD) }],
    [
      'an Error with a response of its own',
      Object.assign(new Error('x'), { status: 200, getResponse: () => new Response(PASSWORD) }),
    ],
  ])('API-01: is a plain 500 if it is %s, and the log does not repeat what was sent', async (_, thrown) => {
    const service = broken(thrown)
    const body = { email: newEmail(), password: PASSWORD }
    const answer = await send(service, 'POST', '/login', { body })
    expectProblem(answer, 500, 'internal-error')
    expect(answer.text).not.toContain(PASSWORD)
    const request_id = answer.body.instance.replace('urn:uuid:', '')
    expect(service.log).toMatchObject([
      { event: 'unexpected-error', request_id },
      { event: 'request', request_id, status: 500, problem: 'internal-error' },
    ])
    expect(JSON.stringify(service.log)).not.toContain(PASSWORD)
  })

  const LOCAL = 'http://localhost:8787'

  it('is logged with its message and stack where the issuer is local, so that whoever develops finds it', async () => {
    const service = broken(new TypeError("Cannot read properties of undefined (reading 'password')"), LOCAL)
    await send(service, 'POST', '/login', {
      body: { email: newEmail(), password: PASSWORD, mode: 'session' },
    })
    expect(service.log[0]).toMatchObject({
      event: 'unexpected-error',
      error: 'TypeError',
      message: "Cannot read properties of undefined (reading 'password')",
      stack: expect.stringMatching(/^at .*unforeseen-errors\.test\.ts:\d+/),
    })
  })

  const TOKEN = `${'S'.repeat(22)}.${'x1'.repeat(21)}y`

  it.each([
    ['a password', `Cannot hash ${PASSWORD}!`, 'Cannot hash [redacted]!'],
    ['a part of one', `Cannot hash ...${PASSWORD.slice(3, 15)}...`, 'Cannot hash ...[redacted]...'],
    ['an address', 'No account ADA@example.com here', 'No account [redacted] here'],
    ['a password that is short', 'Hello Zoë', 'Hello [redacted]'],
    ['a cookie', `Bad session ${TOKEN}`, 'Bad session [redacted]'],
    ['a part of a cookie', `Bad session ${TOKEN.slice(5, 25)}`, 'Bad session [redacted]'],
    ['a query', 'Bad token in-the-query', 'Bad token [redacted]'],
    ['a secret that nobody sent', `Key ${'k3'.repeat(16)}`, 'Key [redacted]'],
    ['an address that nobody sent', 'Cannot mail bob@example.org now', 'Cannot mail [redacted] now'],
    ['nothing of what was sent, but words of its own', 'mode session is odd', 'mode session is odd'],
  ])('API-01: is logged without %s, even there', async (_, message, logged) => {
    const service = broken(new Error(message), LOCAL)
    const password = message.includes('Zoë') ? 'Zoë' : PASSWORD
    const body = { email: newEmail(), password, mode: 'session' }
    const headers = { Cookie: `other=${TOKEN}` }
    await send(service, 'POST', '/login?token=in-the-query', { body, headers })
    const line = service.log.find(({ event }) => event === 'unexpected-error')
    expect(line?.message).toBe(logged)
  })
})

describe('a database without tables', () => {
  /** Asks the real D1 for a table that it does not have. */
  const DB = new Proxy(env.DB, {
    get(db, name) {
      if (name === 'prepare') return (sql: string) => db.prepare(sql.replace(/\busers\b/g, 'missing'))
      const value: unknown = Reflect.get(db, name)
      return typeof value === 'function' ? value.bind(db) : value
    },
  })

  it.each([
    ['http://localhost:8787', expect.stringContaining('npx janus migrate')],
    ['https://auth.example.com', undefined],
  ])('is a 503 at %s, which says on this machine alone which command makes them', async (ISSUER, detail) => {
    const service = ownService({ ISSUER, DB })
    const body = { email: newEmail(), password: PASSWORD }
    const answer = await send(service, 'POST', '/login', { body })
    expect([answer.status, answer.body.code, answer.body.detail]).toEqual([503, 'store-unavailable', detail])
  })
})
