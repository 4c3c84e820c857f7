import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { parseConfig } from '../../src/config/parse-config'
import { mailingService } from '../support/mail'
import { expectProblem, newAddress, newEmail, PASSWORD, send, signedInPerson } from '../support/person'
import { ownService } from '../support/service'

const SITE_KEY = '0x4AAAAAAAtestwidget'
const SECRET = '0x4AAAAAAAtestsecretOfOurOwn'
const ON = { TURNSTILE_SITE_KEY: SITE_KEY, TURNSTILE_SECRET_KEY: SECRET, APP_URL: 'https://app.example.com/' }
const ALWAYS_PASSES = '1x0000000000000000000000000000000AA'
const HOST = 'auth.example.com'

interface Asked {
  readonly secret: string
  readonly response: string
  readonly idempotency_key: string
}

/** Puts something in the place of Cloudflare's siteverify. Each token works once, but for an equal request. */
function standIn(answer: (asked: Asked) => Promise<Response> | Response): Asked[] {
  const asked: Asked[] = []
  const spy = vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init = {}) => {
    expect(input).toBe('https://challenges.cloudflare.com/turnstile/v0/siteverify')
    expect(init).toMatchObject({ method: 'POST', redirect: 'manual', signal: expect.any(AbortSignal) })
    const one = JSON.parse(String(init.body)) as Asked
    asked.push(one)
    return answer(one)
  })
  onTestFinished(() => spy.mockRestore())
  return asked
}

/** A token names its host and its form; it works once. */
function cloudflare() {
  const used = new Map<string, string>()
  return standIn(({ response, idempotency_key }) => {
    const [good, hostname = '', action = ''] = response.split(' ')
    const before = used.get(response)
    used.set(response, idempotency_key)
    const success = good === 'good' && (before === undefined || before === idempotency_key)
    return Response.json({
      success,
      hostname,
      action,
      'error-codes': success ? [] : ['invalid-input-response'],
    })
  })
}

const token = (action: string, hostname = HOST) => `good ${hostname} ${action} ${crypto.randomUUID()}`

type Fields = Readonly<Record<string, unknown>>

/** The routes that take a token at once, with what else they take. */
const ROUTES = {
  register: { path: '/register', body: () => ({ email: newEmail(), password: PASSWORD }), status: 201 },
  forgot: { path: '/password/forgot', body: () => ({ email: newEmail() }), status: 202 },
  link: { path: '/login/link', body: () => ({ email: newEmail() }), status: 202 },
} as const

describe.each(Object.entries(ROUTES))('at %s', (action, { path, body, status }) => {
  it('RL-07: takes a token of its form and host, once, and an equal request again', async () => {
    const service = mailingService(ON)
    const asked = cloudflare()
    const ask = (fields: Fields) => send(service, 'POST', path, { body: fields })
    for (const turnstile_token of [undefined, '', 'bad', token('other'), token(action, 'evil.example')])
      expectProblem(await ask({ ...body(), turnstile_token }), 403, 'human-check-failed')
    expect(asked.map(({ response }) => response.split(' ')[0])).toEqual(['bad', 'good', 'good'])
    expect(asked[0]?.secret).toBe(SECRET)

    const good = { ...body(), turnstile_token: token(action) }
    expect((await ask(good)).status).toBe(status)
    // Another request with the token of this one.
    expectProblem(await ask({ ...good, email: newEmail() }), 403, 'human-check-failed')
    expect((await ask({ ...body(), turnstile_token: token(action, 'app.example.com') })).status).toBe(status)
    expect((await ask({ ...good, turnstile_token: 'x'.repeat(2049) })).status).toBe(422)
  })

  it('RL-07: a page has the widget, says that it needs scripts, and may load it; no page does where it is off', async () => {
    const at = async (settings: object) => {
      const service = mailingService(settings)
      const answer = await send(service, 'GET', path, { headers: { Accept: 'text/html' } })
      return { text: answer.text, policy: answer.headers.get('Content-Security-Policy') }
    }
    const on = await at(ON)
    expect(on.text).toContain(`data-sitekey="${SITE_KEY}" data-action="${action}"`)
    expect(on.text).toContain('data-response-field-name="turnstile_token"')
    expect(on.text).toMatch(/<noscript><p>This form needs JavaScript/)
    expect(on.policy).toMatch(/script-src 'nonce-[^']+' https:\/\/challenges\.cloudflare\.com;/)
    expect(on.policy).toContain('frame-src https://challenges.cloudflare.com;')
    const off = await at({})
    expect(off.text + off.policy).not.toMatch(/turnstile|challenges\.cloudflare/)
  })

  it.each([
    ['does not answer', () => Promise.reject(new Error('unreachable'))],
    ['is late', () => Promise.reject(Object.assign(new Error('late'), { name: 'TimeoutError' }))],
    ['fails', () => new Response('', { status: 503 })],
    ['says that it fails', () => Response.json({ success: false, 'error-codes': ['internal-error'] })],
    ['answers nonsense', () => new Response('<html>')],
  ])(
    'API-02: while Cloudflare %s, registration is closed and the ways back in are open',
    async (_, answer) => {
      const service = mailingService(ON)
      standIn(answer)
      const got = await send(service, 'POST', path, { body: { ...body(), turnstile_token: token(action) } })
      if (action === 'register') expectProblem(got, 403, 'human-check-failed')
      else expect(got.status).toBe(status)
      expect(service.log.filter(({ event }) => event === 'turnstile-failed')).toHaveLength(1)
    },
  )

  it('API-02: what a client sends does not look like an outage', async () => {
    const service = mailingService(ON)
    standIn(() => Response.json({ success: false, 'error-codes': ['bad-request'] }, { status: 400 }))
    const got = await send(service, 'POST', path, { body: { ...body(), turnstile_token: 'x' } })
    expectProblem(got, 403, 'human-check-failed')
  })

  it('is not asked where it is off, whatever is sent', async () => {
    const asked = cloudflare()
    const service = mailingService()
    expect((await send(service, 'POST', path, { body: { ...body(), turnstile_token: 'x' } })).status).toBe(
      status,
    )
    expect(asked).toEqual([])
  })
})

describe.each(['session', 'token'] as const)('at sign-in in %s mode', (mode) => {
  const signIn = (service: ReturnType<typeof ownService>, fields: Fields, address = newAddress()) =>
    send(service, 'POST', '/login', { body: { mode, ...fields }, headers: { 'CF-Connecting-IP': address } })

  it.each(['email', 'address'] as const)(
    'RL-07: takes a token after three failures at one %s, and from others none',
    async (same) => {
      const ada = await signedInPerson({ mode, service: ownService() })
      const service = ownService(ON)
      cloudflare()
      const address = newAddress()
      for (let failure = 0; failure < 3; failure++) {
        const email = same === 'email' ? ada.email : newEmail()
        const from = same === 'address' ? address : newAddress()
        expectProblem(
          await signIn(service, { email, password: 'wrong password here' }, from),
          401,
          'invalid-credentials',
        )
      }
      const { email, password } = ada
      const from = same === 'address' ? address : newAddress()
      expectProblem(await signIn(service, { email, password }, from), 403, 'human-check-failed')
      const bad = { email, password, turnstile_token: token('register') }
      expectProblem(await signIn(service, bad, from), 403, 'human-check-failed')
      expect((await signIn(service, { email, password, turnstile_token: token('login') }, from)).status).toBe(
        200,
      )
      const eve = await signedInPerson({ mode, service: ownService() })
      expect((await signIn(service, { email: eve.email, password: eve.password })).status).toBe(200)
      service.ahead = 15 * 60
      expect((await signIn(service, { email, password }, from)).status).toBe(200)
    },
  )

  it('a refused form has the widget, a fresh one has none', async () => {
    const service = ownService(ON)
    const page = { Accept: 'text/html' }
    expect((await send(service, 'GET', '/login', { headers: page })).text).not.toContain('cf-turnstile')
    const form = new URLSearchParams({ email: newEmail(), password: 'wrong password here' })
    const answer = await service.fetch(
      new Request(`${service.issuer}/login`, {
        method: 'POST',
        headers: { ...page, 'Sec-Fetch-Site': 'same-origin', 'CF-Connecting-IP': newAddress() },
        body: form,
      }),
    )
    const text = await answer.text()
    expect(text).toContain('data-action="login"')
    expect(text).toMatch(/data-unavailable="[^"]*challenges\.cloudflare\.com/)
  })
})

describe('the keys', () => {
  const parse = (settings: object) => {
    const parsed = parseConfig({ ISSUER: 'https://auth.example.com', ...settings })
    return parsed.ok
      ? []
      : parsed.faults.map(({ setting }) => setting).filter((name) => name.startsWith('TURNSTILE'))
  }

  it("KEY-05: take a secret with a site key, and Cloudflare's test keys on this machine alone", async () => {
    expect(parse({ TURNSTILE_SITE_KEY: SITE_KEY })).toEqual(['TURNSTILE_SECRET_KEY'])
    expect(parse(ON)).toEqual([])
    const test = { TURNSTILE_SITE_KEY: '1x00000000000000000000AA', TURNSTILE_SECRET_KEY: ALWAYS_PASSES }
    expect(parse(test)).toEqual(['TURNSTILE_SECRET_KEY'])
    expect(parse({ ...test, ISSUER: 'http://localhost:8787' })).toEqual([])
  })

  it('of Cloudflare for tests are taken without a host and an action, which their answers have not', async () => {
    const service = mailingService({
      ...ON,
      ISSUER: 'http://localhost:8787',
      TURNSTILE_SECRET_KEY: ALWAYS_PASSES,
    })
    standIn(() => Response.json({ success: true, hostname: 'example.com', 'error-codes': [] }))
    const body = { email: newEmail(), turnstile_token: 'XXXX.DUMMY.TOKEN.XXXX' }
    expect((await send(service, 'POST', '/login/link', { body })).status).toBe(202)
  })
})
