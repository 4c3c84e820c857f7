import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { execute, type LocalService, startWorker } from './local-service.ts'

const PASSWORD = 'correct horse battery'
const NEW_PASSWORD = 'a new beginning, again'
const KEY = 're_canary'

interface Delivery {
  readonly headers: IncomingMessage['headers']
  readonly body: {
    readonly to: readonly string[]
    readonly from: string
    readonly text: string
    readonly html: string
  }
}

/** A mail provider on this machine, as it is documented, or as it should not be. */
let provider: Server
let service: LocalService

/** Lists the mails that were handed over, accepted or not. */
const deliveries: Delivery[] = []
let arrived: () => void = () => {}

type Behaviour = (response: ServerResponse) => void
const works: Behaviour = (response) => json(response, 200, { id: crypto.randomUUID() })
let behaves: Behaviour = works

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body))
}

const listener: RequestListener = async (request, response) => {
  let body = ''
  for await (const chunk of request) body += chunk
  deliveries.push({ headers: request.headers, body: JSON.parse(body) })
  behaves(response)
  arrived()
}

beforeAll(async () => {
  provider = createServer(listener)
  await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve))
  const { port } = provider.address() as AddressInfo
  service = await startWorker([
    'MAILER:resend',
    'MAIL_FROM:Janus <janus@example.com>',
    `RESEND_API_KEY:${KEY}`,
    `RESEND_URL:http://127.0.0.1:${port}`,
  ])
})

afterAll(async () => {
  await service?.stop()
  provider.closeAllConnections()
  await new Promise((resolve) => provider.close(resolve))
})

async function post(path: string, body: unknown) {
  const response = await fetch(`${service.url}${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  })
  return { status: response.status, text: await response.text() }
}

function deliveriesTo(email: string): readonly Delivery[] {
  return deliveries.filter(({ body }) => body.to.includes(email))
}

/** Waits until the provider has been handed so many mails to an address. */
async function handedOver(email: string, times: number): Promise<Delivery> {
  while (deliveriesTo(email).length < times) {
    await new Promise<void>((resolve) => {
      arrived = resolve
    })
  }
  return deliveriesTo(email)[times - 1] as Delivery
}

function tokenIn({ body }: Delivery): string {
  const [, token = ''] = /\/password\/reset\?token=([\w-]{43})$/m.exec(body.text) ?? []
  expect(token, body.text).toHaveLength(43)
  return token
}

async function newPerson(email: string): Promise<void> {
  const registered = await post('/register', { email, password: PASSWORD })
  expect(registered.status, registered.text).toBe(201)
}

async function forgot(email: string): Promise<void> {
  expect(await post('/password/forgot', { email })).toEqual({ status: 202, text: '{}' })
}

/** Makes all mail that waits due, as time would, and runs what the cron runs. */
async function sweep(): Promise<void> {
  execute(service.state, 'UPDATE outbox SET due_at = 0')
  expect((await fetch(`${service.url}/cdn-cgi/local/scheduled`)).status).toBe(200)
}

it('a provider that works gets one request, as its API documents it', async () => {
  const email = 'ada@example.com'
  await newPerson(email)
  await forgot(email)
  const { headers, body } = await handedOver(email, 1)
  expect(headers).toMatchObject({
    authorization: `Bearer ${KEY}`,
    'content-type': 'application/json',
    'idempotency-key': expect.stringMatching(/^[\w-]{22}$/),
  })
  expect(body).toMatchObject({ from: '"Janus" <janus@example.com>', to: [email] })
  expect(body.html).toContain(tokenIn({ headers, body }))
  expect(
    (await post('/password/reset', { token: tokenIn({ headers, body }), new_password: NEW_PASSWORD })).status,
  ).toBe(204)
  expect((await post('/login', { email, password: NEW_PASSWORD })).status).toBe(200)
})

/** Says how a provider can fail that has taken a request. */
const FAILURES: Readonly<Record<string, Behaviour>> = {
  'is-overloaded': (response) => json(response, 429, { name: 'rate_limit_exceeded' }),
  fails: (response) => json(response, 500, { name: 'application_error' }),
  'answers-with-a-page': (response) => response.writeHead(200).end('<!doctype html><title>Hello</title>'),
  'hangs-up': (response) => response.destroy(),
  'sends-it-elsewhere': (response) => response.writeHead(307, { Location: `${service.url}/elsewhere` }).end(),
  'says-nothing': () => {},
}

it('RST-01: a provider that fails, however it does, holds no response; mail is tried again, and its link works', async () => {
  const emails = Object.keys(FAILURES).map((name) => `${name}@example.com`)
  for (const [name, behaviour] of Object.entries(FAILURES)) {
    const email = `${name}@example.com`
    await newPerson(email)
    behaves = behaviour
    const from = service.output().length
    // Answered while a provider that says nothing has the request still.
    await forgot(email)
    await handedOver(email, 1)
    await service.printed(/"event":"mail-not-sent","kind":"reset-password"/, from)
  }
  behaves = works
  await sweep()
  for (const email of emails) {
    const second = await handedOver(email, 2)
    const [first] = deliveriesTo(email)
    expect(second.headers['idempotency-key']).toBe(first?.headers['idempotency-key'])
    expect(second.body).toEqual(first?.body)
    const used = await post('/password/reset', { token: tokenIn(second), new_password: NEW_PASSWORD })
    expect(used.status).toBe(204)
  }
  await sweep()
  for (const email of emails) {
    const links = deliveriesTo(email).filter(({ body }) => body.text.includes('token='))
    expect(links).toHaveLength(2)
  }
})

it('a provider that is down is tried again when it is there', async () => {
  const email = 'grace@example.com'
  await newPerson(email)
  const { port } = provider.address() as AddressInfo
  provider.closeAllConnections()
  await new Promise((resolve) => provider.close(resolve))
  const from = service.output().length
  await forgot(email)
  await service.printed(/"event":"mail-not-sent","kind":"reset-password"/, from)
  expect(deliveriesTo(email)).toEqual([])
  provider = createServer(listener)
  await new Promise<void>((resolve) => provider.listen(port, '127.0.0.1', resolve))
  await sweep()
  const { headers, body } = await handedOver(email, 1)
  const used = await post('/password/reset', {
    token: tokenIn({ headers, body }),
    new_password: NEW_PASSWORD,
  })
  expect(used.status).toBe(204)
})

it('a provider that refuses a message for good is not asked again', async () => {
  const email = 'refused@example.com'
  await newPerson(email)
  behaves = (response) => json(response, 422, { name: 'validation_error', message: `Not ${email}` })
  const from = service.output().length
  await forgot(email)
  const [line] = await service.printed(/^.*"event":"mail-failed".*$/m, from)
  expect(line).toContain('"reason":"refused-by-carrier"')
  expect(line).not.toContain('refused@')
  behaves = works
  await sweep()
  expect(deliveriesTo(email)).toHaveLength(1)
})
