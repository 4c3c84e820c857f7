import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Answer, expectProblem, PASSWORD, type SignedIn, send, signedInPerson } from '../support/person'
import { deployed, type OwnService, ownService, type Service } from '../support/service'

function refresh(refreshToken: unknown, service: Service = deployed): Promise<Answer> {
  return send(service, 'POST', '/refresh', { body: { refresh_token: refreshToken } })
}

/** Returns the refresh token of an answer that must have one. */
function tokenOf(answer: Answer): string {
  expect(answer.status, answer.text).toBe(200)
  return answer.body.refresh_token
}

function claimsOf(answer: Answer) {
  const [, payload = ''] = String(answer.body.access_token).split('.')
  return JSON.parse(new TextDecoder().decode(Uint8Array.fromBase64(payload, { alphabet: 'base64url' })))
}

async function counterOf({ sessionId }: SignedIn): Promise<number | null> {
  const row = env.DB.prepare('SELECT refresh_counter FROM sessions WHERE id = ?1').bind(sessionId)
  return row.first('refresh_counter')
}

async function endReasonOf({ sessionId }: SignedIn): Promise<string | null> {
  return env.DB.prepare('SELECT end_reason FROM sessions WHERE id = ?1').bind(sessionId).first('end_reason')
}

function me(accessToken: string, service: Service = deployed): Promise<Answer> {
  return send(service, 'GET', '/me', { headers: { Authorization: `Bearer ${accessToken}` } })
}

const signedIn = (service: Service = deployed) => signedInPerson({ mode: 'token', service })

describe('REF-01: what a refresh gives', () => {
  it('the members of RFC 6749 §5.1 and the session, for the same session and account', async () => {
    const ada = await signedIn()
    const answer = await refresh(ada.refreshToken)
    expect(answer.status).toBe(200)
    expect(answer.body).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 900,
      refresh_token: expect.any(String),
      session: {
        ...ada.answer.body.session,
        last_seen_at: expect.any(String),
        idle_expires_at: expect.any(String),
        authenticated_at: expect.any(String),
        amr: ['pwd'],
        acr: 'urn:janus:1fa',
      },
    })
    expect(claimsOf(answer)).toMatchObject({ sub: ada.userId, sid: ada.sessionId })
    expect((await me(answer.body.access_token)).body.user.id).toBe(ada.userId)
  })

  it('nothing that could be presented is at rest', async () => {
    const ada = await signedIn()
    const token = tokenOf(await refresh(ada.refreshToken))
    const row = await env.DB.prepare('SELECT * FROM sessions WHERE id = ?1').bind(ada.sessionId).first()
    for (const presented of [ada.refreshToken, token]) {
      const [, , mac = ''] = presented.split('.')
      expect(mac).toMatch(/^[\w-]{43}$/)
      expect(JSON.stringify(row)).not.toContain(mac)
    }
    expect(await env.SESSIONS.get(`session:${ada.sessionId}`)).toBeNull()
  })
})

describe('REF-02: reuse', () => {
  it('R1 to R2 to R3: replaying R1 after its window ends the session, whose newest tokens are dead, and is logged', async () => {
    const service = ownService()
    const ada = await signedIn(service)
    const other = await ada.signIn()
    const inCookie = await ada.signIn({ mode: 'session' })
    const r2 = tokenOf(await refresh(ada.refreshToken, service))
    const third = await refresh(r2, service)
    const r3 = tokenOf(third)
    expect(new Set([ada.refreshToken, r2, r3]).size).toBe(3)

    service.ahead = 60
    const replay = await refresh(ada.refreshToken, service)
    expectProblem(replay, 401, 'refresh-token-reused')
    expect(replay.headers.get('WWW-Authenticate')).toBe('Bearer error="invalid_token"')
    expect(service.log.filter(({ event }) => event !== 'request')).toEqual([
      { event: 'refresh-token-reused', session_id: ada.sessionId, counter: 0 },
    ])
    const [, , mac = ''] = ada.refreshToken.split('.')
    expect(JSON.stringify(service.log)).not.toContain(mac)
    expect(await endReasonOf(ada)).toBe('refresh-token-reused')

    expectProblem(await me(third.body.access_token, service), 401, 'session-ended')
    for (const token of [r3, r2, ada.refreshToken]) {
      expectProblem(await refresh(token, service), 401, 'session-ended')
    }
    for (const client of [other, inCookie]) expect((await client.get('/me')).status).toBe(200)
    expect((await refresh(other.refreshToken, service)).status).toBe(200)
  })

  it('R2 replayed after the window ends the session too', async () => {
    const service = ownService()
    const ada = await signedIn(service)
    const r2 = tokenOf(await refresh(ada.refreshToken, service))
    const r3 = tokenOf(await refresh(r2, service))
    service.ahead = 60
    expectProblem(await refresh(r2, service), 401, 'refresh-token-reused')
    expectProblem(await refresh(r3, service), 401, 'session-ended')
  })
})

describe('REF-03, INC-1: one successor', () => {
  it('a replay within the window gives the identical successor, and no second rotation', async () => {
    const ada = await signedIn()
    const first = await refresh(ada.refreshToken)
    const second = await refresh(ada.refreshToken)
    expect(tokenOf(second)).toBe(tokenOf(first))
    expect(await counterOf(ada)).toBe(1)
    expect((await refresh(tokenOf(second))).status).toBe(200)
  })

  it('fifty refreshes of one token at once: one rotation, one successor', async () => {
    const ada = await signedIn()
    const answers = await Promise.all(Array.from({ length: 50 }, () => refresh(ada.refreshToken)))
    expect(new Set(answers.map(tokenOf)).size).toBe(1)
    expect(await counterOf(ada)).toBe(1)
    expect(await endReasonOf(ada)).toBeNull()
  })

  it('a hundred rounds of a race: the counter moves by one each round, and nobody is logged out', async () => {
    const ada = await signedIn()
    let token = ada.refreshToken
    for (let round = 1; round <= 100; round++) {
      const answers = await Promise.all([refresh(token), refresh(token), refresh(token)])
      const successors = new Set(answers.map(tokenOf))
      expect(successors.size).toBe(1)
      expect(await counterOf(ada)).toBe(round)
      token = [...successors].join()
    }
  })

  it('a race between a refresh and a replay of an older token ends in one state: over', async () => {
    const service = ownService()
    const ada = await signedIn(service)
    const r2 = tokenOf(await refresh(ada.refreshToken, service))
    const r3 = tokenOf(await refresh(r2, service))
    service.ahead = 60
    const [, replay] = await Promise.all([refresh(r3, service), refresh(ada.refreshToken, service)])
    expectProblem(replay, 401, 'refresh-token-reused')
    expect(await endReasonOf(ada)).toBe('refresh-token-reused')
    expectProblem(await refresh(r3, service), 401, 'session-ended')
  })
})

describe('with the clock standing still', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date'] })
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it.each([
    ['by default, 30 seconds', {}, 30],
    ['as configured', { REFRESH_REUSE_SECONDS: '120' }, 120],
    ['0: only within the same second', { REFRESH_REUSE_SECONDS: '0' }, 0],
  ])('REF-03: the window, %s: the last second is inside, the next is reuse', async (_, settings, seconds) => {
    const service = ownService(settings)
    const ada = await signedIn(service)
    const successor = tokenOf(await refresh(ada.refreshToken, service))
    service.ahead = seconds
    expect(tokenOf(await refresh(ada.refreshToken, service))).toBe(successor)
    service.ahead = seconds + 1
    expectProblem(await refresh(ada.refreshToken, service), 401, 'refresh-token-reused')
    expectProblem(await refresh(successor, service), 401, 'session-ended')
  })

  /** Refreshes a token and then its successors, one at each instant. @returns All of them, oldest first. */
  async function chain(service: OwnService, first: string, instants: readonly number[]): Promise<string[]> {
    const tokens = [first]
    for (const ahead of instants) {
      service.ahead = ahead
      tokens.push(tokenOf(await refresh(tokens.at(-1), service)))
    }
    return tokens
  }

  it.each([
    ['by default', {}, 30],
    ['as configured', { REFRESH_REUSE_SECONDS: '120' }, 120],
    ['0: only within the same second', { REFRESH_REUSE_SECONDS: '0' }, 0],
  ])(
    'REF-03: each token leads to the current one until the window of its own rotation is over: %s',
    async (_, settings, seconds) => {
      // Several in a second, several a second apart, and one at the end of the window of the first.
      const instants = [0, 0, 0, 1, 2, 2, 5].map((at) => Math.min(at, seconds))
      for (const [index, rotatedAt] of instants.entries()) {
        const service = ownService(settings)
        const ada = await signedIn(service)
        const tokens = await chain(service, ada.refreshToken, instants)
        const presented = tokens[index]
        service.ahead = rotatedAt + seconds
        const repeated = await refresh(presented, service)
        expect(tokenOf(repeated), `token ${index}`).toBe(tokens.at(-1))
        expect(await counterOf(ada)).toBe(instants.length)
        service.ahead = rotatedAt + seconds + 1
        expectProblem(await refresh(presented, service), 401, 'refresh-token-reused')
        expectProblem(await refresh(tokens.at(-1), service), 401, 'session-ended')
      }
    },
  )

  it('REF-03: many steps within a window are all known, and what is kept of them is bounded', async () => {
    const service = ownService({ REFRESH_REUSE_SECONDS: '10' })
    const ada = await signedIn(service)
    const instants = Array.from({ length: 120 }, (_, index) => Math.floor(index / 4))
    const tokens = await chain(service, ada.refreshToken, instants)
    const row = env.DB.prepare('SELECT recent_rotations FROM sessions WHERE id = ?1').bind(ada.sessionId)
    const kept: readonly unknown[] = JSON.parse((await row.first('recent_rotations')) ?? '')
    // The seconds 19 to 29, of which each knows the first of its four.
    const now = Math.floor(Date.now() / 1000)
    expect(kept).toEqual(Array.from({ length: 11 }, (_, index) => [now + 19 + index, (19 + index) * 4]))
    for (const index of [76, 77, 79, 80, 100, 119]) {
      expect(tokenOf(await refresh(tokens[index], service))).toBe(tokens.at(-1))
    }
    expectProblem(await refresh(tokens[75], service), 401, 'refresh-token-reused')
  })

  it('REF-03: a rotation by the version before this one is known, too', async () => {
    const service = ownService()
    const ada = await signedIn(service)
    const successor = tokenOf(await refresh(ada.refreshToken, service))
    await env.DB.prepare('UPDATE sessions SET recent_rotations = NULL WHERE id = ?1')
      .bind(ada.sessionId)
      .run()
    expect(tokenOf(await refresh(ada.refreshToken, service))).toBe(successor)
    service.ahead = 31
    expectProblem(await refresh(ada.refreshToken, service), 401, 'refresh-token-reused')
  })

  it('REF-03: at once, old and new, each gets the one that is current when it is its turn', async () => {
    const service = ownService()
    const ada = await signedIn(service)
    const tokens = await chain(service, ada.refreshToken, [0, 1, 2])
    const answers = await Promise.all([...tokens, ...tokens].map((token) => refresh(token, service)))
    const given = new Set(answers.map(tokenOf))
    // The newest was moved on by one of two, so there are it and its successor.
    expect(await counterOf(ada)).toBe(4)
    expect(given.size).toBeLessThanOrEqual(2)
    for (const token of given) expect((await refresh(token, service)).status).toBe(200)
  })

  it('REF-03: a replay does not lengthen the window', async () => {
    const service = ownService()
    const ada = await signedIn(service)
    await refresh(ada.refreshToken, service)
    service.ahead = 20
    expect((await refresh(ada.refreshToken, service)).status).toBe(200)
    service.ahead = 40
    expectProblem(await refresh(ada.refreshToken, service), 401, 'refresh-token-reused')
  })

  it('REF-04: idle expiry: refused after REFRESH_IDLE_SECONDS unused, which each use starts again', async () => {
    const service = ownService({ REFRESH_IDLE_SECONDS: '1000' })
    const ada = await signedIn(service)
    service.ahead = 999
    const r2 = tokenOf(await refresh(ada.refreshToken, service))
    service.ahead = 1998
    const r3 = tokenOf(await refresh(r2, service))
    service.ahead = 2998
    expectProblem(await refresh(r3, service), 401, 'session-ended')
    expect(await counterOf(ada)).toBe(2)
  })

  it('REF-04: absolute expiry: refused after SESSION_LIFETIME_SECONDS, however it is used', async () => {
    const service = ownService({ REFRESH_IDLE_SECONDS: '1000', SESSION_LIFETIME_SECONDS: '2000' })
    const ada = await signedIn(service)
    let token = ada.refreshToken
    for (const ahead of [900, 1800, 1999]) {
      service.ahead = ahead
      const answer = await refresh(token, service)
      token = tokenOf(answer)
      expect(answer.body.session.expires_at).toBe(ada.answer.body.session.expires_at)
      // Instants in UTC compare as texts.
      expect(answer.body.session.idle_expires_at <= answer.body.session.expires_at).toBe(true)
      // No access token outlives the session either.
      expect(answer.body.expires_in).toBe(Math.min(900, 2000 - ahead))
    }
    service.ahead = 2000
    expectProblem(await refresh(token, service), 401, 'session-ended')
  })

  it('STP-02: auth_time and amr stay those of the sign-in over five refreshes', async () => {
    const service = ownService()
    const ada = await signedIn(service)
    const { auth_time, amr } = claimsOf(ada.answer)
    expect(auth_time).toBe(Math.floor(Date.now() / 1000))
    let token = ada.refreshToken
    for (let turn = 1; turn <= 5; turn++) {
      service.ahead = turn * 600
      const answer = await refresh(token, service)
      token = tokenOf(answer)
      expect(claimsOf(answer)).toMatchObject({ auth_time, amr, iat: auth_time + turn * 600 })
    }
    const row = env.DB.prepare('SELECT authenticated_at FROM sessions WHERE id = ?1').bind(ada.sessionId)
    expect(await row.first('authenticated_at')).toBe(auth_time)
  })
})

describe('REF-05: every refresh asks again who may sign in', () => {
  it('a disabled account is refused at once, and when it is enabled again', async () => {
    const ada = await signedIn()
    const set = env.DB.prepare('UPDATE users SET disabled_at = ?2 WHERE id = ?1')
    await set.bind(ada.userId, 1).run()
    expectProblem(await refresh(ada.refreshToken), 401, 'session-ended')
    expect(await counterOf(ada)).toBe(0)
    await set.bind(ada.userId, null).run()
    expectProblem(await refresh(ada.refreshToken), 401, 'session-ended')
  })

  it('a changed role ends the session; the next one has it', async () => {
    const ada = await signedIn()
    await env.DB.prepare('UPDATE users SET roles = ?2 WHERE id = ?1').bind(ada.userId, '["editor"]').run()
    expectProblem(await refresh(ada.refreshToken), 401, 'session-ended')
    const again = await ada.signIn()
    expect(claimsOf(again.answer).roles).toEqual(['editor'])
    expect(claimsOf(await refresh(again.refreshToken)).roles).toEqual(['editor'])
  })

  it.each([
    ['signed out', (ada: SignedIn) => ada.post('/logout')],
    ['signed out everywhere', (ada: SignedIn) => ada.post('/logout/all')],
    ['deleted', (ada: SignedIn) => ada.post('/me/delete', { password: PASSWORD })],
  ])('who has %s is refused', async (_, end) => {
    const ada = await signedIn()
    expect((await end(ada)).status).toBe(204)
    expectProblem(await refresh(ada.refreshToken), 401, 'session-ended')
    expect(await counterOf(ada)).toBe(0)
  })
})
