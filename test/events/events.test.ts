import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import type { JanusEvent } from '../../src/events/event'
import { reset, resetLink } from '../support/links'
import { type MailingService, mailingService } from '../support/mail'
import { newEmail, PASSWORD, send, signedInPerson } from '../support/person'
import { ALL_PARTS, ownService } from '../support/service'

const SECRET = `whsec_${btoa('a secret of 32 bytes for a test!')}`
const OLD_SECRET = `whsec_${btoa('the secret of before, 32 bytes..')}`
const URL_ = 'https://hooks.example.com/janus'
const WEBHOOK = { WEBHOOK_URL: URL_, WEBHOOK_SECRET: SECRET }
const MINUTE = 60
const DAY = 24 * 60 * MINUTE

beforeEach(async () => {
  await env.DB.prepare('DELETE FROM event_receivers').run()
})

/** Returns a service whose app notes what it is told, from here on. */
async function tellingService(settings: Partial<Record<string, unknown>> = {}) {
  const told: JanusEvent[] = []
  const state = { fails: false as boolean | ((event: JanusEvent) => boolean) }
  const service = mailingService(settings, ALL_PARTS, {
    async onEvent(event) {
      if (typeof state.fails === 'function' ? state.fails(event) : state.fails)
        throw new Error('The app is away')
      told.push(event)
    },
  })
  await service.sweep()
  const typesOf = (userId: string) =>
    told
      .filter(({ data }) => data.user_id === userId)
      .map(({ type, data }) => `${type} ${data.reason ?? '-'}`)
  return { service, told, state, typesOf }
}

/** Takes what is posted to the webhook, and answers it. */
function receiver(
  answer: (request: Request) => Response | Promise<Response> = () => new Response(null, { status: 204 }),
) {
  const posted: { readonly request: Request; readonly body: string; readonly init: RequestInit }[] = []
  const spy = vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init = {}) => {
    const request = new Request(input as string, init)
    posted.push({ request: request.clone(), body: await request.clone().text(), init })
    return answer(request)
  })
  onTestFinished(() => spy.mockRestore())
  return posted
}

describe.each(['session', 'token'] as const)('events, in %s mode', (mode) => {
  it('tell the app what happens to an account, in order, behind the response', async () => {
    const { service, told, typesOf } = await tellingService()
    const ada = await signedInPerson({ mode, service })
    await ada.signIn()
    await ada.patch('/me', { name: 'Ada' })
    await reset(service, await resetLink(service, ada.email))
    const again = await send(service, 'POST', '/login', {
      body: { email: ada.email, password: 'seven quiet minutes at sea', mode },
    })
    const headers =
      mode === 'session'
        ? { Cookie: `__Host-session=${again.cookies['__Host-session']}` }
        : { Authorization: `Bearer ${again.body.access_token}` }
    expect((await send(service, 'POST', '/logout', { headers, body: {} })).status).toBe(204)
    expect(typesOf(ada.userId)).toEqual([
      'user.created -',
      'session.started -',
      'user.changed profile',
      'session.ended address-proven',
      'session.ended address-proven',
      'user.verified -',
      'password.changed reset',
      'session.started -',
      'session.ended signed-out',
    ])
    const [created] = told.filter(({ data }) => data.user_id === ada.userId)
    expect(created).toEqual({
      id: expect.stringMatching(/^evt_\d+_\d+$/),
      type: 'user.created',
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/),
      data: {
        user_id: ada.userId,
        by: ada.userId,
        session_id: ada.sessionId,
        mode,
        reason: null,
        user: { email: ada.email, email_verified: false, name: null },
      },
    })
    expect(new Set(told.map(({ id }) => id)).size).toBe(told.length)
  })

  it('tell of a deletion, whose account is gone, and of what an operator does', async () => {
    const { service, told, typesOf } = await tellingService()
    const ada = await signedInPerson({ mode, service })
    await ada.post('/me/delete', { password: PASSWORD })
    expect(typesOf(ada.userId).slice(1)).toEqual(['session.ended account-deleted', 'user.deleted -'])
    expect(told.at(-1)?.data).toMatchObject({ user: null, by: ada.userId })

    const eve = await signedInPerson({ mode, service })
    await env.DB.prepare(
      `INSERT INTO audit_events (at, event, outcome, actor_id, subject_id) VALUES (1, 'account-disabled', 'success', 'operator:ann', ?1)`,
    )
      .bind(eve.userId)
      .run()
    await service.sweep()
    expect(told.at(-1)).toMatchObject({
      type: 'user.disabled',
      data: { user_id: eve.userId, by: 'operator:ann' },
    })
  })

  it('tell nothing of what was refused', async () => {
    const { service, told } = await tellingService()
    const ada = await signedInPerson({ mode, service })
    const before = told.length
    await send(service, 'POST', '/login', { body: { email: ada.email, password: 'not the password', mode } })
    await ada.post('/password', { current_password: 'not the password', new_password: 'seven quiet minutes' })
    await service.sweep()
    expect(told.slice(before)).toEqual([])
  })
})

describe('a receiver that fails', () => {
  it('gets the event again with growing delays, and those after it in their order', async () => {
    const { service, state, typesOf } = await tellingService()
    state.fails = true
    const ada = await signedInPerson({ mode: 'token', service })
    await ada.signIn()
    expect(service.log.filter(({ event }) => event === 'event-not-delivered')).toMatchObject([
      { receiver: 'app', type: 'user.created', error: 'Error', event_id: expect.stringMatching(/^evt_/) },
    ])
    // Not due before a minute has passed.
    state.fails = false
    await service.sweep()
    expect(typesOf(ada.userId)).toEqual([])
    state.fails = true
    service.ahead += MINUTE
    await service.sweep()
    state.fails = false
    service.ahead += MINUTE
    await service.sweep()
    expect(typesOf(ada.userId)).toEqual([])
    service.ahead += MINUTE
    await service.sweep()
    expect(typesOf(ada.userId)).toEqual(['user.created -', 'session.started -'])
  })

  it('is told of nothing twice that it has taken', async () => {
    const { service, state, told, typesOf } = await tellingService()
    state.fails = ({ type }) => type === 'session.started'
    const ada = await signedInPerson({ mode: 'token', service })
    await ada.signIn()
    state.fails = false
    service.ahead += MINUTE
    await service.sweep()
    expect(typesOf(ada.userId)).toEqual(['user.created -', 'session.started -'])
    expect(new Set(told.map(({ id }) => id)).size).toBe(told.length)
  })

  it('loses an event after a day, which the audit trail and the log say', async () => {
    const { service, state, typesOf } = await tellingService()
    state.fails = true
    const ada = await signedInPerson({ mode: 'token', service })
    service.ahead += DAY + MINUTE
    await service.sweep()
    const [given] = service.log.filter(({ event }) => event === 'event-given-up')
    expect(given).toMatchObject({ receiver: 'app', type: 'user.created', error: 'Error' })
    const row = await env.DB.prepare(
      `SELECT outcome, reason, subject_id FROM audit_events WHERE event = 'event-given-up' ORDER BY seq DESC LIMIT 1`,
    ).first()
    expect(row).toEqual({ outcome: 'refused', reason: `app ${given?.event_id}`, subject_id: null })
    state.fails = false
    await ada.signIn()
    await service.sweep()
    expect(typesOf(ada.userId)).toEqual(['session.started -'])
  })

  it('does not keep others from theirs', async () => {
    const queued: unknown[] = []
    const JANUS_EVENTS = {
      send: async (message: unknown, options: unknown) => void queued.push([message, options]),
    }
    const { service, state } = await tellingService({ JANUS_EVENTS })
    state.fails = true
    const ada = await signedInPerson({ mode: 'session', service })
    expect(queued).toEqual([
      [
        expect.objectContaining({
          type: 'user.created',
          data: expect.objectContaining({ user_id: ada.userId }),
        }),
        { contentType: 'json' },
      ],
    ])
  })
})

describe('a webhook', () => {
  async function hooked(settings: Partial<Record<string, unknown>> = WEBHOOK): Promise<MailingService> {
    const service = mailingService(settings)
    await service.sweep()
    return service
  }

  it('is a POST that is signed as Standard Webhooks says, by each secret', async () => {
    const service = await hooked({ WEBHOOK_URL: URL_, WEBHOOK_SECRET: `${SECRET},${OLD_SECRET}` })
    const posted = receiver()
    await signedInPerson({ mode: 'token', service })
    expect(posted).toHaveLength(1)
    const [{ request, body, init }] = posted as [(typeof posted)[0]]
    const header = (name: string) => request.headers.get(name) ?? ''
    expect([request.method, request.url, header('Content-Type')]).toEqual(['POST', URL_, 'application/json'])
    expect(init.redirect).toBe('manual')
    expect(init.signal).toBeInstanceOf(AbortSignal)
    const event = JSON.parse(body) as JanusEvent
    expect(header('webhook-id')).toBe(event.id)
    expect(Math.abs(Number(header('webhook-timestamp')) - Date.now() / 1000)).toBeLessThan(60)
    const signed = `${event.id}.${header('webhook-timestamp')}.${body}`
    const expected = await Promise.all([SECRET, OLD_SECRET].map((secret) => hmac(secret, signed)))
    expect(header('webhook-signature')).toBe(expected.map((signature) => `v1,${signature}`).join(' '))
  })

  it.each([
    ['an error', () => new Response('no', { status: 500 }), 'HTTP 500'],
    ['a redirect', () => Response.redirect('https://elsewhere.example/'), 'HTTP 302'],
    ['no answer', () => Promise.reject(new DOMException('late', 'TimeoutError')), 'TimeoutError'],
  ])('is sent again after %s, under the same id', async (_, answer, error) => {
    const service = await hooked()
    let fails = true
    const posted = receiver(() => (fails ? answer() : new Response()))
    await signedInPerson({ mode: 'token', service })
    expect(service.log.find(({ event }) => event === 'event-not-delivered')).toMatchObject({
      receiver: 'webhook',
      error,
    })
    fails = false
    service.ahead += MINUTE
    await service.sweep()
    const ids = posted.map(({ request }) => request.headers.get('webhook-id'))
    expect([ids.length, new Set(ids).size]).toEqual([2, 1])
  })

  it.each([
    ['WEBHOOK_URL', { ...WEBHOOK, WEBHOOK_URL: 'http://hooks.example.com/' }],
    ['WEBHOOK_URL', { ...WEBHOOK, WEBHOOK_URL: 'https://user@hooks.example.com/' }],
    ['WEBHOOK_URL', { ...WEBHOOK, WEBHOOK_URL: 'ftp://hooks.example.com/' }],
    ['WEBHOOK_SECRET', { WEBHOOK_URL: URL_ }],
    ['WEBHOOK_SECRET', { ...WEBHOOK, WEBHOOK_SECRET: 'whsec_c2hvcnQ=' }],
    ['WEBHOOK_SECRET', { ...WEBHOOK, WEBHOOK_SECRET: `${SECRET},` }],
    ['WEBHOOK_SECRET', { ...WEBHOOK, WEBHOOK_SECRET: SECRET.replace('whsec_', '') }],
    ['WEBHOOK_SECRET', { ...WEBHOOK, WEBHOOK_SECRET: `whsec_${btoa('x'.repeat(65))}` }],
  ])('is refused where %s is not right: %j', (setting, settings) => {
    expect(() => ownService(settings)).toThrow(setting)
  })
})

describe('where nobody receives events', () => {
  it('nothing is read or written for them', async () => {
    const service = ownService()
    await signedInPerson({ mode: 'session', service })
    await service.sweep()
    expect(await env.DB.prepare('SELECT count(*) AS n FROM event_receivers').first('n')).toBe(0)
    expect(service.services.events).toBeNull()
  })
})

it('two that deliver at once deliver once', async () => {
  const { service, told } = await tellingService()
  const other = mailingService({}, ALL_PARTS, { onEvent: (event) => void told.push(event) })
  const quiet = ownService()
  const ada = await signedInPerson({ mode: 'token', service: quiet })
  await Promise.all([service.sweep(), other.sweep()])
  expect(told.filter(({ data }) => data.user_id === ada.userId).map(({ type }) => type)).toEqual([
    'user.created',
  ])
})

it('a verified registration is created with a verified address', async () => {
  const { service, told } = await tellingService({ REGISTRATION: 'verified' })
  const email = newEmail()
  const asked = await send(service, 'POST', '/register', { body: { email, password: PASSWORD } })
  const token = service.tokenFor(email)
  await send(service, 'POST', '/email/verify', { body: { token, binding: asked.body.binding } })
  expect(told.find(({ data }) => data.user?.email === email)).toMatchObject({
    type: 'user.created',
    data: { user: { email, email_verified: true } },
  })
})

async function hmac(secret: string, text: string): Promise<string> {
  const bytes = Uint8Array.from(atob(secret.slice('whsec_'.length)), (letter) => letter.charCodeAt(0))
  const key = await crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
  const mac = await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(text))
  return btoa(String.fromCharCode(...new Uint8Array(mac)))
}
