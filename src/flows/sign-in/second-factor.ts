import { type DeviceProof, deviceProof } from '../../devices/device'
import type { ExpectedCodes } from '../../factors/expected-codes'
import {
  type Begun as BegunOfWaiting,
  formatPendingHandle,
  PENDING_SECONDS,
  type PendingHandle,
  type PendingSignInStore,
  type PresentedFactor,
  parsePendingHandle,
} from '../../factors/pending-sign-in'
import { hashRecoveryCode } from '../../factors/recovery-code'
import type { TotpSeeds } from '../../factors/second-factor'
import type { SecondFactor, User } from '../../identity/user'
import type { PendingRecord } from '../../identity/user-store'
import { type MintedSecret, mintSecret } from '../../links/one-time-token'
import type { RequestSource } from '../../request-source/request-source'
import type { Clock } from '../../runtime/clock'
import type { Log } from '../../runtime/log'
import type { ProvenMethod } from '../../sessions/assurance'
import { deleteCachedCopiesOrLeaveToSweep } from '../../sessions/delete-cached-copies'
import type { Mode } from '../../sessions/mode'
import type { PreparedSession } from '../../sessions/prepared-session'
import type { PresentedSession } from '../../sessions/session-store'
import { type IssueServices, issueCredentials, prepareSession, type SignedIn } from './prepared-session'

export interface SecondFactorServices {
  readonly pendingSignIns: PendingSignInStore
  readonly expectedCodes: ExpectedCodes
  readonly totpSeeds: TotpSeeds
  /** Says whether mail is sent: then only a person who has proven the mailbox sets up a factor. */
  readonly sendsMail: boolean
  readonly log: Log
}

/**
 * Names the next step of a pending sign-in: what can be presented as second factor, or set up as one. `link`: nothing yet, because a factor
 * is set up only after signing in by mail.
 */
export type NextStep = 'totp' | 'recovery-code' | 'passkey' | 'enrol-totp' | 'enrol-passkey' | 'link'

/** A sign-in that waits for its second factor, as its client is told of it. */
export interface PendingSignIn {
  /** Identifies the pending sign-in; the client keeps it. It opens nothing. */
  readonly handle: string
  /** Empty: the account has passkeys alone, and none is accepted here. */
  readonly next: readonly NextStep[]
  readonly expiresInSeconds: number
}

/**
 * Makes a sign-in wait for the second factor of its account; `null`, and nothing done, if the account has changed meanwhile.
 *
 * @param hold Uses up what was presented and stores the pending sign-in, in one transaction. @throws {StoreUnavailable}
 */
export async function holdSignIn(
  services: Omit<SecondFactorServices, 'pendingSignIns'> & {
    /** Says whether passkeys are accepted here. An account may have some from a time when they were. */
    readonly takesPasskeys: boolean
  },
  proven: {
    readonly user: User
    readonly proof: ProvenMethod
    readonly due: SecondFactor | 'enrolment'
  },
  { mode, returnTo = null }: { readonly mode: Mode; readonly returnTo?: string | null },
  hold: (pending: PendingRecord) => Promise<boolean>,
  secret?: MintedSecret,
): Promise<PendingSignIn | null> {
  const { expectedCodes, totpSeeds, sendsMail, takesPasskeys, log } = services
  const { user, proof, due } = proven
  const { id: userId } = user
  const factor = due === 'enrolment' ? { since: null, totp: null, passkeys: false } : due
  const minted = secret ?? (await mintSecret())
  const { totp } = factor
  const seed = totp && (await totpSeeds.open(userId, totp))
  if (totp && !seed) log('totp-seed-unreadable', { user_id: userId })
  const codeMacs = seed ? await expectedCodes.list(seed, minted.hash, proof.at) : []
  const enrolled = factor.since !== null
  const pending = { tokenHash: minted.hash, userId, mode, methods: [proof], enrolled, codeMacs, returnTo }
  if (!(await hold({ ...pending, provenAt: proof.at, expiresAt: proof.at + PENDING_SECONDS }))) return null
  const steps =
    due === 'enrolment'
      ? enrolmentSteps({ user, proof, sendsMail })
      : presentableSteps({ app: seed !== null, recoveryCode: enrolled, passkey: factor.passkeys })
  const next = steps.filter((step) => takesPasskeys || !step.endsWith('passkey'))
  if (next.length === 0) log('passkeys-left-out', { user_id: userId })
  return { handle: formatPendingHandle(userId, minted), next, expiresInSeconds: PENDING_SECONDS }
}

function presentableSteps(has: {
  readonly app: boolean
  readonly recoveryCode: boolean
  readonly passkey: boolean
}): readonly NextStep[] {
  return [
    ...(has.app ? (['totp'] as const) : []),
    ...(has.recoveryCode ? (['recovery-code'] as const) : []),
    ...(has.passkey ? (['passkey'] as const) : []),
  ]
}

/**
 * Returns what can be set up in a sign-in. Where mail is sent, a password alone sets nothing up: a stolen one would put the factor of a thief
 * before the owner (docs/explain/decisions/0095).
 */
function enrolmentSteps(of: {
  readonly user: User
  readonly proof: ProvenMethod
  readonly sendsMail: boolean
}): readonly NextStep[] {
  const mayEnrol = !of.sendsMail || (of.user.emailVerified && of.proof.method !== 'pwd')
  return mayEnrol ? ['enrol-totp', 'enrol-passkey'] : ['link']
}

export type SecondFactorSignIn =
  | { readonly outcome: 'signed-in'; readonly signedIn: SignedIn; readonly returnTo: string | null }
  | { readonly outcome: 'invalid-code' }
  | { readonly outcome: 'throttled'; readonly retryAfterSeconds: number }
  /** There is no such pending sign-in any more: sign in again. */
  | { readonly outcome: 'sign-in-expired' }

/** A code as it was typed: of an authenticator app, or a recovery code. */
export type TypedFactor =
  | { readonly kind: 'totp'; readonly code: string }
  | { readonly kind: 'recovery-code'; readonly code: string }

interface SecondFactorInput extends StepArrival {
  /** Identifies the pending sign-in, as the client kept it; `null` if it sent none. */
  readonly handle: string | null
  readonly typed: TypedFactor
}

/** A request that completes a sign-in. */
export interface StepArrival {
  readonly mode: Mode
  readonly source: RequestSource
  /** Sessions whose credentials came along: signing in ends them. */
  readonly presented: readonly PresentedSession[]
  /** Ids of the genuine device credentials that came along. */
  readonly deviceIds: readonly string[]
}

/**
 * Completes a sign-in with the second factor of its account. One transaction counts the try, takes the pending sign-in and begins the
 * session, so of many callers with one code, one pending sign-in or one recovery code exactly one succeeds.
 *
 * @throws {StoreUnavailable}
 */
export async function finishSignIn(
  services: SecondFactorServices & IssueServices & { readonly clock: Clock },
  { handle, typed, ...arrival }: SecondFactorInput,
): Promise<SecondFactorSignIn> {
  const pending = handle === null ? null : await parsePendingHandle(handle)
  if (!pending) return { outcome: 'sign-in-expired' }
  const now = services.clock()
  const factor = await presentedFactor(services, pending.tokenHash, typed, now)
  return completeSignIn(services, pending, factor, arrival, now)
}

/** Takes a pending sign-in with whatever is presented as second factor, and begins its session. @throws {StoreUnavailable} */
export async function completeSignIn(
  services: Pick<SecondFactorServices, 'pendingSignIns'> & IssueServices,
  pending: PendingHandle,
  factor: PresentedFactor,
  arrival: StepArrival,
  now: number,
): Promise<SecondFactorSignIn> {
  const { source, presented } = arrival
  const step = await prepareStep(services, pending, factor.method, arrival, now)
  const finish = await services.pendingSignIns.finish({
    ...pending,
    ...step,
    factor,
    presented,
    source,
    now,
  })
  if (finish.outcome === 'over') return { outcome: 'sign-in-expired' }
  if (finish.outcome === 'wrong-code') {
    services.sendMail(finish.mailIds)
    return { outcome: 'invalid-code' }
  }
  if (finish.outcome === 'throttled') return finish
  return { outcome: 'signed-in', ...(await handOut(services, step.prepared, finish)) }
}

/** Prepares the session of a sign-in that waits. */
export async function prepareStep(
  services: IssueServices,
  { userId }: PendingHandle,
  method: ProvenMethod['method'],
  { mode, source, deviceIds }: StepArrival,
  now: number,
): Promise<{ readonly prepared: PreparedSession; readonly device: DeviceProof }> {
  // The store adds what was proven before.
  const sign = { userId, mode, methods: [{ method, at: now }], source, now }
  const prepared = await prepareSession(services, sign, null)
  return { prepared, device: deviceProof(deviceIds, prepared.newDeviceId) }
}

/** Hands out the credentials of a session that the store has begun of a sign-in that waited. */
export async function handOut(
  services: IssueServices,
  prepared: PreparedSession,
  { user, started, methods, returnTo }: BegunOfWaiting,
): Promise<{ readonly signedIn: SignedIn; readonly returnTo: string | null }> {
  services.sendMail(started.mailIds)
  await deleteCachedCopiesOrLeaveToSweep(services, started.ended)
  const { roles, deviceId } = started
  const whole = { ...prepared, session: { ...prepared.session, methods } }
  return { signedIn: await issueCredentials(services, whole, { ...user, roles }, deviceId), returnTo }
}

async function presentedFactor(
  { expectedCodes }: Pick<SecondFactorServices, 'expectedCodes'>,
  tokenHash: string,
  { kind, code }: TypedFactor,
  now: number,
): Promise<PresentedFactor> {
  if (kind === 'recovery-code') return { method: 'recovery', codeHash: await hashRecoveryCode(code) }
  return { method: 'totp', candidates: await expectedCodes.candidates(tokenHash, code, now) }
}
