import { describe, expect, it } from 'vitest'
import { createApp } from '../../src/app'
import { expectProblem, newEmail, PASSWORD, send } from '../support/person'
import { type OwnService, ownService } from '../support/service'

describe('an error that nobody foresaw', () => {
  /** A service one of whose parts throws this. */
  function broken(thrown: unknown): OwnService {
    const service = ownService()
    const { services } = service
    const users = { ...services.users, reserveAttempt: () => Promise.reject(thrown) }
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
    const request_id = answer.body.instance.replace('urn:uuid:', '')
    expect(service.log).toMatchObject([
      { event: 'unexpected-error', request_id },
      { event: 'request', request_id, status: 500, problem: 'internal-error' },
    ])
    expect(JSON.stringify(service.log)).not.toContain(PASSWORD)
  })
})
