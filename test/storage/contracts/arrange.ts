import type { Activity } from '../../../src/audit/activity'
import type { AuditLog } from '../../../src/audit/audit-log'
import { encodeBase64url } from '../../../src/crypto/base64url'
import { createKeyring } from '../../../src/crypto/keyring'
import { type DeviceStore, deviceProof, type OwnDeviceStore } from '../../../src/devices/device'
import type { EventStore } from '../../../src/events/event-store'
import type { EnrolmentStore } from '../../../src/factors/enrolment'
import type { FactorRecoveryStore } from '../../../src/factors/factor-recovery'
import type { PendingSignInStore } from '../../../src/factors/pending-sign-in'
import type { SecondFactorStore } from '../../../src/factors/second-factor'
import type { OwnAccountStore } from '../../../src/identity/own-account-store'
import { newUser, type User } from '../../../src/identity/user'
import type { StartedSession, UserStore } from '../../../src/identity/user-store'
import { mintSecret } from '../../../src/links/one-time-token'
import type { ApiKeyStore } from '../../../src/oauth/api-key'
import type { OAuthStore } from '../../../src/oauth/oauth-store'
import type { PasskeyStore } from '../../../src/passkeys/passkey-store'
import type { RequestSource } from '../../../src/request-source/request-source'
import type { Mode } from '../../../src/sessions/mode'
import type { OwnSessionStore } from '../../../src/sessions/own-session-store'
import type { PreparedSession } from '../../../src/sessions/prepared-session'
import { newSession } from '../../../src/sessions/session'
import type { PresentedSession, SessionStore } from '../../../src/sessions/session-store'
import type { IdentityStore } from '../../../src/social/identity-store'
import { createActivity } from '../../../src/storage/sql/activity'
import { createApiKeyStore } from '../../../src/storage/sql/api-key-store'
import { createSqlMailStores, type SqlMailStores } from '../../../src/storage/sql/create-mail-stores'
import { createSqlStores, type SqlStores } from '../../../src/storage/sql/create-stores'
import { createEnrolmentStore } from '../../../src/storage/sql/enrolments'
import { createEventStore } from '../../../src/storage/sql/event-store'
import { createFactorRecoveryStore } from '../../../src/storage/sql/factor-recoveries'
import { createIdentityStore } from '../../../src/storage/sql/identity-store'
import { createOAuthStore } from '../../../src/storage/sql/oauth-store'
import { createOwnAccountStore } from '../../../src/storage/sql/own-account-store'
import { createOwnDeviceStore } from '../../../src/storage/sql/own-device-store'
import { createOwnSessionStore } from '../../../src/storage/sql/own-session-store'
import { createPasskeyStore } from '../../../src/storage/sql/passkey-store'
import { createPendingSignInStore } from '../../../src/storage/sql/pending-sign-ins'
import { createSecondFactorStore } from '../../../src/storage/sql/second-factor-store'
import type { SqlDatabase } from '../../../src/storage/sql/sql-database'
import { sql } from '../../../src/storage/sql/statement'
import { createUsedChallenges, type UsedChallenges } from '../../../src/storage/sql/used-challenges'
import type { ReservedAttempt } from '../../../src/throttling/attempt-budget'

/** Says when everything in these suites happens. What the database itself dates, it dates with the time there is. */
export const NOW = 1_900_000_000

export const LIMITS = { freeAttempts: 3, maxAttempts: 6, maxAttemptDelaySeconds: 60 }
export const MAX_SESSIONS = 3
export const ADMIN_ROLE = "a%d_m'in"

/** Holds every port of one database, for a suite to take from. */
export interface AllStores extends SqlStores, SqlMailStores {
  readonly sessions: SessionStore & OwnSessionStore
  readonly devices: DeviceStore & OwnDeviceStore
  readonly auditLog: AuditLog & Activity
  readonly ownAccounts: OwnAccountStore
  readonly passkeys: PasskeyStore
  readonly secondFactors: SecondFactorStore
  readonly pendingSignIns: PendingSignInStore
  readonly events: EventStore
  readonly identities: IdentityStore
  readonly enrolments: EnrolmentStore
  readonly recoveries: FactorRecoveryStore
  readonly oauth: OAuthStore
  readonly apiKeys: ApiKeyStore
  readonly usedChallenges: UsedChallenges
  /** Gives an account roles, as an operator does. */
  giveRoles(userId: string, roles: readonly string[]): Promise<void>
}

export type OpenStores = () => AllStores

export function storesOn(db: SqlDatabase): AllStores {
  const keyring = createKeyring(['Xr7VhmM0v3dEWdC1sPpT6uJqgB9oYkZfLwNaQ2iHtE4'])
  const ofMail = createSqlMailStores(db, { keyring, mails: true, maxSessions: MAX_SESSIONS })
  const { mailQueue } = ofMail
  const options = {
    mailQueue,
    verifiedOnly: false,
    maxSessions: MAX_SESSIONS,
    adminRole: ADMIN_ROLE,
    limits: LIMITS,
  }
  const stores = createSqlStores(db, options)
  return {
    ...stores,
    sessions: { ...stores.sessions, ...createOwnSessionStore(db) },
    devices: { ...stores.devices, ...createOwnDeviceStore(db) },
    auditLog: { ...stores.auditLog, ...createActivity(db) },
    ...ofMail,
    ownAccounts: createOwnAccountStore(db, options),
    passkeys: createPasskeyStore(db, options),
    secondFactors: createSecondFactorStore(db, options),
    pendingSignIns: createPendingSignInStore(db, options),
    events: createEventStore(db),
    identities: createIdentityStore(db, options),
    enrolments: createEnrolmentStore(db, { ...options, sendsMail: false }),
    recoveries: createFactorRecoveryStore(db, options),
    oauth: createOAuthStore(db, options),
    apiKeys: createApiKeyStore(db, options),
    usedChallenges: createUsedChallenges(db),
    async giveRoles(userId, roles) {
      const values = { user_id: userId, roles: JSON.stringify(roles) }
      await db.transaction({ given: sql('UPDATE users SET roles = :roles WHERE id = :user_id', values) })
    },
  }
}

/** 16 random bytes as an id, or 32 as the hash or the key of something. */
export function random(bytes: 16 | 32): string {
  return encodeBase64url(crypto.getRandomValues(new Uint8Array(bytes)))
}

export function newEmail(): string {
  return `${random(16).toLowerCase()}@example.com`
}

export const source: RequestSource = {
  requestId: 'request',
  address: '192.0.2.1',
  userAgent: 'Ünï 🦊/1.0',
  country: 'DE',
  language: 'en',
}

export function prepare(userId: string, mode: Mode = 'session', now = NOW): PreparedSession {
  const lifetimes = { sessionIdleSeconds: 600, refreshIdleSeconds: 600, sessionLifetimeSeconds: 6000 }
  const session = newSession(lifetimes, { userId, mode, methods: [{ method: 'pwd', at: now }], source, now })
  return {
    session,
    token: null,
    secretHash: mode === 'session' ? random(32) : null,
    newDeviceId: random(16),
    closedTo: { everybody: false, roles: [] },
  }
}

/** Returns an attempt that was counted against nobody. */
export function reserved(): ReservedAttempt {
  return { budget: { of: 'strangers', key: random(32) }, blockedUntil: 0 }
}

export interface Registered {
  readonly user: User
  readonly email: string
  readonly hash: string
  readonly prepared: PreparedSession
  readonly started: StartedSession
}

/** Returns an account with its first session. */
export async function register(users: UserStore, mode: Mode = 'session'): Promise<Registered> {
  const email = newEmail()
  const user = newUser({ email, emailVerified: false, name: 'Ada' }, NOW)
  const hash = passwordHash()
  const prepared = prepare(user.id, mode)
  const device = deviceProof([], prepared.newDeviceId)
  const start = { passwordHash: hash, source, prepared, device, presented: [] }
  const started = await users.create({ user, canonicalEmail: email }, start)
  if (!started) throw new Error('The address is taken')
  return { user, email, hash, prepared, started }
}

/** Returns another session of an account, by its password. */
export async function signIn(
  users: UserStore,
  ada: Pick<Registered, 'user' | 'hash'>,
  given: {
    readonly mode?: Mode
    readonly now?: number
    readonly prepared?: PreparedSession
    readonly hash?: string
    readonly rehashed?: string
    /** The session that the browser has had. */
    readonly presented?: readonly PresentedSession[]
  } = {},
) {
  const { hash = ada.hash, rehashed = null, presented = [] } = given
  const prepared = given.prepared ?? prepare(ada.user.id, given.mode, given.now)
  const device = deviceProof([], prepared.newDeviceId)
  const start = {
    passwordHash: hash,
    source,
    prepared,
    device,
    presented,
    reserved: reserved(),
    rehashed,
  }
  return { prepared, started: await users.startSession(start) }
}

/** Returns a text that passes for the hash of a password. */
export function passwordHash(): string {
  return `$${random(32)}`
}

/** Mails a link, and returns what using it takes. */
export async function linkFor({ links }: AllStores, ada: Registered, purpose: 'reset-password' | 'sign-in') {
  const token = await mintSecret()
  const asker = {
    of: 'anybody' as const,
    deviceKeys: {},
    session: null,
    sources: [{ key: random(32), seconds: 1, room: 9 }],
  }
  const request = { canonicalEmail: ada.email, accountKey: random(32), asker, attempt: null, now: NOW }
  await links.issue({ ...request, purpose, token, bindingHash: null, source, returnTo: null })
  const device = deviceProof([], random(16))
  return { tokenHash: token.hash, bindingHash: null, returnTo: null, source, now: NOW, device }
}

/** Returns an account whose address is proven, in a session of session mode that the proof began. It keeps its password. */
export async function registerProven(stores: AllStores): Promise<Registered> {
  const ada = await register(stores.users)
  const use = await linkFor(stores, ada, 'sign-in')
  const prepared = prepare(ada.user.id)
  const { session, secretHash } = ada.prepared
  const presented = [{ sessionId: session.id, secretHash }]
  const started = await stores.links.signIn({ ...use, prepared, presented, removesPassword: false })
  if (!started) throw new Error('The address was not proven')
  return { ...ada, prepared, started }
}
