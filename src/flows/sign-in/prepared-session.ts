import type { DerivedSecrets } from '../../crypto/derived-secrets'
import { newDeviceId } from '../../devices/device'
import type { User } from '../../identity/user'
import type { Log } from '../../runtime/log'
import { orOnOutage } from '../../runtime/outage'
import type { SendMail } from '../../runtime/queued-mail'
import { assuranceOf } from '../../sessions/assurance'
import { closedTo, type FactorPolicy } from '../../sessions/factor-policy'
import type { PreparedSession } from '../../sessions/prepared-session'
import { newSession, type Session, type SessionLifetimes, type SignInFacts } from '../../sessions/session'
import type { RememberedSessionCache } from '../../sessions/session-cache'
import type { FreshSeal, SessionSeals } from '../../sessions/session-seal'
import { mintSessionToken } from '../../sessions/session-token'
import type { AccessTokens } from '../../tokens/access-token'
import type { RefreshTokens } from '../../tokens/refresh-token'
import { deriveSession, type RequestIdentity } from '../repetition'

/** Holds the credentials of a session that a client is given, by mode. */
export type IssuedCredentials =
  | {
      readonly mode: 'session'
      readonly sessionToken: string
      /** `null`: there are no seals, or the session had begun before. */
      readonly seal: FreshSeal | null
    }
  | {
      readonly mode: 'token'
      /** For the apps beside Janus. */
      readonly accessToken: string
      /** For Janus's own routes; `null`: `accessToken` is. */
      readonly accountToken: string | null
      readonly expiresInSeconds: number
      /** `null`: the client keeps the one that it has. */
      readonly refreshToken: string | null
    }

/** A sign-in that succeeded. */
export interface SignedIn {
  readonly user: User
  readonly session: Session
  readonly credentials: IssuedCredentials
  /** The device of the account that the client is from now on; `null`: it stays what it was. */
  readonly deviceId: string | null
}

/**
 * Returns a new session id and secret, never taken from the client (session fixation, OWASP ASVS 5.0 §7.2.4). In token mode makes
 * sure that there is a key to sign with, before anything is begun that would be of no use without.
 *
 * @param identity Recognizes a repetition of the request, which gets the same session. `null`: each request stands alone, and ids and secret
 * are random. @throws {StoreUnavailable}
 */
export async function prepareSession(
  { accessTokens, lifetimes, derivedSecrets, factorPolicy }: IssueServices,
  facts: SignInFacts,
  identity: RequestIdentity | null,
): Promise<PreparedSession> {
  const derived = identity && (await deriveSession(derivedSecrets, facts.mode, identity))
  const session = newSession(lifetimes, facts, derived?.id)
  const given = {
    newDeviceId: derived?.deviceId ?? newDeviceId(),
    // guard: no session begins on one factor for an account that must have a second
    closedTo: closedTo(factorPolicy, facts.methods),
  }
  if (session.mode === 'token') {
    await accessTokens.ready()
    return { ...given, session, token: null, secretHash: null }
  }
  const { token, secretHash } = await mintSessionToken(session.id, derived?.secret)
  return { ...given, session, token, secretHash }
}

export interface IssueServices {
  readonly lifetimes: SessionLifetimes
  readonly sessionCache: RememberedSessionCache
  readonly sessionSeals: SessionSeals
  /** For Janus itself. */
  readonly accessTokens: AccessTokens
  /** For the apps beside it; may be the same. */
  readonly apiTokens: AccessTokens
  readonly refreshTokens: RefreshTokens
  readonly derivedSecrets: DerivedSecrets
  readonly sendMail: SendMail
  readonly factorPolicy: FactorPolicy
  readonly log: Log
}

/** Hands out the credentials of a session that the store has begun. */
export async function issueCredentials(
  services: IssueServices,
  { session, token, secretHash }: PreparedSession,
  user: User,
  deviceId: string | null,
): Promise<SignedIn> {
  const { sessionCache, sessionSeals, log } = services
  const { roles } = user
  const signedIn = { user, session, deviceId }
  if (token === null) return { ...signedIn, credentials: await issueTokens(services, { session, roles }, 0) }
  const asOf = session.createdAt
  const sealableUntil = sessionSeals.sealableUntil(session, asOf)
  const seal = await sessionSeals.make({ session, roles, asOf, sealableUntil }, token)
  // The store has the session, and the first request that misses the cache fills it. The first that comes without a seal does, so nobody
  // waits for the cache here who was given one.
  if (seal !== null) return { ...signedIn, credentials: { mode: 'session', sessionToken: token, seal } }
  await orOnOutage(sessionCache.save({ session, roles, secretHash }, session.createdAt), ({ store }) =>
    log('session-cache-not-written', { session_id: session.id, store }),
  )
  return { ...signedIn, credentials: { mode: 'session', sessionToken: token, seal: null } }
}

/** Issues an access token for each audience, and the refresh token of the session's current counter. */
export async function issueTokens(
  services: Pick<IssueServices, 'accessTokens' | 'apiTokens' | 'refreshTokens'>,
  live: { readonly session: Session; readonly roles: readonly string[] },
  counter: number,
): Promise<IssuedCredentials> {
  const tokens = await issueAccessTokens(services, live)
  const refreshToken = await services.refreshTokens.issue({ sessionId: live.session.id, counter })
  return { ...tokens, refreshToken }
}

/** Issues an access token for each audience, of a session whose refresh token stays what it is. */
export async function issueAccessTokens(
  { accessTokens, apiTokens }: Pick<IssueServices, 'accessTokens' | 'apiTokens'>,
  { session, roles }: { readonly session: Session; readonly roles: readonly string[] },
): Promise<IssuedCredentials & { readonly mode: 'token' }> {
  const subject = {
    userId: session.userId,
    sessionId: session.id,
    roles,
    ...assuranceOf(session.methods),
    sessionExpiresAt: session.expiresAt,
  }
  const account = apiTokens === accessTokens ? null : await accessTokens.issue(subject)
  const { token: accessToken, expiresInSeconds } = await apiTokens.issue(subject)
  return {
    mode: 'token',
    accessToken,
    accountToken: account?.token ?? null,
    expiresInSeconds,
    refreshToken: null,
  }
}
