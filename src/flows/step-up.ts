import type { OwnAccountStore } from '../identity/own-account-store'
import type { UserCredentials } from '../identity/user'
import type { UserStore } from '../identity/user-store'
import type { RequestSource } from '../request-source/request-source'
import type { Clock } from '../runtime/clock'
import { addProof, assuranceOf, type ProvenMethod } from '../sessions/assurance'
import { deleteCachedCopiesOrLeaveToSweep } from '../sessions/delete-cached-copies'
import type { Renewal, Renewed } from '../sessions/renewal'
import type { Session } from '../sessions/session'
import {
  type AttemptServices,
  attemptPassword,
  type NoPassword,
  type RefusedAttempt,
  recordChangedMeanwhile,
} from './sign-in/attempt-password'
import {
  type IssueServices,
  issueAccessTokens,
  issueCredentials,
  prepareSession,
  type SignedIn,
} from './sign-in/prepared-session'
import type { OwnSession } from './sign-out'

// Proving again who one is, in a session. What is presented and how it is verified is one file for each proof, as with the ways in; what
// follows from it stands here (docs/explain/decisions/0074).

export type StepUpServices = IssueServices & {
  readonly users: UserStore
  readonly clock: Clock
}

/** Describes what was verified, and waits to be used up. */
export interface ProvenAgain {
  readonly proof: ProvenMethod
  /** Uses up what was presented and renews the session, in one transaction; `null`, and nothing done, if either is over. */
  renew(renewal: Renewal): Promise<Renewed | null>
}

/** The session of a request, and the account that it is of. */
export type OwnAccount = UserCredentials & { readonly session: Session }

export type StepUp =
  | { readonly outcome: 'renewed'; readonly signedIn: SignedIn }
  /** The session is over, or the account has changed. */
  | { readonly outcome: 'session-ended' }

/**
 * Renews a session whose person has proven again who they are. A cookie gets a new session in place of the old one, so that a secret from
 * before is worth nothing; a token session stays, and gets a new access token. Nothing else renews `auth_time`: a refresh does not.
 *
 * @throws {StoreUnavailable}
 */
export async function renewSession(
  services: StepUpServices,
  own: OwnSession,
  account: OwnAccount,
  { proof, renew }: ProvenAgain,
  source: RequestSource,
): Promise<StepUp> {
  const now = proof.at
  const { userId, mode } = own
  const { session, user } = account
  // guard: a level whose factor is gone ends with the next proof
  const methods = addProof(hasFactor(account) ? session.methods : [], proof)
  const replacement =
    mode === 'session' ? await prepareSession(services, { userId, mode, methods, source, now }, null) : null
  // Before anything is used up that a token must be had for.
  if (mode === 'token') await services.accessTokens.ready()
  const renewed = await renew({ own, methods, replacement, source, now })
  if (!renewed) return { outcome: 'session-ended' }
  services.sendMail(renewed.mailIds)
  await deleteCachedCopiesOrLeaveToSweep(services, renewed.ended)
  const current = { ...user, roles: renewed.roles }
  const signedIn = replacement
    ? await issueCredentials(services, replacement, current, null)
    : {
        user: current,
        session: renewed.session,
        deviceId: null,
        credentials: await issueAccessTokens(services, renewed),
      }
  return { outcome: 'renewed', signedIn }
}

/**
 * Returns whether a session has reached its level by a second factor that the account still has, which a password alone does not renew. Whoever
 * removed their last passkey has nothing but the password, or a link, to prove themselves by (docs/explain/decisions/0106).
 */
export function takesSecondFactor(account: OwnAccount): boolean {
  // guard: a password alone does not renew a proof of two factors
  return assuranceOf(account.session.methods).acr === 'urn:janus:2fa' && hasFactor(account)
}

/** Returns whether an account has a second factor or a passkey. */
export function hasFactor({ secondFactor, hasPasskeys }: OwnAccount): boolean {
  return secondFactor !== null || hasPasskeys
}

/** Proves again who one is, by the password. It is counted as every other attempt in the session is. @throws {StoreUnavailable} */
export async function stepUpByPassword(
  services: StepUpServices & AttemptServices & { readonly ownAccounts: OwnAccountStore },
  own: OwnSession,
  { password, source }: { readonly password: string; readonly source: RequestSource },
): Promise<StepUp | RefusedAttempt | NoPassword | { readonly outcome: 'second-factor-needed' }> {
  const { users, ownAccounts, clock } = services
  const account = await users.findWithSession(own.sessionId, clock())
  if (!account) return { outcome: 'session-ended' }
  if (takesSecondFactor(account)) return { outcome: 'second-factor-needed' }
  if (account.passwordHash === null) return { outcome: 'no-password' }
  const { canonicalEmail } = account
  const attempt = {
    canonicalEmail,
    password,
    event: 'reauthenticated',
    source,
    deviceIds: [],
    session: own,
  } as const
  const attempted = await attemptPassword(services, attempt)
  if (attempted.outcome !== 'proven') return attempted
  const { passwordHash, reserved } = attempted.proof
  const proven: ProvenAgain = {
    proof: { method: 'pwd', at: clock() },
    renew: (renewal) => ownAccounts.renewSession({ ...renewal, passwordHash, reserved }),
  }
  const stepUp = await renewSession(services, own, account, proven, source)
  if (stepUp.outcome !== 'renewed') await recordChangedMeanwhile(services, attempt, attempted)
  return stepUp
}
