import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { createBreachedPasswords } from '../../src/passwords/breached-passwords'
import { NEW_PASSWORD, provenPerson, reset, resetLink } from '../support/links'
import { mailingService } from '../support/mail'
import { newAddress, newEmail, PASSWORD, send, signedInPerson } from '../support/person'
import { ownService } from '../support/service'

/** Long enough and not common. Its SHA-1 is 12E03…, computed by another program (sha1sum). */
const BREACHED = 'thirteen lazy herons wade'
const PREFIX = '12E03'
const SUFFIX = '596C730B44586E9DC835C748E6D7E37B689'

const PADDING = 'A'.repeat(35)
const OTHER = '0123456789ABCDEF0123456789ABCDEF012'

interface Asked {
  readonly url: string
  readonly init: RequestInit
}

/** Puts something in the place of Have I Been Pwned. Everything else that is fetched fails the test. */
function standIn(answer: (asked: Asked) => Promise<Response> | Response): Asked[] {
  const asked: Asked[] = []
  const spy = vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init = {}) => {
    expect(input).toBeTypeOf('string')
    const one = { url: String(input), init }
    asked.push(one)
    return answer(one)
  })
  onTestFinished(() => spy.mockRestore())
  return asked
}

const range = (...rows: string[]) => new Response(rows.join('\r\n'))
const found = () => range(`${OTHER}:3`, `${SUFFIX}:12`, `${PADDING}:0`)
const ON = { BREACH_CHECK: 'on' }

describe.each(['session', 'token'] as const)('breached passwords, in %s mode', (mode) => {
  it('PW-04: register, change and reset refuse one, say what to do, and change nothing', async () => {
    const service = mailingService(ON)
    standIn(({ url }) => (url.endsWith(PREFIX) ? found() : range(`${OTHER}:1`)))
    const email = newEmail()
    const ada = await provenPerson(service, mode)
    const link = await resetLink(service, ada.email)

    const change = { current_password: ada.password, new_password: BREACHED }
    const refused = [
      await send(service, 'POST', '/register', { body: { email, password: BREACHED, mode } }),
      await ada.post('/password', change),
      await reset(service, link, BREACHED),
    ]
    const message = 'This password was found in a data breach. Choose one that you use nowhere else.'
    for (const [index, answer] of refused.entries()) {
      expect([answer.status, answer.body.code, answer.body.errors]).toEqual([
        422,
        'password-refused',
        [{ field: index === 0 ? 'password' : 'new_password', code: 'breached', message }],
      ])
    }
    expect((await ada.get('/me')).status).toBe(200)
    // The link is still good for another password.
    expect((await reset(service, link, NEW_PASSWORD)).status).toBe(204)
    expect(
      (await send(service, 'POST', '/register', { body: { email, password: PASSWORD, mode } })).status,
    ).toBe(201)
  })

  it('PW-04: a password that is set with a link that proves the address is checked, too', async () => {
    const service = mailingService(ON)
    standIn(({ url }) => (url.endsWith(PREFIX) ? found() : range(`${OTHER}:1`)))
    const ada = await signedInPerson({ mode, service })
    expect((await send(service, 'POST', '/email/verify/resend', { body: { email: ada.email } })).status).toBe(
      202,
    )
    const body = { token: service.tokenFor(ada.email), new_password: BREACHED }
    const refused = await send(service, 'POST', '/email/verify', { body })
    expect([refused.status, refused.body.errors?.[0]?.code]).toEqual([422, 'breached'])
  })

  it('PW-04: a verified registration refuses one before it mails', async () => {
    const service = mailingService({ ...ON, REGISTRATION: 'verified' })
    standIn(found)
    const email = newEmail()
    const refused = await send(service, 'POST', '/register', { body: { email, password: BREACHED, mode } })
    expect([refused.status, refused.body.errors?.[0]?.code]).toEqual([422, 'breached'])
    expect(service.mailTo(email)).toEqual([])
  })

  it('PW-04: if the service does not answer, the password is accepted and the log says so', async () => {
    const service = ownService(ON)
    standIn(() => new Response('down', { status: 500 }))
    const body = { email: newEmail(), password: BREACHED, mode }
    expect((await send(service, 'POST', '/register', { body })).status).toBe(201)
    const logged = service.log.filter(({ event }) => event === 'breach-check-failed')
    expect(logged).toEqual([{ event: 'breach-check-failed', reason: 'HTTP 500' }])
  })
})

it.each([
  ['en', 'This password was found in a data breach. Please choose one that you use nowhere else.'],
  ['de', 'Dieses Passwort wurde bei einem Datenleck bekannt.'],
  ['es', 'Esta contraseña apareció en una filtración de datos.'],
])('PW-04: the page of a form says it in the language of the browser (%s)', async (language, text) => {
  const service = ownService(ON)
  standIn(found)
  const answer = await service.fetch(
    new Request(`${service.issuer}/register`, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/x-www-form-urlencoded',
        'CF-Connecting-IP': newAddress(),
        'Sec-Fetch-Site': 'same-origin',
        'Accept-Language': language,
        Accept: 'text/html',
      },
      body: new URLSearchParams({ email: newEmail(), password: BREACHED, mode: 'session' }),
    }),
  )
  expect(answer.status).toBe(422)
  expect(await answer.text()).toContain(text)
})

describe('the request', () => {
  it('PW-04: five hex digits leave, to one host, padded, within 800 ms and without redirects', async () => {
    const limits: number[] = []
    const real = AbortSignal.timeout
    const timeout = vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
      limits.push(ms)
      return real.call(AbortSignal, ms)
    })
    onTestFinished(() => timeout.mockRestore())
    const asked = standIn(found)
    const log: unknown[] = []
    const isBreached = createBreachedPasswords((...line) => log.push(line))
    expect(await isBreached(BREACHED)).toBe(true)
    expect(asked).toHaveLength(1)
    const [{ url, init } = { url: '', init: {} }] = asked
    expect(url).toBe(`https://api.pwnedpasswords.com/range/${PREFIX}`)
    const { signal, ...rest } = init
    expect(rest).toEqual({ headers: { 'Add-Padding': 'true', 'User-Agent': 'janus' }, redirect: 'manual' })
    expect(signal).toBeInstanceOf(AbortSignal)
    expect(limits).toEqual([800])
    expect(log).toEqual([])
  })

  it.each([
    ['a row in upper case', [`${SUFFIX}:1`], true],
    ['a row in lower case', [`${SUFFIX.toLowerCase()}:42`], true],
    ['the last of many', [`${OTHER}:1`, `${PADDING}:0`, `${SUFFIX}:2`], true],
    ['a row of padding with the same rest', [`${SUFFIX}:0`, `${OTHER}:3`], false],
    ['other rows', [`${OTHER}:99`, `${PADDING}:0`], false],
  ])('PW-04: %s', async (_, rows, breached) => {
    standIn(() => range(...rows))
    const log: unknown[] = []
    expect(await createBreachedPasswords((...line) => log.push(line))(BREACHED)).toBe(breached)
    expect(log).toEqual([])
  })

  it.each<[string, () => Promise<Response> | Response, string]>([
    ['late', () => Promise.reject(new DOMException('The operation timed out', 'TimeoutError')), 'timeout'],
    ['unreachable', () => Promise.reject(new TypeError('connection refused')), 'unreachable'],
    [
      'broken off',
      () => new Response(new ReadableStream({ pull: (c) => c.error(new Error('reset')) })),
      'unreachable',
    ],
    ['a 500', () => new Response(`${SUFFIX}:1`, { status: 500 }), 'HTTP 500'],
    ['a 429', () => new Response('slow down', { status: 429 }), 'HTTP 429'],
    ['a redirect', () => Response.redirect('https://elsewhere.example/'), 'HTTP 302'],
    ['a page', () => new Response('<h1>Sign in to this network</h1>'), 'unexpected-answer'],
    ['nothing', () => new Response(''), 'unexpected-answer'],
    ['a row cut off', () => range(`${SUFFIX}:1`, `${OTHER.slice(0, 20)}`), 'unexpected-answer'],
    ['more than a range', () => range(`${SUFFIX}:1`, ...Array(9000).fill(`${OTHER}:1`)), 'unexpected-answer'],
  ])(
    'PW-04: it fails open when the answer is %s, and logs neither hash nor prefix',
    async (_, answer, reason) => {
      standIn(answer)
      const log: unknown[] = []
      expect(await createBreachedPasswords((...line) => log.push(line))(BREACHED)).toBe(false)
      expect(log).toEqual([['breach-check-failed', { reason }]])
    },
  )
})

describe('BREACH_CHECK', () => {
  it('is off where the issuer is on this machine, and where it is off nothing is fetched', async () => {
    const asked = standIn(found)
    for (const settings of [
      { BREACH_CHECK: undefined, ISSUER: 'http://localhost:8787' },
      { BREACH_CHECK: 'off' },
    ]) {
      const service = ownService(settings)
      const body = { email: newEmail(), password: BREACHED }
      expect((await send(service, 'POST', '/register', { body })).status).toBe(201)
    }
    expect(asked).toEqual([])
  })

  it('PW-04: nothing is asked about a password that is refused anyway', async () => {
    const asked = standIn(found)
    const service = ownService(ON)
    for (const password of ['short', 'qwertyuiop12345', 'janusjanusjanus']) {
      const refused = await send(service, 'POST', '/register', { body: { email: newEmail(), password } })
      expect(refused.status).toBe(422)
    }
    expect(asked).toEqual([])
  })
})
