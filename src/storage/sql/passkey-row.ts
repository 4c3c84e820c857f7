import * as v from 'valibot'
import type { Passkey } from '../../passkeys/passkey-store'

/** A passkey as the database has it. */
export interface PasskeyRow {
  readonly credential_id: string
  readonly id: string
  readonly user_id: string
  readonly public_key: string
  readonly alg: number
  readonly sign_count: number
  readonly backup_eligible: number
  readonly backed_up: number
  readonly aaguid: string
  readonly transports: string
  readonly name: string
  readonly created_at: number
  readonly last_used_at: number | null
}

const Transports = v.array(v.string())

export function toPasskey(row: PasskeyRow): Passkey {
  return {
    id: row.id,
    userId: row.user_id,
    credentialId: row.credential_id,
    publicKey: row.public_key,
    alg: row.alg,
    signCount: row.sign_count,
    // It could not have been registered or used without.
    userVerified: true,
    backupEligible: row.backup_eligible === 1,
    backedUp: row.backed_up === 1,
    aaguid: row.aaguid,
    transports: v.parse(Transports, JSON.parse(row.transports)),
    name: row.name,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
  }
}
