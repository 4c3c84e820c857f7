import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { createPlayground } from '../../packages/playground/create-playground'
import type { D1Bindings } from '../../src/config/bindings'
import { parseConfig } from '../../src/config/parse-config'
import { openRoutesOf } from '../../src/guards/open-route'
import { expectProblem, type Person, send, signedInPerson } from '../support/person'
import { deployed, ownService } from '../support/service'

const HERE = 'http://localhost:8787'
const service = ownService({ ISSUER: HERE, PLAYGROUND: 'on' })
const MODES = ['session', 'token'] as const

/** Returns the stored hash of a session, which must not be shown. */
async function hashOf({ sessionId }: Person): Promise<string | null> {
  return env.DB.prepare('SELECT secret_hash FROM sessions WHERE id = ?').bind(sessionId).first('secret_hash')
}

describe('off, as it is by default', () => {
  it.each(MODES)('is not there, for nobody and in %s mode', async (mode) => {
    const ada = await signedInPerson({ mode })
    for (const path of ['/playground', '/playground/whoami', `/playground/sessions/${ada.sessionId}`]) {
      expectProblem(await send(deployed, 'GET', path), 404, 'not-found')
      const answer = await ada.get(path)
      expectProblem(answer, 404, 'not-found')
      expect(answer.headers.has('Janus-Storage')).toBe(false)
    }
  })
})

describe('PLAYGROUND=on', () => {
  const faultsAt = (ISSUER: string) => {
    const parsed = parseConfig({ ...env, ISSUER, PLAYGROUND: 'on' })
    return parsed.ok ? [] : parsed.faults.map(({ setting }) => setting)
  }

  it.each(['https://auth.example.com', 'https://localhost.example.com', 'https://10.0.0.1'])(
    'is refused at %s',
    (issuer) => expect(faultsAt(issuer)).toEqual(['PLAYGROUND']),
  )

  it.each([HERE, 'http://127.0.0.1:8787/auth', 'https://localhost'])('is accepted at %s', (issuer) =>
    expect(faultsAt(issuer)).toEqual([]),
  )

  it('opens its page and what the page loads, and no other route', () => {
    const { routes } = createPlayground(env as unknown as D1Bindings).createRoutes(service.services)
    expect([...openRoutesOf(routes)]).toEqual(['GET /playground', 'GET /playground/assets/:file'])
  })
})

describe('GET /playground/whoami', () => {
  it.each(MODES)('says who is asking, in %s mode', async (mode) => {
    const ada = await signedInPerson({ mode, service })
    const { status, body } = await ada.get('/playground/whoami')
    expect({ status, body }).toEqual({
      status: 200,
      body: {
        user_id: ada.userId,
        session_id: ada.sessionId,
        mode,
        roles: [],
        authenticated_at: expect.stringMatching(/^\d{4}-.*Z$/),
        amr: ['pwd'],
        acr: 'urn:janus:1fa',
      },
    })
  })

  it('refuses a caller without credential', async () => {
    expectProblem(await send(service, 'GET', '/playground/whoami'), 401, 'authentication-required')
  })

  it('shows the difference: an end refuses the cookie, and the token stays good until it expires', async () => {
    const ada = await signedInPerson({ mode: 'session', service })
    const token = await ada.signIn({ mode: 'token' })
    expect((await token.delete(`/sessions/${ada.sessionId}`)).status).toBe(204)
    expectProblem(await ada.get('/playground/whoami'), 401, 'session-ended')

    const back = await ada.signIn()
    expect((await back.delete(`/sessions/${token.sessionId}`)).status).toBe(204)
    expect((await token.get('/playground/whoami')).status).toBe(200)
    expectProblem(await token.get('/me'), 401, 'session-ended')
  })

  it('LIVE_CHECK=always: an end refuses the token, too', async () => {
    const live = ownService({ ISSUER: HERE, PLAYGROUND: 'on', LIVE_CHECK: 'always' })
    const ada = await signedInPerson({ mode: 'token', service: live })
    expect((await ada.post('/logout')).status).toBe(204)
    expectProblem(await ada.get('/playground/whoami'), 401, 'session-ended')
    expect((await send(live, 'GET', '/playground')).text).toContain('LIVE_CHECK')
  })
})

describe('GET /playground/sessions/:id', () => {
  it('shows what is stored for a session: the row, and the copy in KV', async () => {
    const ada = await signedInPerson({ mode: 'session', service })
    const { status, body } = await ada.get(`/playground/sessions/${ada.sessionId}`)
    expect(status).toBe(200)
    expect(body.d1).toMatchObject({ id: ada.sessionId, user_id: ada.userId, mode: 'session', ended_at: null })
    expect(body.kv).toMatchObject({
      key: `session:${ada.sessionId}`,
      record: { session: { id: ada.sessionId, userId: ada.userId }, roles: [] },
    })
  })

  it('shows what is stored for tokens: a counter, and nothing in KV', async () => {
    const ada = await signedInPerson({ mode: 'token', service })
    const { body } = await ada.get(`/playground/sessions/${ada.sessionId}`)
    expect(body).toMatchObject({ d1: { mode: 'token', secret_hash: null, refresh_counter: 0 }, kv: null })
  })

  it('shows one side the other, before and after it ended', async () => {
    const ada = await signedInPerson({ mode: 'session', service })
    const token = await ada.signIn({ mode: 'token' })
    const path = `/playground/sessions/${ada.sessionId}`
    expect((await token.get(path)).body.kv).not.toBeNull()
    await token.delete(`/sessions/${ada.sessionId}`)
    const { body } = await token.get(path)
    expect(body).toMatchObject({
      d1: { ended_at: expect.any(Number), end_reason: 'ended-by-owner' },
      kv: null,
    })
  })

  it.each(MODES)(
    "refuses a stranger's session as it refuses one that is not there, in %s mode",
    async (mode) => {
      const [ada, eve] = [await signedInPerson({ mode, service }), await signedInPerson({ mode, service })]
      for (const id of [ada.sessionId, 'A'.repeat(22), "' OR 1=1 --", 'x'.repeat(600)]) {
        expectProblem(await eve.get(`/playground/sessions/${encodeURIComponent(id)}`), 404, 'not-found')
      }
      const anyone = await send(service, 'GET', `/playground/sessions/${ada.sessionId}`)
      expectProblem(anyone, 401, 'authentication-required')
    },
  )

  it.each(MODES)('tells no secret and no whole hash, in %s mode', async (mode) => {
    const ada = await signedInPerson({ mode, service })
    const [, secret = ''] = (ada.headers.Cookie ?? `x.${ada.refreshToken.split('.')[2]}`).split('.')
    expect(secret).toHaveLength(43)
    const hash = await hashOf(ada)
    for (const path of [`/playground/sessions/${ada.sessionId}`, '/playground/whoami', '/playground']) {
      const { status, text, headers } = await ada.get(path)
      expect(status).toBe(200)
      expect(text).not.toContain(secret)
      if (hash !== null) expect(text).not.toContain(hash)
      expect(headers.get('Cache-Control')).toBe('no-store')
    }
  })
})
