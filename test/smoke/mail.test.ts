import { afterAll, beforeAll, expect, it } from 'vitest'
import { type LocalService, startWorker } from './local-service.ts'

const PASSWORD = 'correct horse battery'
const NEW_PASSWORD = 'a new beginning, again'

let service: LocalService

beforeAll(async () => {
  service = await startWorker(['REGISTRATION:verified'])
})

afterAll(() => service?.stop())

async function post(path: string, body: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(`${service.url}${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
  const text = await response.text()
  return {
    status: response.status,
    text,
    body: text === '' ? null : JSON.parse(text),
    headers: response.headers,
  }
}

/** Returns the cookie of a purpose: on this machine its name ends with the port. */
function cookieOf(headers: Headers, purpose: string): string {
  const name = `__Host-${purpose}-${new URL(service.url).port}`
  return (
    headers
      .getSetCookie()
      .find((cookie) => cookie.startsWith(`${name}=`))
      ?.split(';')[0] ?? ''
  )
}

/** Does something that has mail sent, and reads the link of that mail from the console. */
async function linkPrintedBy(
  email: string,
  path: string,
  work: () => Promise<{ status: number; text: string }>,
) {
  const from = service.output().length
  const answer = await work()
  expect(answer.status, answer.text).toBe(202)
  const url = `${service.url}${path}`.replaceAll('.', '\\.')
  const pattern = new RegExp(`Mail to ${email}: (.+)\\n[^]*?^ *(${url}\\?token=([\\w-]{43}))$`, 'm')
  const [, subject = '', link = '', token = ''] = await service.printed(pattern, from)
  return { answer, subject, link, token }
}

it('the whole story: register, prove the address, sign in, forget the password, set another, sign in', async () => {
  const email = 'ada@example.com'
  const person = { email, password: PASSWORD }

  const registration = await linkPrintedBy(email, '/email/verify', async () => {
    const answer = await post('/register', { ...person, name: 'Ada' })
    return { ...answer, cookie: cookieOf(answer.headers, 'registration') }
  })
  expect(registration.subject).toMatch(/^Confirm your address/)
  expect((await post('/login', person)).status).toBe(401)

  // As the programs of a mail provider do.
  for (const method of ['HEAD', 'GET', 'GET']) await fetch(registration.link, { method, redirect: 'manual' })
  const { cookie } = registration.answer as unknown as { cookie: string }
  const verified = await post('/email/verify', { token: registration.token }, { Cookie: cookie })
  // Where the registration was made, the proof signs in.
  expect(verified.status).toBe(200)
  expect(verified.body).toMatchObject({ email_verified: true, has_password: true, user: { email } })
  expect(verified.headers.getSetCookie().join()).toContain('__Host-session')
  // Sent again at once, it is answered with the same session; without the cookie it is a used link.
  const again = await post('/email/verify', { token: registration.token }, { Cookie: cookie })
  expect([again.status, again.body.session?.id]).toEqual([200, verified.body.session.id])
  expect((await post('/email/verify', { token: registration.token })).status).toBe(400)

  const signedIn = await post('/login', person)
  expect([signedIn.status, signedIn.body.user.email_verified]).toEqual([200, true])
  const session = { Cookie: cookieOf(signedIn.headers, 'session') }
  const byToken = await post('/login', { ...person, mode: 'token' })
  const bearer = { Authorization: `Bearer ${byToken.body.access_token}` }
  const live = (headers: Record<string, string>) => fetch(`${service.url}/sessions`, { headers })
  expect([(await live(session)).status, (await live(bearer)).status]).toEqual([200, 200])

  const forgotten = await linkPrintedBy(email, '/password/reset', () => post('/password/forgot', { email }))
  expect(forgotten.subject).toMatch(/^Set a new password/)
  for (const method of ['HEAD', 'GET', 'GET']) await fetch(forgotten.link, { method, redirect: 'manual' })
  const told = service.output().length
  const reset = await post('/password/reset', { token: forgotten.token, new_password: NEW_PASSWORD })
  const device = expect.stringMatching(/^__Host-device/)
  expect([reset.status, reset.text, reset.headers.getSetCookie()]).toEqual([204, '', [device]])
  await service.printed(/Mail to ada@example\.com: Your .* password was changed\n/, told)

  expect([(await live(session)).status, (await live(bearer)).status]).toEqual([401, 401])
  expect((await post('/refresh', { refresh_token: byToken.body.refresh_token })).status).toBe(401)
  expect((await post('/login', person)).status).toBe(401)
  expect((await post('/login', { email, password: NEW_PASSWORD })).status).toBe(200)
})

it('the other ways in: a link to sign in, and a new address', async () => {
  const email = 'grace@example.com'
  const registration = await linkPrintedBy(email, '/email/verify', () =>
    post('/register', { email, password: PASSWORD }),
  )
  // On another device than the one that registered: its password is not to be trusted.
  const verified = await post('/email/verify', { token: registration.token, new_password: NEW_PASSWORD })
  expect([verified.status, verified.body]).toEqual([200, { email_verified: true, has_password: true }])
  expect((await post('/login', { email, password: PASSWORD })).status).toBe(401)

  const link = await linkPrintedBy(email, '/login/link/confirm', () => post('/login/link', { email }))
  expect((await post('/login/link/confirm', { token: link.token })).status).toBe(400)
  const { binding } = JSON.parse(link.answer.text)
  const signedIn = await post('/login/link/confirm', { token: link.token, binding, mode: 'token' })
  expect(signedIn.status, signedIn.text).toBe(200)
  const bearer = { Authorization: `Bearer ${signedIn.body.access_token}` }

  const next = 'hopper@example.com'
  const from = service.output().length
  const change = await linkPrintedBy(next, '/email/change/confirm', () =>
    post('/email/change', { email: next, password: NEW_PASSWORD }, bearer),
  )
  await service.printed(/Mail to grace@example\.com: Your .* email address is about to change\n/, from)
  const confirmed = await post('/email/change/confirm', {
    token: change.token,
    binding: JSON.parse(change.answer.text).binding,
  })
  expect(confirmed.status, confirmed.text).toBe(204)
  await service.printed(/Mail to grace@example\.com: Your .* email address was changed\n/, from)
  expect((await post('/login', { email: next, password: NEW_PASSWORD })).status).toBe(200)
  expect((await post('/login', { email, password: NEW_PASSWORD })).status).toBe(401)
})

it('somebody who registers a known address is answered as a stranger is, and its owner is told', async () => {
  const email = 'mary@example.com'
  const { token, answer } = await linkPrintedBy(email, '/email/verify', () =>
    post('/register', { email, password: PASSWORD }),
  )
  const { binding } = JSON.parse(answer.text)
  expect((await post('/email/verify', { token, binding })).status).toBe(200)
  const from = service.output().length
  const again = await post('/register', { email, password: NEW_PASSWORD })
  expect([again.status, Object.keys(again.body)]).toEqual([202, ['binding']])
  await service.printed(/Mail to mary@example\.com: You already have an account at /, from)
  expect((await post('/login', { email, password: PASSWORD })).status).toBe(200)
})
