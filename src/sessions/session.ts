import { encodeBase64url } from '../crypto/base64url'
import { randomBytes } from '../crypto/random'
import type { RequestSource } from '../request-source/request-source'
import { assuranceOf, type ProvenMethod } from './assurance'
import type { Mode } from './mode'

/** One sign-in, in either mode. Instants are seconds since the epoch. */
export interface Session {
  /** 16 random bytes, base64url. A handle, not a credential: it opens nothing by itself. */
  readonly id: string
  readonly userId: string
  readonly mode: Mode
  readonly createdAt: number
  /** The proofs that it rests on. A refresh neither adds one nor moves one (NIST SP 800-63B-4 §5.1). */
  readonly methods: readonly ProvenMethod[]
  /** Says when the person last proved who they are, as {@link assuranceOf} derives it from the methods. */
  readonly authenticatedAt: number
  readonly lastSeenAt: number
  /** Ends the session unless it is used; moves with use, never past `expiresAt`. */
  readonly idleExpiresAt: number
  /** Ends the session whatever happens. */
  readonly expiresAt: number
  /** The User-Agent that the client sent, at most 256 bytes; for the account's owner to recognize. */
  readonly userAgent: string | null
  /** ISO 3166-1 alpha-2, as Cloudflare placed the client. */
  readonly country: string | null
}

/** Tells sessions apart that others have than a person who signed in: those of apps that its person allowed, and the API keys that they made. */
export type DelegatedKind = 'app' | 'api-key'

/** A session in the list of its account. */
export interface ListedSession extends Session {
  /** Names the app that the person allowed and whose session it is; `null`: it is their own. */
  readonly app: GrantedApp | null
  /** Begins the day on which a key of the person was last used; `null`: it was not, or this is no key. */
  readonly keyUsedAt: number | null
}

/** An app that may act for a person, or an API key, and what it may do. */
export interface GrantedApp {
  readonly id: string
  /** As the operator registered it, or as it calls itself. */
  readonly name: string
  /** The host that it is known by; `null`: the operator registered it. */
  readonly host: string | null
  /** Scopes, separated by spaces (RFC 6749 §3.3). */
  readonly scope: string
  /** The service at which it may do that (RFC 8707). */
  readonly resource: string | null
}

/** A session and what its account is allowed: enough to authenticate a request. */
export interface LiveSession {
  readonly session: Session
  readonly roles: readonly string[]
  /** SHA-256 of the session token's secret, base64url; `null` in token mode. */
  readonly secretHash: string | null
}

/** Says how long sessions last, by mode. */
export interface SessionLifetimes {
  readonly sessionIdleSeconds: number
  readonly refreshIdleSeconds: number
  readonly sessionLifetimeSeconds: number
}

export type EndReason =
  | 'signed-out'
  | 'signed-out-everywhere'
  | 'ended-by-owner'
  | 'ended-by-service'
  | 'ended-by-operator'
  | 'replaced-by-sign-in'
  | 'too-many-sessions'
  | 'password-changed'
  | 'password-reset'
  | 'address-proven'
  | 'account-deleted'
  | 'account-disabled'
  | 'roles-changed'
  | 'refresh-token-reused'
  | 'second-factor-changed'
  | 'code-reused'
  | 'revoked-by-app'
  | 'api-key-revoked'

/** Names who ended a session: recorded with the end. */
export interface EndedBy {
  /** As far as it was proven. */
  readonly actorId: string | null
  readonly source: RequestSource
}

export interface SignInFacts {
  readonly userId: string
  readonly mode: Mode
  readonly methods: readonly ProvenMethod[]
  readonly source: RequestSource
  readonly now: number
}

/** Returns a record for a sign-in that happens now. Its id is random unless given. */
export function newSession(
  lifetimes: SessionLifetimes,
  facts: SignInFacts,
  id: string = encodeBase64url(randomBytes(16)),
): Session {
  const { userId, mode, methods, source, now } = facts
  const expiresAt = now + lifetimes.sessionLifetimeSeconds
  return {
    id,
    userId,
    mode,
    createdAt: now,
    methods,
    authenticatedAt: assuranceOf(methods).authenticatedAt,
    lastSeenAt: now,
    idleExpiresAt: Math.min(now + idleSeconds(lifetimes, mode), expiresAt),
    expiresAt,
    userAgent: source.userAgent,
    country: source.country,
  }
}

export function idleSeconds(lifetimes: SessionLifetimes, mode: Mode): number {
  return mode === 'session' ? lifetimes.sessionIdleSeconds : lifetimes.refreshIdleSeconds
}

export function isExpired(session: Session, now: number): boolean {
  return now >= session.idleExpiresAt || now >= session.expiresAt
}
