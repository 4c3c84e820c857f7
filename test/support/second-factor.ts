import { env } from 'cloudflare:workers'
import { expect } from 'vitest'
import { hotp, totpStep } from '../../src/factors/totp'
import type { Mode } from '../../src/sessions/mode'
import { decodeBase32 } from './base32'
import { type Answer, clientOf, type Person, type SignedIn, send, signedInPerson } from './person'
import { deployed, type OwnService, type Service } from './service'

/** A person whose account has an authenticator app. */
export interface PersonWithTotp {
  readonly person: Person
  /** The session that setting up the app began. */
  readonly session: SignedIn
  readonly seed: Uint8Array<ArrayBuffer>
  readonly recoveryCodes: readonly string[]
}

const seeds = new WeakMap<Person, Uint8Array<ArrayBuffer>>()

function secondsOf(service: Service): number {
  return Math.floor(Date.now() / 1000) + ('ahead' in service ? (service as OwnService).ahead : 0)
}

/** Returns the parts of a service for second factors. */
export function secondFactorsOf({ services }: OwnService) {
  const part = services.secondFactorPart
  if (!part) throw new Error('The service was made without second factors')
  return part
}

/** Returns the code that the app of a person shows, or that of a seed as text, so many steps from now. */
export async function codeOf(app: Person | string, steps = 0): Promise<string> {
  const seed = typeof app === 'string' ? decodeBase32(app) : seeds.get(app)
  if (!seed) throw new Error('The person has no app')
  const now = typeof app === 'string' ? Math.floor(Date.now() / 1000) : secondsOf(app.service)
  return hotp(seed, totpStep(now) + steps)
}

/** Returns six digits that the app of a person shows neither now nor soon. */
export async function wrongCode(person: Person): Promise<string> {
  const near = await Promise.all([-2, -1, 0, 1, 2].map((steps) => codeOf(person, steps)))
  return (
    ['000000', '111111', '222222', '333333', '444444', '555555'].find((code) => !near.includes(code)) ?? ''
  )
}

function verifiedAt({ userId }: Person): Promise<number | null> {
  return env.DB.prepare('SELECT email_verified_at FROM users WHERE id = ?1')
    .bind(userId)
    .first('email_verified_at')
}

/** Says when the address of a person was verified; `null`: it was not. */
export async function setVerified({ userId }: { readonly userId: string }, at: number | null): Promise<void> {
  await env.DB.prepare('UPDATE users SET email_verified_at = ?2 WHERE id = ?1').bind(userId, at).run()
}

/** Sets up an app in a live session of a person. Its first code is the one of the step before, so that the current one is unused. */
export async function setUpTotp(person: Person, session: SignedIn = person): Promise<PersonWithTotp> {
  // Where mail is sent, an app takes an address that is verified. Afterwards it is as it was.
  const verified = await verifiedAt(person)
  if (verified === null) await setVerified(person, 1)
  const offer = await session.post('/me/totp', {})
  expect(offer.status, offer.text).toBe(200)
  const seed = decodeBase32(offer.body.seed)
  seeds.set(person, seed)
  const { enrolment } = offer.body
  const confirm = async () => session.post('/me/totp/confirm', { enrolment, code: await codeOf(person, -1) })
  let answer = await confirm()
  // The half minute ended between the code and its check.
  if (answer.status === 401) answer = await confirm()
  expect(answer.status, answer.text).toBe(200)
  await setVerified(person, verified)
  const renewed = clientOf(person.service, session.mode, answer)
  return { person, session: renewed, seed, recoveryCodes: answer.body.recovery_codes }
}

export async function personWithTotp(mode: Mode, service: Service = deployed): Promise<PersonWithTotp> {
  return setUpTotp(await signedInPerson({ mode, service }))
}

/** Holds what a client keeps of a pending sign-in. */
export interface Pending {
  readonly headers: Record<string, string>
  readonly body: { readonly pending?: string }
  readonly answer: Answer
}

/** Reads what a first step was answered. */
export function pendingOf(answer: Answer): Pending {
  expect(answer.status, answer.text).toBe(200)
  const [cookie] = Object.entries(answer.cookies).filter(([name]) =>
    name.startsWith('__Host-pending-sign-in'),
  )
  return {
    headers: cookie ? { Cookie: cookie.join('=') } : {},
    body: answer.body?.pending === undefined ? {} : { pending: answer.body.pending },
    answer,
  }
}

/** Signs in with the password, as far as that goes. */
export async function firstStep({ service, email, password, mode }: Person): Promise<Pending> {
  return pendingOf(await send(service, 'POST', '/login', { body: { email, password, mode } }))
}

/** Completes a sign-in. */
export function secondStep({ service }: Person, { headers, body }: Pending, factor: object): Promise<Answer> {
  return send(service, 'POST', '/login/second-factor', { headers, body: { ...body, ...factor } })
}
