import { describe, expect, it } from 'vitest'
import { createApp } from '../../src/app'
import { expectProblem, newEmail, PASSWORD, read, send } from '../support/person'
import { type OwnService, ownService } from '../support/service'

describe('an error that nobody foresaw', () => {
  /** A service one of whose parts throws this. */
  function broken(thrown: unknown): OwnService {
    const service = ownService()
    const { services } = service
    const users = { ...services.users, findByEmail: () => Promise.reject(thrown) }
    const app = createApp({ ...services, users })
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
    expect(service.log).toMatchObject([
      { event: 'unexpected-error', request_id: answer.body.instance.replace('urn:uuid:', '') },
    ])
    expect(JSON.stringify(service.log)).not.toContain(PASSWORD)
  })

  it('API-01: is a plain 500 even if it cannot be logged', async () => {
    const { services, issuer } = ownService()
    const log = () => {
      throw new Error('canary')
    }
    const users = { ...services.users, findByEmail: () => Promise.reject(new Error('canary')) }
    const app = createApp({ ...services, users, log })
    const headers = { 'Content-Type': 'application/json' }
    const body = JSON.stringify({ email: newEmail(), password: PASSWORD })
    const request = new Request(`${issuer}/login`, { method: 'POST', headers, body })
    expectProblem(await read(await app.fetch(request)), 500, 'internal-error')
  })
})
