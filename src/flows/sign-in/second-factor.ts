import { deviceProof } from '../../devices/device'
import type { ExpectedCodes } from '../../factors/expected-codes'
import {
  formatPendingHandle,
  PENDING_SECONDS,
  type PendingHandle,
  type PendingSignInStore,
  type PresentedFactor,
  parsePendingHandle,
} from '../../factors/pending-sign-in'
import { hashRecoveryCode } from '../../factors/recovery-code'
import type { TotpSeeds } from '../../factors/second-factor'
import type { SecondFactor } from '../../identity/user'
import type { PendingRecord } from '../../identity/user-store'
import { type MintedSecret, mintSecret } from '../../links/one-time-token'
import type { RequestSource } from '../../request-source/request-source'
import type { Clock } from '../../runtime/clock'
import type { Log } from '../../runtime/log'
import type { ProvenMethod } from '../../sessions/assurance'
import { deleteCachedCopiesOrLeaveToSweep } from '../../sessions/delete-cached-copies'
import type { Mode } from '../../sessions/mode'
import type { PresentedSession } from '../../sessions/session-store'
import { type IssueServices, issueCredentials, prepareSession, type SignedIn } from './prepared-session'

export interface SecondFactorServices {
  readonly pendingSignIns: PendingSignInStore
  readonly expectedCodes: ExpectedCodes
  readonly totpSeeds: TotpSeeds
  readonly log: Log
}

/** What can be presented as second factor. */
export type SecondFactorKind = 'totp' | 'recovery-code' | 'passkey'

/** A sign-in that waits for its second factor, as its client is told of it. */
export interface PendingSignIn {
  /** What the client keeps. It opens nothing. */
  readonly handle: string
  readonly next: readonly SecondFactorKind[]
  readonly expiresInSeconds: number
}

/**
 * Makes a sign-in wait for the second factor of its account; `null`, and nothing done, if the account has changed meanwhile.
 *
 * @param hold Uses up what was presented and stores the pending sign-in, in one transaction. @throws {StoreUnavailable}
 */
export async function holdSignIn(
  { expectedCodes, totpSeeds, log }: Omit<SecondFactorServices, 'pendingSignIns'>,
  proven: { readonly userId: string; readonly proof: ProvenMethod; readonly factor: SecondFactor },
  { mode, returnTo = null }: { readonly mode: Mode; readonly returnTo?: string | null },
  hold: (pending: PendingRecord) => Promise<boolean>,
  secret?: MintedSecret,
): Promise<PendingSignIn | null> {
  const { userId, proof, factor } = proven
  const minted = secret ?? (await mintSecret())
  const { totp } = factor
  const seed = totp && (await totpSeeds.open(userId, totp))
  if (totp && !seed) log('totp-seed-unreadable', { user_id: userId })
  const codeMacs = seed ? await expectedCodes.list(seed, minted.hash, proof.at) : []
  const pending = { tokenHash: minted.hash, userId, mode, methods: [proof], codeMacs, returnTo }
  if (!(await hold({ ...pending, provenAt: proof.at, expiresAt: proof.at + PENDING_SECONDS }))) return null
  return {
    handle: formatPendingHandle(userId, minted),
    next: [
      ...(seed ? (['totp'] as const) : []),
      'recovery-code',
      ...(factor.passkeys ? (['passkey'] as const) : []),
    ],
    expiresInSeconds: PENDING_SECONDS,
  }
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
  /** What the client keeps of the pending sign-in; `null` if it sent none. */
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
  { mode, source, presented, deviceIds }: StepArrival,
  now: number,
): Promise<SecondFactorSignIn> {
  // The store adds what was proven before.
  const methods = [{ method: factor.method, at: now }]
  const prepared = await prepareSession(
    services,
    { userId: pending.userId, mode, methods, source, now },
    null,
  )
  const device = deviceProof(deviceIds, prepared.newDeviceId)
  const finish = await services.pendingSignIns.finish({
    ...pending,
    factor,
    prepared,
    presented,
    device,
    source,
    now,
  })
  if (finish.outcome === 'over') return { outcome: 'sign-in-expired' }
  if (finish.outcome === 'wrong-code') {
    services.sendMail(finish.mailIds)
    return { outcome: 'invalid-code' }
  }
  if (finish.outcome === 'throttled') return finish
  const { user, started, returnTo } = finish
  services.sendMail(started.mailIds)
  await deleteCachedCopiesOrLeaveToSweep(services, started.ended)
  const whole = { ...prepared, session: { ...prepared.session, methods: finish.methods } }
  const signedIn = await issueCredentials(
    services,
    whole,
    { ...user, roles: started.roles },
    started.deviceId,
  )
  return { outcome: 'signed-in', signedIn, returnTo }
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
