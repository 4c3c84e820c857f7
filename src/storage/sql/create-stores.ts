import type { AuditLog } from '../../audit/audit-log'
import type { DeviceStore } from '../../devices/device'
import type { AttemptStore } from '../../flows/attempt-store'
import type { UserStore } from '../../identity/user-store'
import type { SigningKeyStore } from '../../keys/signing-key-store'
import type { RestoreStore } from '../../restores/restore-store'
import type { SessionStore } from '../../sessions/session-store'
import type { AttemptLimits } from '../../throttling/attempt-limits'
import { createAttemptStore } from './attempt-store'
import { createAuditLog } from './audit-log'
import { createDeviceStore } from './device-store'
import type { MailQueue } from './mail-queue'
import { createRestoreStore } from './restore-store'
import { createSessionStore } from './session-store'
import { createSigningKeyStore } from './signing-key-store'
import type { SqlDatabase } from './sql-database'
import { createUserStore } from './user-store'

/** Everything of which a database has the truth, but for what parts take that can be left out: src/wiring/part.ts. */
export interface SqlStores {
  readonly users: UserStore
  readonly sessions: SessionStore
  readonly devices: DeviceStore
  readonly attempts: AttemptStore
  readonly auditLog: AuditLog
  readonly signingKeys: SigningKeyStore
  readonly restores: RestoreStore
}

export interface SqlStoresOptions {
  /** Queues mail in the transaction of what it is about. */
  readonly mailQueue: MailQueue
  /** Says whether only an account with a verified address may be signed in to. */
  readonly verifiedOnly: boolean
  /** The most open sessions of one account. */
  readonly maxSessions: number
  readonly limits: AttemptLimits
}

/** Makes the stores of one database. */
export function createSqlStores(
  db: SqlDatabase,
  { mailQueue, verifiedOnly, maxSessions, limits }: SqlStoresOptions,
): SqlStores {
  return {
    users: createUserStore(db, { mailQueue, verifiedOnly, maxSessions }),
    sessions: createSessionStore(db, mailQueue),
    devices: createDeviceStore(db),
    attempts: createAttemptStore(db, limits),
    auditLog: createAuditLog(db),
    signingKeys: createSigningKeyStore(db),
    restores: createRestoreStore(db),
  }
}
