import { describe, expect, it } from 'vitest'
import { expectProblem, send, signedInPerson } from '../support/person'
import { deployed } from '../support/service'

describe.each(['session', 'token'] as const)('signed in, in %s mode', (mode) => {
  it('GET /me answers with the account and the session', async () => {
    const ada = await signedInPerson({ mode })
    const me = await ada.get('/me')
    expect(me.status).toBe(200)
    expect(me.body).toEqual({
      user: {
        id: ada.userId,
        email: ada.email,
        name: null,
        email_verified: false,
        roles: [],
        created_at: expect.stringMatching(/Z$/),
        user_metadata: {},
        app_metadata: {},
      },
      session: {
        id: ada.sessionId,
        mode,
        created_at: expect.stringMatching(/Z$/),
        last_seen_at: expect.stringMatching(/Z$/),
        idle_expires_at: expect.stringMatching(/Z$/),
        authenticated_at: expect.stringMatching(/Z$/),
        amr: ['pwd'],
        acr: 'urn:janus:1fa',
        expires_at: expect.stringMatching(/Z$/),
        user_agent: null,
        device: null,
        country: null,
        current: true,
      },
    })
  })

  it('POST /logout ends the session', async () => {
    const ada = await signedInPerson({ mode })
    const out = await ada.post('/logout')
    expect(out.status).toBe(204)
    expectProblem(await ada.get('/me'), 401, 'session-ended')
  })
})

it('refuses a protected route without a credential', async () => {
  expectProblem(await send(deployed, 'GET', '/me'), 401, 'authentication-required')
})
