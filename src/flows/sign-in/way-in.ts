import { type DeviceProof, deviceProof } from '../../devices/device'
import type { Holding } from '../../factors/pending-sign-in'
import type { SecondFactor, User, UserCredentials } from '../../identity/user'
import type { PendingRecord, StartedSession } from '../../identity/user-store'
import type { RequestSource } from '../../request-source/request-source'
import type { ProvenMethod } from '../../sessions/assurance'
import { deleteCachedCopiesOrLeaveToSweep } from '../../sessions/delete-cached-copies'
import { type FactorPolicy, requiresFactor } from '../../sessions/factor-policy'
import type { Mode } from '../../sessions/mode'
import type { PreparedSession } from '../../sessions/prepared-session'
import type { PresentedSession } from '../../sessions/session-store'
import type { RequestIdentity } from '../repetition'
import { type IssueServices, issueCredentials, prepareSession, type SignedIn } from './prepared-session'
import type { holdSignIn, PendingSignIn } from './second-factor'

// Signing in: somebody presents something, it proves an account by some method, and a session begins. What is presented and how it is
// verified is one file for each way in: password.ts, mailed-link.ts, mailed-code.ts. What follows from a proof stands here.

/** A request to sign in, whatever it presents. */
export interface Arrival {
  readonly mode: Mode
  readonly source: RequestSource
  /** Sessions whose credentials came along: signing in ends them. */
  readonly presented: readonly PresentedSession[]
  /** Ids of the genuine device credentials that came along. */
  readonly deviceIds: readonly string[]
  /** Says where the person wants to go in the end; `null` or absent if they did not say so. */
  readonly returnTo?: string | null
}

/** Holds what a way in has verified. Nothing has been used up yet, and nothing has begun. */
export interface Proven {
  readonly user: User
  /** Says how it was verified, and when. */
  readonly proof: ProvenMethod
  /**
   * Uses up what was presented and starts the session, in one transaction. `null`, and nothing done, if what was presented is not valid any
   * more, or there is the session already.
   */
  start(start: StartOfProven): Promise<StartedSession | null>
}

/** Holds what a way in has verified, with the second factors of the account. */
export interface ProvenAccount extends Proven, FactorsOfAccount {
  /** Uses up what was presented and stores the pending sign-in, in one transaction. `false`, and nothing done, as with {@link Proven.start}. */
  hold(pending: PendingRecord, holding: Holding): Promise<boolean>
}

/** Tells which second factors an account has. */
export type FactorsOfAccount = Pick<UserCredentials, 'secondFactor' | 'hasPasskeys'>

/** Names what a sign-in waits for after its first proof: a factor of the account, or that one is set up. */
export type FactorDue = SecondFactor | 'enrolment'

/**
 * Returns what a sign-in waits for after a first proof, or `null`. The one rule of every way in. Where a second factor is required, a passkey
 * counts as one, so that nobody sets up another beside it with a password alone.
 */
export function factorDue(
  policy: FactorPolicy,
  { user, secondFactor, hasPasskeys }: FactorsOfAccount & Pick<Proven, 'user'>,
): FactorDue | null {
  if (secondFactor) return secondFactor
  if (!requiresFactor(policy, user.roles)) return null
  // guard: a passkey is asked for where a second factor is required, before another can be set up
  return hasPasskeys ? { since: null, totp: null, passkeys: true } : 'enrolment'
}

/** Says how a sign-in goes on after its first proof. */
export type Begun =
  | { readonly outcome: 'signed-in'; readonly signedIn: SignedIn }
  /** Nothing that can act exists yet. */
  | { readonly outcome: 'second-factor-due'; readonly pending: PendingSignIn }

/** Describes the session to start, as {@link Proven} is given it. */
export interface StartOfProven {
  readonly prepared: PreparedSession
  readonly presented: readonly PresentedSession[]
  readonly device: DeviceProof
}

/**
 * Starts the session that a proof entitles to, and hands out its credentials; `null` if the proof is not valid any more, or an equal request
 * has started it.
 *
 * @param identity Recognizes a repetition of the request. `null`: each request stands alone. @throws {StoreUnavailable}
 */
export async function beginSession(
  services: IssueServices,
  { user, proof, start }: Proven,
  { mode, source, presented, deviceIds }: Arrival,
  identity: RequestIdentity | null,
): Promise<SignedIn | null> {
  const sign = { userId: user.id, mode, methods: [proof], source, now: proof.at } as const
  const prepared = await prepareSession(services, sign, identity)
  const started = await start({ prepared, presented, device: deviceProof(deviceIds, prepared.newDeviceId) })
  if (!started) return null
  services.sendMail(started.mailIds)
  await deleteCachedCopiesOrLeaveToSweep(services, started.ended)
  return issueCredentials(services, prepared, { ...user, roles: started.roles }, started.deviceId)
}

/** Makes a sign-in wait for the second factor of its account: {@link holdSignIn}, once it has what it takes. */
export type HoldSignIn = (
  ...sign: AfterServices<Parameters<typeof holdSignIn>>
) => ReturnType<typeof holdSignIn>

type AfterServices<T extends readonly unknown[]> = T extends readonly [unknown, ...infer Others]
  ? Others
  : never

/** Adds what a way in needs to let a sign-in wait. */
export interface WayInServices extends IssueServices {
  /** `null`: the service was made without second factors. */
  readonly secondFactorPart: { readonly holdSignIn: HoldSignIn; readonly pendingSignIns: Holding } | null
}

/**
 * Goes on after a first proof: starts the session, or lets the sign-in wait for the second factor of the account, also where it must have one
 * and has none. `null` as with {@link beginSession}.
 *
 * @throws {StoreUnavailable} An error where a second factor is due, and the service was made without.
 */
export async function beginSignIn(
  services: WayInServices,
  proven: ProvenAccount,
  arrival: Arrival,
  identity: RequestIdentity | null,
): Promise<Begun | null> {
  const { user, proof, hold } = proven
  const due = factorDue(services.factorPolicy, proven)
  if (due === null) {
    const signedIn = await beginSession(services, proven, arrival, identity)
    return signedIn && { outcome: 'signed-in', signedIn }
  }
  const { secondFactorPart } = services
  // guard: an account with a second factor is not signed in to by a service that was made without
  if (!secondFactorPart) {
    services.log('second-factors-left-out', { user_id: user.id })
    throw new Error('The account has a second factor, and createJanus was not given createSecondFactors')
  }
  const account = { user, proof, due }
  const pending = await secondFactorPart.holdSignIn(account, arrival, (record) =>
    hold(record, secondFactorPart.pendingSignIns),
  )
  return pending && { outcome: 'second-factor-due', pending }
}
