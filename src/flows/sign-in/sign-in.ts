import { deviceProof } from '../../devices/device'
import type { EmailAddress } from '../../identity/email-address'
import type { User } from '../../identity/user'
import type { Proof, SessionStart, StartedSession } from '../../identity/user-store'
import type { RequestSource } from '../../request-source/request-source'
import { deleteCachedCopiesOrLeaveToSweep } from '../../sessions/delete-cached-copies'
import type { Mode } from '../../sessions/mode'
import type { PreparedSession } from '../../sessions/prepared-session'
import type { PresentedSession } from '../../sessions/session-store'
import { deriveSession, namedSignIn } from '../repetition'
import { type ResumeServices, resumeSession } from '../resume-session'
import {
  type AttemptServices,
  attemptPassword,
  type RefusedAttempt,
  recordChangedMeanwhile,
} from './attempt-password'
import { issueCredentials, prepareSession, type SignedIn } from './prepared-session'

export type SignInServices = ResumeServices & AttemptServices

export type SignIn = { readonly outcome: 'signed-in'; readonly signedIn: SignedIn } | RefusedAttempt

export interface SignInInput {
  readonly email: EmailAddress
  readonly password: string
  readonly mode: Mode
  readonly source: RequestSource
  readonly presented: readonly PresentedSession[]
  readonly deviceIds: readonly string[]
  /** The client's name for the sign-in: a repetition under the same name gets the same session. `null`: it stands alone. */
  readonly attemptId: string | null
}

/** Signs a person in with address and password. @throws {StoreUnavailable} */
export async function signIn(services: SignInServices, input: SignInInput): Promise<SignIn> {
  const { passwords, attempts, clock } = services
  const { email, password, mode, source, deviceIds, attemptId } = input

  const attempt = {
    canonicalEmail: email.canonical,
    password,
    event: 'signed-in',
    source,
    deviceIds,
    session: null,
  } as const
  const attempted = await attemptPassword(services, attempt)
  if (attempted.outcome !== 'proven') return attempted
  const { user, proof } = attempted

  const rehashed = (await passwords.isOutdated(proof.passwordHash)) ? await passwords.hash(password) : null
  const facts = { userId: user.id, mode, amr: 'pwd', source, now: clock() } as const
  const proven = { user, proof, rehashed }
  const named = attemptId === null ? null : namedSignIn(attemptId, email.canonical, facts.now)
  if (named) {
    const { id: unless } = await deriveSession(services.derivedSecrets, mode, named.earlier)
    const prepared = await prepareSession(services, facts, named.identity)
    const signedIn = await begin(services, input, proven, { prepared, unless })
    if (signedIn) return { outcome: 'signed-in', signedIn }
    for (const identity of [named.identity, named.earlier]) {
      const resumed = await resumeSession(services, mode, identity, deviceIds)
      if (!resumed) continue
      await attempts.takeBack(proof.reserved, { sessionId: resumed.session.id })
      return { outcome: 'signed-in', signedIn: resumed }
    }
    // What has ended stays ended. The password was right, so this is a new sign-in.
  }
  const prepared = await prepareSession(services, facts, null)
  const signedIn = await begin(services, input, proven, { prepared, unless: null })
  if (signedIn) return { outcome: 'signed-in', signedIn }
  await recordChangedMeanwhile(services, attempt, attempted)
  return { outcome: 'refused' }
}

interface ProvenPassword {
  readonly user: User
  readonly proof: Proof
  readonly rehashed: string | null
}

/** Starts a session; `null` if the account has changed meanwhile, or there is the session already. */
async function begin(
  services: SignInServices,
  { password, presented, deviceIds }: SignInInput,
  { user, proof, rehashed }: ProvenPassword,
  { prepared, unless }: { readonly prepared: PreparedSession; readonly unless: string | null },
): Promise<SignedIn | null> {
  const device = deviceProof(deviceIds, prepared.newDeviceId)
  const start = { ...proof, prepared, presented, device, unless }
  const started =
    (await services.users.startSession({ ...start, rehashed })) ??
    (await startWithNewHash(services, start, password))
  if (!started) return null
  await deleteCachedCopiesOrLeaveToSweep(services, started.ended)
  return issueCredentials(services, prepared, { ...user, roles: started.roles }, started.deviceId)
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
