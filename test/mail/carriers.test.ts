import { env } from 'cloudflare:workers'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { createCloudflareMailer } from '../../src/mail/cloudflare-mailer'
import { createConsoleMailer } from '../../src/mail/console-mailer'
import { MailRefused, type Message } from '../../src/mail/mailer'
import { createResendMailer } from '../../src/mail/resend-mailer'
import { newEmail, send, signedInPerson } from '../support/person'
import { ownService } from '../support/service'

const LINK = 'https://auth.example.com/password/reset?token=Xr7VhmM0v3dEWdC1sPpT6uJqgB9oYkZfLwNaQ2iHtE4'

const MESSAGE: Message = {
  id: 'mailmailmailmailmailma',
  to: 'ada@example.com',
  subject: 'Set a new password for Analytical Engines',
  headers: { 'Auto-Submitted': 'auto-generated', References: '<mailmailmailmailmailma@auth.example.com>' },
  text: `Somebody asked.\n\nChoose a new password:\n${LINK}\n\nAnalytical Engines\n`,
  html: `<p>Somebody asked.</p><a href="${LINK}">Choose a new password</a>`,
}

const SENDER = { name: 'Analytical Engines', address: 'janus@example.com' }

/** Returns the error of sending a message, or `null` if the carrier took it. */
async function outcomeOf(sending: Promise<void>): Promise<unknown> {
  return sending.then(
    () => null,
    (error: unknown) => error,
  )
}

describe('the console', () => {
  it('prints to whom, about what, and the link on a line of its own', async () => {
    const printed: string[] = []
    await createConsoleMailer((text) => printed.push(text)).send(MESSAGE)
    expect(printed).toHaveLength(1)
    const lines = (printed[0] ?? '').split('\n').map((line) => line.trim())
    expect(lines).toContain('Mail to ada@example.com: Set a new password for Analytical Engines')
    expect(lines).toContain(LINK)
    expect(printed[0]).not.toContain('<p>')
  })

  it('is what MAILER=console mails with', async () => {
    const print = vi.spyOn(console, 'log').mockImplementation(() => {})
    onTestFinished(() => print.mockRestore())
    const service = ownService({ MAILER: 'console', ISSUER: 'http://localhost:8787' })
    const { email } = await signedInPerson({ mode: 'token', service })
    await send(service, 'POST', '/password/forgot', { body: { email } })
    const printed = print.mock.calls.flat().join('\n')
    expect(printed).toContain(`Mail to ${email}: `)
    expect(printed).toMatch(/^ +http:\/\/localhost:8787\/password\/reset\?token=[\w-]{43}$/m)
  })
})

describe('the binding of Cloudflare', () => {
  const bindingThat = (send: (message: unknown) => unknown) => ({ send }) as unknown as SendEmail

  it('takes a message', async () => {
    // The runtime's own, which only pretends to send.
    expect(env.EMAIL).toBeDefined()
    expect(await outcomeOf(createCloudflareMailer(env.EMAIL, SENDER).send(MESSAGE))).toBeNull()
  })

  it('is what MAILER=cloudflare mails with, and nothing is left in the outbox', async () => {
    const service = ownService({ MAILER: 'cloudflare', MAIL_FROM: 'Janus <janus@example.com>' })
    const { email } = await signedInPerson({ mode: 'session', service })
    expect((await send(service, 'POST', '/password/forgot', { body: { email } })).status).toBe(202)
    expect(service.log.filter(({ event }) => event.startsWith('mail-'))).toEqual([])
    const left = 'SELECT count(*) AS n FROM outbox WHERE recipient = ?1'
    expect(await env.DB.prepare(left).bind(email).first('n')).toBe(0)
  })

  it('EML-04: is given each part by itself, so that nothing is written as a header here', async () => {
    const send = vi.fn(async (_: unknown) => ({ messageId: 'm' }))
    await createCloudflareMailer(bindingThat(send), SENDER).send(MESSAGE)
    const { to, subject, headers, text, html } = MESSAGE
    const from = { name: 'Analytical Engines', email: 'janus@example.com' }
    expect(send.mock.calls).toEqual([[{ from, to, subject, headers, text, html }]])
  })

  const failing = (error: unknown) =>
    createCloudflareMailer(
      bindingThat(async () => {
        throw error
      }),
      SENDER,
    ).send(MESSAGE)
  const coded = (code: string) => Object.assign(new Error(`${code}: ada@example.com`), { code })

  it.each([
    'E_VALIDATION_ERROR',
    'E_FIELD_MISSING',
    'E_CONTENT_TOO_LARGE',
    'E_RECIPIENT_NOT_ALLOWED',
    'E_RECIPIENT_SUPPRESSED',
    'E_HEADER_NOT_ALLOWED',
    'E_HEADER_VALUE_INVALID',
    'E_HEADERS_TOO_LARGE',
  ])('%s: refused for good, in words that name nobody', async (code) => {
    const outcome = await outcomeOf(failing(coded(code)))
    expect(outcome).toBeInstanceOf(MailRefused)
    expect(outcome).toMatchObject({ code })
    expect(String(outcome)).not.toContain('ada')
  })

  it.each([
    ['a sender that may be verified yet', coded('E_SENDER_NOT_VERIFIED')],
    ['a domain that may be set up yet', coded('E_SENDER_DOMAIN_NOT_AVAILABLE')],
    ['too many at once', coded('E_RATE_LIMIT_EXCEEDED')],
    ['a limit of the day', coded('E_DAILY_LIMIT_EXCEEDED')],
    ['a failure over there', coded('E_INTERNAL_SERVER_ERROR')],
    ['a failed delivery', coded('E_DELIVERY_FAILED')],
    ['a code nobody knows', coded('E_RECIPIENT')],
    ['an error without a code', new Error('Network connection lost.')],
    ['a code that is no text', Object.assign(new Error('?'), { code: 550 })],
    ['what is no error', { code: 'E_RECIPIENT_SUPPRESSED' }],
    ['nothing', undefined],
  ])('%s: thrown as it is, to be tried again', async (_, error) => {
    const settled = await failing(error).then(
      () => 'taken',
      (thrown: unknown) => ({ thrown }),
    )
    expect(settled).toEqual({ thrown: error })
  })
})

describe("Resend's API", () => {
  const URL = 'https://mail.example.com/v1'
  const KEY = 're_canary'
  const mailer = createResendMailer({ apiKey: KEY, url: URL, sender: SENDER })
  const taken = () => Response.json({ id: '49a3999c-0ce1-4ea6-ab68-afcd6dc2e794' })

  /** Answers in place of the network: only it can fail at will. */
  function network(answer: () => Response | Promise<Response>) {
    const spy = vi.spyOn(globalThis, 'fetch').mockImplementation(async () => answer())
    onTestFinished(() => spy.mockRestore())
    return spy
  }

  it('is asked once, with the key and the id of the message in headers', async () => {
    const asked = network(taken)
    await mailer.send(MESSAGE)
    expect(asked).toHaveBeenCalledTimes(1)
    const [url, init] = asked.mock.calls[0] ?? []
    expect(url).toBe('https://mail.example.com/v1/emails')
    expect(init?.method).toBe('POST')
    expect(Object.fromEntries(new Headers(init?.headers))).toEqual({
      authorization: `Bearer ${KEY}`,
      'content-type': 'application/json',
      'idempotency-key': MESSAGE.id,
    })
    const { to, subject, headers, text, html } = MESSAGE
    const from = '"Analytical Engines" <janus@example.com>'
    expect(JSON.parse(String(init?.body))).toEqual({ from, to: [to], subject, headers, text, html })
  })

  it('is told the same id when a message is tried again, so that it is sent once', async () => {
    const asked = network(() => new Response(null, { status: 500 }))
    for (let attempt = 0; attempt < 3; attempt++) await outcomeOf(mailer.send(MESSAGE))
    const ids = asked.mock.calls.map(([, init]) => new Headers(init?.headers).get('Idempotency-Key'))
    expect(ids).toEqual([MESSAGE.id, MESSAGE.id, MESSAGE.id])
  })

  it.each([400, 413, 422])('%i: refused for good, in words that name nobody', async (status) => {
    network(() => Response.json({ name: 'validation_error', message: 'ada@example.com' }, { status }))
    const outcome = await outcomeOf(mailer.send(MESSAGE))
    expect(outcome).toBeInstanceOf(MailRefused)
    expect(String(outcome)).not.toContain('ada')
  })

  it.each([
    // A wrong key, a domain that is not verified, another body under the same id.
    401, 403, 404, 405, 408, 409, 425, 429,
    // Down, in whatever way.
    500, 502, 503, 504, 520, 522, 530, 599,
  ])('%i: to be tried again', async (status) => {
    network(() =>
      Response.json({ id: 'mail', message: 'ada@example.com' }, { status, headers: { 'Retry-After': '1' } }),
    )
    const outcome = await outcomeOf(mailer.send(MESSAGE))
    expect(outcome).toBeInstanceOf(Error)
    expect(outcome).not.toBeInstanceOf(MailRefused)
    expect(String(outcome)).not.toMatch(/ada|canary/)
  })

  it.each([301, 302, 303, 307, 308])('%i: is not followed, for the key would go along', async (status) => {
    const asked = network(() =>
      Response.json({ id: 'mail' }, { status, headers: { Location: 'https://elsewhere.example/emails' } }),
    )
    const outcome = await outcomeOf(mailer.send(MESSAGE))
    expect(outcome).toBeInstanceOf(Error)
    expect(outcome).not.toBeInstanceOf(MailRefused)
    expect(asked).toHaveBeenCalledTimes(1)
    expect(asked.mock.calls[0]?.[1]?.redirect).toBe('manual')
  })

  it('asks in a way that this runtime can: nobody listens there, and that is all that is wrong', async () => {
    const unreachable = createResendMailer({ apiKey: 'k', url: 'http://127.0.0.1:9', sender: SENDER })
    const outcome = await outcomeOf(unreachable.send(MESSAGE))
    expect(outcome).toBeInstanceOf(Error)
    expect(outcome).not.toBeInstanceOf(TypeError)
  })

  it.each([
    ['a page', () => new Response('<!doctype html><title>Sign in to the hotel Wi-Fi</title>')],
    [
      'a page that says it is JSON',
      () => new Response('<html>', { headers: { 'Content-Type': 'application/json' } }),
    ],
    ['nothing', () => new Response(null, { status: 204 })],
    ['an empty body', () => new Response('')],
    ['half an answer', () => new Response('{"id": "49a3')],
    ['null', () => Response.json(null)],
    ['a list', () => Response.json([{ id: 'x' }])],
    ['an object without an id', () => Response.json({ message: 'queued' })],
    ['an id that is no text', () => Response.json({ id: 7 })],
    ['an error under 200', () => Response.json({ statusCode: 500, name: 'internal_server_error' })],
    ['bytes', () => new Response(new Uint8Array([0xff, 0xfe, 0x00]))],
    [
      'a body that breaks off',
      () => new Response(new ReadableStream({ pull: (c) => c.error(new Error('reset')) })),
    ],
  ])('200 with %s: no sign that anything was sent, so to be tried again', async (_, answer) => {
    network(answer)
    const outcome = await outcomeOf(mailer.send(MESSAGE))
    expect(outcome).toBeInstanceOf(Error)
    expect(outcome).not.toBeInstanceOf(MailRefused)
  })

  it('a network that fails: to be tried again', async () => {
    const lost = new TypeError('Network connection lost.')
    network(() => Promise.reject(lost))
    expect(await outcomeOf(mailer.send(MESSAGE))).toBe(lost)
  })

  it('no answer: is waited for no longer than the outbox keeps a mail from others', async () => {
    const patience = new AbortController()
    const timeout = vi.spyOn(AbortSignal, 'timeout').mockReturnValue(patience.signal)
    onTestFinished(() => timeout.mockRestore())
    const asked = Promise.withResolvers<void>()
    const spy = vi.spyOn(globalThis, 'fetch').mockImplementation(async (_, init) => {
      asked.resolve()
      return new Promise((_, reject) =>
        init?.signal?.addEventListener('abort', () => reject(init.signal?.reason)),
      )
    })
    onTestFinished(() => spy.mockRestore())
    const sending = outcomeOf(mailer.send(MESSAGE))
    await asked.promise
    patience.abort(new DOMException('late', 'TimeoutError'))
    expect(await sending).toMatchObject({ name: 'TimeoutError' })
    const [milliseconds = Number.POSITIVE_INFINITY] = timeout.mock.calls[0] ?? []
    expect(milliseconds).toBeGreaterThan(1000)
    expect(milliseconds).toBeLessThan(30_000)
  })

  it('is what MAILER=resend mails with', async () => {
    const asked = network(taken)
    const service = ownService({
      MAILER: 'resend',
      MAIL_FROM: 'janus@example.com',
      RESEND_API_KEY: KEY,
      RESEND_URL: URL,
      LOG_SUCCESS_PERCENT: '100',
    })
    const { email } = await signedInPerson({ mode: 'token', service })
    const forgot = (address: string) =>
      send(service, 'POST', '/password/forgot', { body: { email: address } })
    expect((await forgot(newEmail())).status).toBe(202)
    expect(asked).not.toHaveBeenCalled()
    expect((await forgot(email)).status).toBe(202)
    expect(asked).toHaveBeenCalledTimes(1)
    const [, init] = asked.mock.calls[0] ?? []
    expect(JSON.parse(String(init?.body))).toMatchObject({
      from: '"auth.example.com" <janus@example.com>',
      to: [email],
    })
    expect(JSON.stringify(service.log)).not.toContain('canary')
  })
})
