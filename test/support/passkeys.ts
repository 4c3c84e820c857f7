import { expect } from 'vitest'
import type { Mode } from '../../src/sessions/mode'
import { createPasskey, type SoftPasskey, usePasskey } from './authenticator'
import { type Answer, type SignedIn, send } from './person'
import type { Pending } from './second-factor'
import type { Service } from './service'

/** Returns where the browsers of the tests are, unless a service says otherwise. */
const originOf = (rpId: string) => (rpId === 'localhost' ? 'http://localhost:8787' : `https://${rpId}`)

/** A passkey of a person, and the authenticator that has it. */
export interface OwnPasskey {
  /** Its handle in routes. */
  readonly id: string
  readonly soft: SoftPasskey
}

type Made = Awaited<ReturnType<typeof createPasskey>>

/** Asks for options and makes a passkey, as a browser does; returns what the browser would send. */
export async function registerPasskey(person: SignedIn, bent?: Parameters<typeof createPasskey>[1]) {
  return (await makePasskey(person, bent)).credential
}

async function makePasskey(person: SignedIn, bent?: Parameters<typeof createPasskey>[1]): Promise<Made> {
  const { status, body, text } = await person.post('/passkeys/options')
  expect(status, text).toBe(200)
  const { challenge, rp, user } = body
  return createPasskey({ challenge, origin: originOf(rp.id), rpId: rp.id, userHandle: user.id }, bent)
}

/** Adds a passkey to the account of a person. */
export async function addPasskey(
  person: SignedIn,
  bent?: Parameters<typeof createPasskey>[1],
): Promise<OwnPasskey> {
  const { credential, passkey: soft } = await makePasskey(person, bent)
  const added = await person.post('/passkeys', { credential })
  expect(added.status, added.text).toBe(201)
  return { id: added.body.passkey.id, soft }
}

type UsePasskey = Parameters<typeof usePasskey>

/** Asks for a challenge and answers it with a passkey, as another browser would. */
export async function signInWithPasskey(
  service: Service,
  soft: SoftPasskey,
  { bent, ...body }: { readonly mode?: Mode; readonly bent?: UsePasskey[2] } = {},
): Promise<Answer> {
  const { credential, binding } = await answerChallenge(service, soft, bent)
  return send(service, 'POST', '/login/passkey', { body: { credential, binding, ...body } })
}

/** Asks for a challenge; returns what a browser would answer, and the binding that belongs to it. */
export async function answerChallenge(service: Service, soft: SoftPasskey, bent?: UsePasskey[2]) {
  const { status, body, text } = await send(service, 'POST', '/login/passkey/options', { body: {} })
  expect(status, text).toBe(200)
  const { options, binding } = body
  const input = { challenge: options.challenge, origin: originOf(options.rpId), rpId: options.rpId }
  return { credential: await usePasskey(soft, input, bent), binding: binding as string }
}

/** Proves again who somebody is, by a passkey, in their session. */
export async function stepUpByPasskey(
  person: SignedIn,
  soft: SoftPasskey,
  bent?: UsePasskey[2],
): Promise<Answer> {
  const { status, body, text } = await person.post('/reauthenticate/passkey/options')
  expect(status, text).toBe(200)
  const input = { challenge: body.challenge, origin: originOf(body.rpId), rpId: body.rpId }
  return person.post('/reauthenticate/passkey', { credential: await usePasskey(soft, input, bent) })
}

/** Asks with a pending sign-in for a challenge, and answers it with a passkey. */
export async function answerStep(
  service: Service,
  pending: Pending,
  soft: SoftPasskey,
  bent?: UsePasskey[2],
) {
  const { headers } = pending
  const path = '/login/second-factor/passkey/options'
  const { status, body, text } = await send(service, 'POST', path, { headers, body: pending.body })
  expect(status, text).toBe(200)
  const input = { challenge: body.challenge, origin: originOf(body.rpId), rpId: body.rpId }
  return { options: body, credential: await usePasskey(soft, input, bent) }
}

/** Completes a sign-in with a passkey. */
export async function stepByPasskey(
  service: Service,
  pending: Pending,
  soft: SoftPasskey,
  bent?: UsePasskey[2],
) {
  const { credential } = await answerStep(service, pending, soft, bent)
  const body = { ...pending.body, credential }
  return send(service, 'POST', '/login/second-factor/passkey', { headers: pending.headers, body })
}

/** Native apps that may use passkeys. */
export const NATIVE_APPS = {
  PASSKEY_APPLE_APPS: 'ABCDE12345.com.example.app',
  PASSKEY_ANDROID_APPS: `com.example.app:${'AB:'.repeat(31)}CD`,
}
