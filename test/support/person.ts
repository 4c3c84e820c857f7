import { expect } from 'vitest'
import type { Mode } from '../../src/sessions/mode'
import { deployed, type Service } from './service'

/** An answer, read. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  /** Parsed JSON; `null` if there was no body. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of every shape, and assert what they find.
  readonly body: any
  readonly text: string
  /** Cookies set by the answer, by name; an empty value means that the cookie was cleared. */
  readonly cookies: Readonly<Record<string, string>>
}

/** Begins anywhere, for test files may share the runtime that counts what comes from an address. */
let addresses = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0

/** Returns an address that has not been used in this run, so that tests do not share a client's limit. */
export function newAddress(): string {
  addresses += 1
  return `10.${(addresses >> 16) & 255}.${(addresses >> 8) & 255}.${addresses & 255}`
}

/** Sends one request, from an address of its own. `body` is sent as JSON. */
export async function send(
  service: Service,
  method: string,
  path: string,
  { body, headers = {} }: { body?: unknown; headers?: Record<string, string> } = {},
): Promise<Answer> {
  const json = body === undefined ? {} : { 'Content-Type': 'application/json' }
  const request = new Request(`${service.issuer}${path}`, {
    method,
    headers: { 'CF-Connecting-IP': newAddress(), ...json, ...headers },
    redirect: 'manual',
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return read(await service.fetch(request))
}

export async function read(response: Response): Promise<Answer> {
  const text = await response.text()
  const cookies: Record<string, string> = {}
  for (const cookie of response.headers.getSetCookie()) {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? []
    cookies[name] = value
  }
  const isJson = /json/.test(response.headers.get('Content-Type') ?? '')
  return {
    status: response.status,
    headers: response.headers,
    body: isJson && text !== '' ? JSON.parse(text) : null,
    text,
    cookies,
  }
}

/** A client that is signed in, and how it proves it. */
export interface SignedIn {
  readonly mode: Mode
  readonly sessionId: string
  /** The headers that carry its credential. */
  readonly headers: Record<string, string>
  /** Token mode, body: the refresh token. */
  readonly refreshToken: string
  /** The answer that signed it in. */
  readonly answer: Answer
  get(path: string): Promise<Answer>
  post(path: string, body?: unknown): Promise<Answer>
  patch(path: string, body?: unknown): Promise<Answer>
  delete(path: string): Promise<Answer>
}

/** A person with an account of their own, signed in once. */
export interface Person extends SignedIn {
  readonly service: Service
  readonly email: string
  readonly password: string
  readonly userId: string
  /** Signs in again, as another device would. */
  signIn(options?: { mode?: Mode; service?: Service; password?: string }): Promise<SignedIn>
}

let people = 0

/** Returns an address nobody else in this run has. */
export function newEmail(): string {
  people += 1
  return `person-${people}-${crypto.randomUUID().slice(0, 8)}@example.com`
}

export const PASSWORD = 'correct horse battery'

export async function signedInPerson({
  mode,
  service = deployed,
}: {
  mode: Mode
  service?: Service
}): Promise<Person> {
  const email = newEmail()
  // Each isolate reads it once a minute, so no test counts it among what a request costs.
  await service.services?.restores.lastAt()
  const registered = await send(service, 'POST', '/register', { body: { email, password: PASSWORD, mode } })
  expect(registered.status, registered.text).toBe(201)
  return {
    ...clientOf(service, mode, registered),
    service,
    email,
    password: PASSWORD,
    userId: registered.body.user.id,
    async signIn({ mode: other = mode, service: at = service, password = PASSWORD } = {}) {
      const answer = await send(at, 'POST', '/login', { body: { email, password, mode: other } })
      expect(answer.status, answer.text).toBe(200)
      return clientOf(at, other, answer)
    },
  }
}

/** Returns the credential that tells a client from strangers. */
export function deviceOf({ answer }: SignedIn): string {
  return answer.body.device_token ?? answer.cookies['__Host-device'] ?? ''
}

/** Returns the client that an answer of a sign-in makes. */
export function clientOf(service: Service, mode: Mode, answer: Answer): SignedIn {
  // On this machine the name of the cookie carries the port of the issuer.
  const [cookie] = Object.entries(answer.cookies).filter(([name]) => name.startsWith('__Host-session'))
  const headers: Record<string, string> =
    mode === 'session'
      ? { Cookie: cookie?.join('=') ?? '' }
      : { Authorization: `Bearer ${answer.body.access_token}` }
  return {
    mode,
    sessionId: answer.body.session.id,
    headers,
    refreshToken: answer.body.refresh_token ?? '',
    answer,
    get: (path) => send(service, 'GET', path, { headers }),
    post: (path, body) => send(service, 'POST', path, { headers, body }),
    patch: (path, body) => send(service, 'PATCH', path, { headers, body }),
    delete: (path) => send(service, 'DELETE', path, { headers }),
  }
}

/** Asserts a refusal whole: status, code, shape, and the challenge where there must be one. */
export function expectProblem(answer: Answer, status: number, code: string): void {
  expect({ status: answer.status, code: answer.body?.code }, answer.text).toEqual({ status, code })
  expect(answer.headers.get('Content-Type')).toBe('application/problem+json; charset=utf-8')
  expect(answer.headers.get('Cache-Control')).toBe('no-store')
  expect(answer.body).toMatchObject({
    type: expect.stringMatching(new RegExp(`/problems/${code}$`)),
    title: expect.any(String),
    status,
    instance: expect.stringMatching(/^urn:uuid:[0-9a-f-]{36}$/),
  })
  if (status === 401)
    expect(answer.headers.get('WWW-Authenticate')).toMatch(
      /^Bearer( error="(invalid_token|insufficient_user_authentication)".*| scope="[^"]*", resource_metadata="[^"]*")?$/,
    )
  if (status === 503 || status === 429) expect(answer.headers.get('Retry-After')).toMatch(/^\d+$/)
}
