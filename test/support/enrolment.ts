import { expect } from 'vitest'
import { createPasskey, type SoftPasskey } from './authenticator'
import { type Answer, send } from './person'
import { codeOf, type Pending } from './second-factor'
import type { Service } from './service'

const SET_UP = '/login/second-factor/set-up'

/** Asks with a pending sign-in for the seed of an app. */
export function askSeed(service: Service, { headers, body }: Pending): Promise<Answer> {
  return send(service, 'POST', `${SET_UP}/totp`, { headers, body })
}

/** Sets an app up with a pending sign-in, by its first code. */
export async function enrolApp(service: Service, pending: Pending, steps = 0): Promise<Answer> {
  const { status, body, text } = await askSeed(service, pending)
  expect(status, text).toBe(200)
  return confirmApp(service, pending, body.enrolment, await codeOf(body.seed, steps))
}

/** Confirms a seed that was offered. */
export function confirmApp(
  service: Service,
  { headers, body }: Pending,
  enrolment: string,
  code: string,
): Promise<Answer> {
  return send(service, 'POST', `${SET_UP}/totp/confirm`, { headers, body: { ...body, enrolment, code } })
}

/** Makes a passkey with a pending sign-in. @param asker Another one, which asked for the challenge. */
export async function enrolPasskey(
  service: Service,
  { headers, body }: Pending,
  asker: Pending = { headers, body } as Pending,
): Promise<{ readonly answer: Answer; readonly soft: SoftPasskey }> {
  const asking = { headers: asker.headers, body: asker.body }
  const asked = await send(service, 'POST', `${SET_UP}/passkey/options`, asking)
  expect(asked.status, asked.text).toBe(200)
  const { challenge, rp, user } = asked.body
  const origin = rp.id === 'localhost' ? 'http://localhost:8787' : `https://${rp.id}`
  const made = await createPasskey({ challenge, origin, rpId: rp.id, userHandle: user.id })
  const sent = { ...body, credential: made.credential }
  const answer = await send(service, 'POST', `${SET_UP}/passkey`, { headers, body: sent })
  return { answer, soft: made.passkey }
}
