import type { AuditLog } from '../../audit/audit-log'
import type { Keyring } from '../../crypto/keyring'
import type { DeviceStore } from '../../devices/device'
import type { PendingSignInStore } from '../../factors/pending-sign-in'
import type { SecondFactorStore } from '../../factors/second-factor'
import type { AttemptStore } from '../../flows/attempt-store'
import type { UserStore } from '../../identity/user-store'
import type { SigningKeyStore } from '../../keys/signing-key-store'
import type { LinkStore } from '../../links/link-store'
import type { Outbox } from '../../mail/outbox'
import type { PasskeyStore } from '../../passkeys/passkey-store'
import type { RestoreStore } from '../../restores/restore-store'
import type { SessionStore } from '../../sessions/session-store'
import type { AttemptLimits } from '../../throttling/attempt-limits'
import { createAttemptStore } from './attempt-store'
import { createAuditLog } from './audit-log'
import { createDeviceStore } from './device-store'
import { createLinkRequests } from './link-store'
import { createLinkUses } from './link-uses'
import { createMailQueue, NO_MAIL_QUEUE } from './mail-queue'
import { createOutbox } from './outbox'
import { createPasskeyStore } from './passkey-store'
import { createPendingSignInStore } from './pending-sign-ins'
import { createRestoreStore } from './restore-store'
import { createSecondFactorStore } from './second-factor-store'
import { createSessionStore } from './session-store'
import { createSignInCodeStore } from './sign-in-codes'
import { createSigningKeyStore } from './signing-key-store'
import type { SqlDatabase } from './sql-database'
import { createUsedLinks } from './used-links'
import { createUserStore } from './user-store'

/** Everything of which a database has the truth. */
export interface SqlStores {
  readonly users: UserStore
  readonly sessions: SessionStore
  readonly devices: DeviceStore
  readonly links: LinkStore
  readonly pendingSignIns: PendingSignInStore
  readonly secondFactors: SecondFactorStore
  readonly passkeys: PasskeyStore
  readonly attempts: AttemptStore
  readonly auditLog: AuditLog
  readonly outbox: Outbox
  readonly signingKeys: SigningKeyStore
  readonly restores: RestoreStore
}

export interface SqlStoresOptions {
  /** For what is encrypted at rest. */
  readonly keyring: Keyring
  /** Whether mail is sent. Otherwise none is queued. */
  readonly mails: boolean
  /** Whether only an account with a verified address may be signed in to. */
  readonly verifiedOnly: boolean
  /** The most open sessions of one account. */
  readonly maxSessions: number
  readonly limits: AttemptLimits
}

/** Makes every store on one database. */
export function createSqlStores(
  db: SqlDatabase,
  { keyring, mails, verifiedOnly, maxSessions, limits }: SqlStoresOptions,
): SqlStores {
  const mailQueue = mails ? createMailQueue(keyring) : NO_MAIL_QUEUE
  return {
    users: createUserStore(db, { mailQueue, verifiedOnly, maxSessions }),
    sessions: createSessionStore(db, mailQueue),
    devices: createDeviceStore(db),
    links: {
      ...createLinkRequests(db, mailQueue),
      ...createLinkUses(db, { mailQueue, maxSessions }),
      ...createSignInCodeStore(db),
      ...createUsedLinks(db),
    },
    pendingSignIns: createPendingSignInStore(db, { mailQueue, maxSessions, limits }),
    secondFactors: createSecondFactorStore(db, mailQueue),
    passkeys: createPasskeyStore(db, { mailQueue, maxSessions }),
    attempts: createAttemptStore(db, limits),
    auditLog: createAuditLog(db),
    outbox: createOutbox(db, keyring, mailQueue),
    signingKeys: createSigningKeyStore(db),
    restores: createRestoreStore(db),
  }
}
