import type { EmailAddress } from '../../identity/email-address'
import type { Proof, SessionStart, StartedSession } from '../../identity/user-store'
import type { Turn, Turns } from '../../throttling/turns'
import { deriveSession, namedSignIn } from '../repetition'
import { type ResumeServices, resumeSession } from '../resume-session'
import {
  type AttemptServices,
  attemptPassword,
  type RefusedAttempt,
  recordChangedMeanwhile,
} from './attempt-password'
import {
  type Arrival,
  type Begun,
  beginSignIn,
  factorDue,
  type ProvenAccount,
  type WayInServices,
} from './way-in'

export type SignInServices = ResumeServices & AttemptServices & WayInServices & { readonly turns: Turns }

export type PasswordSignIn = Begun | RefusedAttempt

export interface PasswordSignInInput extends Arrival {
  readonly email: EmailAddress
  readonly password: string
  /** The client's name for the sign-in: a repetition under the same name gets the same session. `null`: it stands alone. */
  readonly attemptId: string | null
}

/**
 * Signs a person in with address and password. Several at once with the right one wait for each other, rather than count as failures.
 *
 * @throws {StoreUnavailable}
 */
export async function signInWithPassword(
  services: SignInServices,
  input: PasswordSignInInput,
): Promise<PasswordSignIn> {
  const turn = services.turns.take()
  try {
    return await signInAtTurn(services, input, turn)
  } finally {
    turn.end()
  }
}

async function signInAtTurn(
  services: SignInServices,
  input: PasswordSignInInput,
  turn: Turn,
): Promise<PasswordSignIn> {
  const { passwords, attempts, clock } = services
  const { email, password, mode, source, deviceIds, attemptId } = input

  const attempt = {
    canonicalEmail: email.canonical,
    password,
    event: 'signed-in',
    source,
    deviceIds,
    session: null,
    turn,
  } as const
  const attempted = await attemptPassword(services, attempt)
  if (attempted.outcome !== 'proven') return attempted
  const { user, proof, secondFactor, hasPasskeys } = attempted
  const waits = factorDue(services.factorPolicy, attempted) !== null

  const rehashed = (await passwords.isOutdated(proof.passwordHash)) ? await passwords.hash(password) : null
  const at = clock()
  const proven = (unless: string | null): ProvenAccount => ({
    user,
    proof: { method: 'pwd', at },
    secondFactor,
    hasPasskeys,
    hold: (pending, holding) => holding.holdPassword({ ...proof, pending, rehashed }),
    start: (start) => startWithPassword(services, { ...proof, ...start, unless }, { password, rehashed }),
  })
  // A repeated first step makes another pending sign-in: nothing but the second step begins anything.
  const named = attemptId === null || waits ? null : namedSignIn(attemptId, email.canonical, at)
  if (named) {
    const { id: unless } = await deriveSession(services.derivedSecrets, mode, named.earlier)
    const begun = await beginSignIn(services, proven(unless), input, named.identity)
    if (begun) return begun
    for (const identity of [named.identity, named.earlier]) {
      const resumed = await resumeSession(services, mode, identity, deviceIds)
      if (!resumed) continue
      await attempts.takeBack(proof.reserved, { sessionId: resumed.session.id })
      return { outcome: 'signed-in', signedIn: resumed }
    }
    // What has ended stays ended. The password was right, so this is a new sign-in.
  }
  const begun = await beginSignIn(services, proven(null), input, null)
  if (begun) return begun
  await recordChangedMeanwhile(services, attempt, attempted)
  return { outcome: 'refused' }
}

/**
 * Starts a session for a password that was right. Another sign-in may have stored the same password anew, at another cost, since this one
 * looked. That is no refusal.
 */
async function startWithPassword(
  { users, passwords }: SignInServices,
  start: SessionStart & Pick<Proof, 'reserved'>,
  { password, rehashed }: { readonly password: string; readonly rehashed: string | null },
): Promise<StartedSession | null> {
  const started = await users.startSession({ ...start, rehashed })
  if (started) return started
  const passwordHash = (await users.findById(start.prepared.session.userId))?.passwordHash
  if (!passwordHash || passwordHash === start.passwordHash) return null
  if ((await passwords.verify(password, passwordHash)) !== 'match') return null
  return users.startSession({ ...start, passwordHash, rehashed: null })
}
