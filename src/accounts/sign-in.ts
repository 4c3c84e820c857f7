import type { Clock } from '../clock'
import type { Mode } from '../config'
import { deleteCachedCopiesOrLeaveToSweep } from '../sessions/delete-cached-copies'
import type { Client, SessionLifetimes } from '../sessions/session'
import type { EmailAddress } from './email-address'
import {
  type GrantServices,
  grantSession,
  type PresentedSession,
  prepareSession,
  type SignedIn,
} from './prepared-session'
import type { UserStore } from './user-store'
import { type VerifyPasswordServices, verifyPassword } from './verify-password'

export interface SignInServices extends GrantServices, VerifyPasswordServices {
  readonly users: UserStore
  readonly lifetimes: SessionLifetimes
  readonly clock: Clock
}

/**
 * Signs a person in with address and password, or gives `null`: one answer and one amount of work for an unknown
 * address, a wrong password, an account without a password and a disabled one.
 *
 * @throws {StoreUnavailable}
 */
export async function signIn(
  services: SignInServices,
  input: {
    readonly email: EmailAddress
    readonly password: string
    readonly mode: Mode
    readonly client: Client
    readonly presented: readonly PresentedSession[]
  },
): Promise<SignedIn | null> {
  const { users, passwords, lifetimes, clock } = services
  const { email, password, mode, client, presented } = input

  const found = await users.findByEmail(email.canonical)
  const passwordHash = await verifyPassword(services, found, password)
  if (!found || passwordHash === null) return null

  const rehashed = (await passwords.isOutdated(passwordHash)) ? await passwords.hash(password) : null
  const prepared = await prepareSession(lifetimes, { userId: found.user.id, mode, client, now: clock() })
  const started = await users.startSession({ prepared, passwordHash, rehashed, presented })
  if (!started) return null
  await deleteCachedCopiesOrLeaveToSweep(services, started.ended)
  return grantSession(services, prepared, found.user)
}
