import { env } from 'cloudflare:workers'
import { expect } from 'vitest'
import type { Mode } from '../../src/sessions/mode'
import { createApp } from '../../src/wiring/app'
import type { MailingService } from './mail'
import { type Answer, newAddress, PASSWORD, type Person, read, send, signedInPerson } from './person'

export const NEW_PASSWORD = 'seven quiet minutes at sea'

/** Holds the token of a link, and the secret that binds it to the browser that requested it. */
export interface BoundLink {
  readonly token: string
  readonly binding: string
}

/** Returns a person who has proven their address, so that a link that proves it changes nothing else. */
export async function provenPerson(service: MailingService, mode: Mode): Promise<Person> {
  const ada = await signedInPerson({ mode, service })
  await env.DB.prepare('UPDATE users SET email_verified_at = 1 WHERE id = ?1').bind(ada.userId).run()
  return ada
}

/** Asks for mail, and gives what is in it and in the answer. */
async function asked(service: MailingService, to: string, ask: () => Promise<Answer>): Promise<BoundLink> {
  const answer = await ask()
  expect(answer.status, answer.text).toBe(202)
  return { token: service.tokenFor(to), binding: answer.body.binding }
}

export async function resetLink(service: MailingService, email: string): Promise<string> {
  const link = await asked(service, email, () =>
    send(service, 'POST', '/password/forgot', { body: { email } }),
  )
  return link.token
}

export function reset(
  service: MailingService,
  token: unknown,
  newPassword: string = NEW_PASSWORD,
): Promise<Answer> {
  return send(service, 'POST', '/password/reset', { body: { token, new_password: newPassword } })
}

export function signInLink(service: MailingService, email: string): Promise<BoundLink> {
  return asked(service, email, () => send(service, 'POST', '/login/link', { body: { email } }))
}

export function verifyLink(service: MailingService, email: string): Promise<BoundLink> {
  return asked(service, email, () => send(service, 'POST', '/email/verify/resend', { body: { email } }))
}

/** Requests a change of address as a signed-in person. */
export function askChange(
  client: Pick<Person, 'post'>,
  email: string,
  password: string = PASSWORD,
): Promise<Answer> {
  return client.post('/email/change', { email, password })
}

export function changeLink(
  service: MailingService,
  client: Pick<Person, 'post'>,
  email: string,
): Promise<BoundLink> {
  return asked(service, email, () => askChange(client, email))
}

export function confirmChange(service: MailingService, link: Partial<BoundLink>): Promise<Answer> {
  return send(service, 'POST', '/email/change/confirm', { body: link })
}

/** Returns the row of an account, or `null`. */
export function accountRow(userId: string): Promise<Record<string, unknown> | null> {
  return env.DB.prepare('SELECT * FROM users WHERE id = ?1').bind(userId).first()
}

/** Returns all that an answer tells, but for what is another each time. */
export function toldBy({ status, headers, body, cookies }: Answer) {
  const changing = ['set-cookie', 'x-request-id', 'request-id']
  return {
    status,
    headers: [...headers].filter(([name]) => !changing.includes(name)),
    body: { ...body, ...(body?.binding ? { binding: 'a secret' } : {}), instance: null },
    cookies: Object.keys(cookies),
    cookieAttributes: headers.getSetCookie().map((cookie) => cookie.replace(/=[^;]*/, '')),
  }
}

/** Sends a request and gives its answer at once, before the work behind it is done. */
export async function answerAtOnce(
  service: MailingService,
  path: string,
  body: unknown,
): Promise<{ readonly answer: Answer; readonly workDone: () => Promise<void> }> {
  const request = new Request(`${service.issuer}${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'CF-Connecting-IP': newAddress() },
    body: JSON.stringify(body),
  })
  const response = await createApp(service.services).fetch(request)
  return { answer: await read(response), workDone: service.settle }
}
