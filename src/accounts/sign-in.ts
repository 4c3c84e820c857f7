import type { Client } from '../client'
import { deviceProof } from '../devices/device'
import type { Mode } from '../mode'
import { deleteCachedCopiesOrLeaveToSweep } from '../sessions/delete-cached-copies'
import type { PresentedSession } from '../sessions/session-store'
import {
  type AttemptServices,
  attemptPassword,
  type RefusedAttempt,
  recordChangedMeanwhile,
} from './attempt-password'
import type { EmailAddress } from './email-address'
import { type GrantServices, grantSession, prepareSession, type SignedIn } from './prepared-session'
import type { Proof, SessionStart, StartedSession } from './user-store'

export type SignInServices = GrantServices & AttemptServices

export type SignIn = { readonly outcome: 'signed-in'; readonly signedIn: SignedIn } | RefusedAttempt

/** Signs a person in with address and password. @throws {StoreUnavailable} */
export async function signIn(
  services: SignInServices,
  input: {
    readonly email: EmailAddress
    readonly password: string
    readonly mode: Mode
    readonly client: Client
    readonly presented: readonly PresentedSession[]
    readonly deviceIds: readonly string[]
  },
): Promise<SignIn> {
  const { users, passwords, clock } = services
  const { email, password, mode, client, presented, deviceIds } = input

  const attempt = {
    canonicalEmail: email.canonical,
    password,
    event: 'signed-in',
    client,
    deviceIds,
    session: null,
  } as const
  const attempted = await attemptPassword(services, attempt)
  if (attempted.outcome !== 'proven') return attempted
  const { user, proof } = attempted

  const rehashed = (await passwords.isOutdated(proof.passwordHash)) ? await passwords.hash(password) : null
  const prepared = await prepareSession(services, {
    userId: user.id,
    mode,
    amr: 'pwd',
    client,
    now: clock(),
  })
  const start = { ...proof, prepared, presented, device: deviceProof(deviceIds) }
  const started =
    (await users.startSession({ ...start, rehashed })) ?? (await startWithNewHash(services, start, password))
  if (!started) {
    await recordChangedMeanwhile(services, attempt, attempted)
    return { outcome: 'refused' }
  }
  await deleteCachedCopiesOrLeaveToSweep(services, started.ended)
  return {
    outcome: 'signed-in',
    signedIn: await grantSession(services, prepared, { ...user, roles: started.roles }, started.deviceId),
  }
}

/** Another sign-in may have stored the same password anew, at another cost, since this one looked. That is no refusal. */
async function startWithNewHash(
  { users, passwords }: SignInServices,
  start: SessionStart & Pick<Proof, 'reserved'>,
  password: string,
): Promise<StartedSession | null> {
  const passwordHash = (await users.findById(start.prepared.session.userId))?.passwordHash
  if (!passwordHash || passwordHash === start.passwordHash) return null
  if ((await passwords.verify(password, passwordHash)) !== 'match') return null
  return users.startSession({ ...start, passwordHash, rehashed: null })
}
