import type { SqlDatabase } from '../../../src/storage/sql/sql-database'
import { sqlDatabaseContract } from '../sql-database-contract'
import { apiKeyContract } from './api-key-contract'
import { storesOn } from './arrange'
import { attemptStoreContract } from './attempt-store-contract'
import { enrolmentContract } from './enrolment-contract'
import { factorRecoveryContract } from './factor-recovery-contract'
import { identityStoreContract } from './identity-store-contract'
import { linkStoreContract } from './link-store-contract'
import { oauthStoreContract } from './oauth-store-contract'
import { passkeyStoreContract } from './passkey-store-contract'
import { secondFactorContract } from './second-factor-contract'
import { sessionStoreContract } from './session-store-contract'
import {
  auditLogContract,
  deviceStoreContract,
  eventStoreContract,
  restoreStoreContract,
  signingKeyStoreContract,
} from './small-store-contracts'
import { userStoreContract } from './user-store-contract'

/** Tests what every truth must do: a database with Janus's tables, which nobody else uses meanwhile, and every port on it. */
export function truthContract(engine: string, open: () => SqlDatabase): void {
  sqlDatabaseContract(engine, open)
  oauthStoreContract(engine, open)
  for (const portContract of [
    userStoreContract,
    sessionStoreContract,
    apiKeyContract,
    linkStoreContract,
    attemptStoreContract,
    deviceStoreContract,
    passkeyStoreContract,
    identityStoreContract,
    secondFactorContract,
    enrolmentContract,
    factorRecoveryContract,
    signingKeyStoreContract,
    restoreStoreContract,
    eventStoreContract,
    // Prunes the trail of the others.
    auditLogContract,
  ]) {
    portContract(engine, () => storesOn(open()))
  }
}
