import { afterEach, describe, expect, it, vi } from 'vitest'
import { newAddress, PASSWORD, send, signedInPerson } from '../support/person'
import { createPlace } from '../support/place'
import { type LoggedEvent, type OwnService, ownService } from '../support/service'

const everything = ownService({ LOG_SUCCESS_PERCENT: '100' })
const nothing = ownService({ LOG_SUCCESS_PERCENT: '0' })

afterEach(() => {
  vi.restoreAllMocks()
})

/** Returns the lines for the requests made meanwhile. */
async function linesOf(service: OwnService, work: () => Promise<unknown>): Promise<readonly LoggedEvent[]> {
  const before = service.log.length
  await work()
  return service.log.slice(before).filter(({ event }) => event === 'request')
}

const REQUEST_ID = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)

describe.each(['session', 'token'] as const)('the line of a request, in %s mode', (mode) => {
  it('AUD-01: says who, what and how it ended, and no more', async () => {
    const ada = await signedInPerson({ mode, service: everything })
    const lines = await linesOf(everything, () => ada.get('/me'))
    expect(lines).toEqual([
      {
        event: 'request',
        request_id: REQUEST_ID,
        method: 'GET',
        route: '/me',
        status: 200,
        user_id: ada.userId,
        session_id: ada.sessionId,
        mode,
      },
    ])
  })

  it('AUD-01: has the problem of a refusal, its id, and who was refused', async () => {
    const ada = await signedInPerson({ mode, service: nothing })
    const [refusal] = [await ada.delete(`/sessions/${'A'.repeat(22)}`)]
    expect(nothing.log.filter(({ request_id }) => refusal.body.instance.endsWith(request_id))).toEqual([
      {
        event: 'request',
        request_id: REQUEST_ID,
        method: 'DELETE',
        route: '/sessions/:id',
        status: 404,
        problem: 'not-found',
        user_id: ada.userId,
        session_id: ada.sessionId,
        mode,
      },
    ])
  })

  it('AUD-01: has nobody who has not proven to be anybody', async () => {
    const ada = await signedInPerson({ mode, service: everything })
    await ada.post('/logout')
    const lines = await linesOf(everything, async () => {
      await ada.get('/sessions')
      await send(everything, 'GET', '/me')
      await send(everything, 'POST', '/login', { body: { email: ada.email, password: `x${PASSWORD}` } })
    })
    expect(lines.map(({ status }) => status)).toEqual([401, 401, 401])
    const [, ...unproven] = lines
    for (const line of unproven) expect(Object.keys(line)).not.toContain('user_id')
    expect(lines[0]).toMatchObject({ route: '/sessions', problem: 'session-ended' })
  })

  it('AUD-02: holds nothing that a client sent or was given', async () => {
    const ada = await signedInPerson({ mode, service: everything })
    const canary = 'canary-of-a-client'
    const headers = {
      ...ada.headers,
      'User-Agent': canary,
      Referer: `https://example.com/${canary}`,
      'X-Request-Id': canary,
      'X-Forwarded-For': canary,
    }
    const before = everything.log.length
    for (const path of [`/me?${canary}`, `/${canary}`, `/sessions/${canary}/end`, `/problems/${canary}`]) {
      for (const method of ['GET', 'POST', 'OPTIONS', 'HEAD', 'PROPFIND']) {
        const url = `${everything.issuer}${path}`
        await everything.fetch(new Request(url, { method, headers }))
      }
    }
    await send(everything, 'POST', '/login', { headers, body: { email: ada.email, password: PASSWORD } })
    const lines = JSON.stringify(everything.log.slice(before))
    expect(everything.log.length).toBeGreaterThan(before + 20)
    expect(lines).not.toMatch(new RegExp(canary, 'i'))
    for (const text of [ada.email, PASSWORD, ...Object.values(ada.headers), ada.refreshToken].filter(
      Boolean,
    )) {
      expect(lines).not.toContain(text)
    }
  })
})

describe('one line for each request', () => {
  it('AUD-01: has an id of its own, which a refusal tells the client', async () => {
    const answers = [await send(nothing, 'GET', '/me'), await send(nothing, 'GET', '/me')]
    const ids = answers.map(({ body }) => body.instance.replace('urn:uuid:', ''))
    expect(new Set(ids).size).toBe(2)
    for (const id of ids) expect(nothing.log.filter(({ request_id }) => request_id === id)).toHaveLength(1)
  })

  it.each([
    ['POST', '/login', 422, 'invalid-input', '/login', { body: {} }],
    ['POST', '/login', 403, 'cross-site-request', '/login', { headers: { 'Sec-Fetch-Site': 'cross-site' } }],
    ['GET', '/me', 401, 'invalid-token', '/me', { headers: { Authorization: 'Bearer x' } }],
    ['GET', '/problems/nothing', 404, 'not-found', '/problems/:code', {}],
  ] as const)(
    'AUD-01: is written for every refusal: %s %s is %i %s',
    async (method, path, status, problem, route, sent) => {
      const lines = await linesOf(nothing, () => send(nothing, method, path, sent))
      expect(lines).toEqual([{ event: 'request', request_id: REQUEST_ID, method, route, status, problem }])
    },
  )

  it.each([
    ['GET', '/nothing', 404, 'not-found'],
    ['PUT', '/me', 405, 'method-not-allowed'],
  ])('AUD-01: is written for what no route answers: %s %s', async (method, path, status, problem) => {
    const lines = await linesOf(nothing, () => send(nothing, method, path))
    const unmatched = { method: 'unmatched', route: 'unmatched' }
    expect(lines).toEqual([{ event: 'request', request_id: REQUEST_ID, ...unmatched, status, problem }])
  })

  it('AUD-01: is written for a client over its limit', async () => {
    const service = ownService({
      LOG_SUCCESS_PERCENT: '0',
      LOGIN_LIMIT: { limit: async () => ({ success: false }) },
    })
    const answer = await send(service, 'POST', '/login', { body: {} })
    const request_id = answer.body.instance.replace('urn:uuid:', '')
    expect(service.log).toEqual([
      { event: 'client-throttled', request_id },
      {
        event: 'request',
        request_id,
        method: 'POST',
        route: '/login',
        status: 429,
        problem: 'too-many-attempts',
      },
    ])
  })

  it('AUD-01: is written for a failure, under the id of what is logged about it', async () => {
    const place = createPlace({ LOG_SUCCESS_PERCENT: '0' })
    place.db.fail()
    const answer = await send(place, 'POST', '/login', {
      body: { email: 'ada@example.com', password: PASSWORD },
    })
    const request_id = answer.body.instance.replace('urn:uuid:', '')
    expect(place.log).toMatchObject([
      { event: 'store-unavailable', request_id, store: 'D1' },
      { event: 'request', request_id, status: 503, problem: 'store-unavailable', route: '/login' },
    ])
  })

  it('names the route as it is registered, under a base path and by any spelling', async () => {
    const service = ownService({ ISSUER: 'https://example.com/auth', LOG_SUCCESS_PERCENT: '100' })
    const lines = await linesOf(service, async () => {
      for (const path of ['/healthz', '/healthz/', '/%68ealthz?x=1', '/problems/not-found'])
        expect((await send(service, 'GET', path)).status).toBe(200)
    })
    const routes = ['/auth/healthz', '/auth/healthz', '/auth/healthz', '/auth/problems/:code']
    expect(lines.map(({ route }) => route)).toEqual(routes)
  })
})

describe('a success', () => {
  async function succeed(service: OwnService): Promise<readonly number[]> {
    const ada = await signedInPerson({ mode: 'session', service })
    const form = new Request(`${service.issuer}/logout`, {
      method: 'POST',
      headers: {
        ...ada.headers,
        'Content-Type': 'application/x-www-form-urlencoded',
        'CF-Connecting-IP': newAddress(),
      },
      redirect: 'manual',
    })
    const head = new Request(`${service.issuer}/healthz`, { method: 'HEAD' })
    const answers = [await ada.get('/me'), await service.fetch(head), await service.fetch(form)]
    return answers.map(({ status }) => status)
  }

  it('is always logged with LOG_SUCCESS_PERCENT=100', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.999_999)
    const lines = await linesOf(everything, async () =>
      expect(await succeed(everything)).toEqual([200, 200, 303]),
    )
    expect(lines.map(({ status }) => status)).toEqual([201, 200, 200, 303])
  })

  it('is never logged with LOG_SUCCESS_PERCENT=0', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0)
    expect(await linesOf(nothing, () => succeed(nothing))).toEqual([])
  })

  it.each([
    [0, 4],
    [0.099, 4],
    [0.1, 0],
    [0.9, 0],
  ])('is logged ten times in a hundred by default: with a chance of %d', async (chance, lines) => {
    const service = ownService()
    vi.spyOn(Math, 'random').mockReturnValue(chance)
    expect(await linesOf(service, () => succeed(service))).toHaveLength(lines)
  })
})
