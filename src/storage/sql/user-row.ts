import type { SecondFactor, User, UserCredentials } from '../../identity/user'
import { parseRoles } from './session-row'

/** An account as the database has it. */
export interface UserRow {
  readonly id: string
  readonly email: string
  readonly email_canonical: string
  readonly email_verified_at: number | null
  readonly name: string | null
  readonly password_hash: string | null
  readonly roles: string
  readonly disabled_at: number | null
  readonly second_factor_at: number | null
  /** The seed of its authenticator app, where the query asks for it: see {@link WITH_TOTP}. */
  readonly sealed_seed?: string | null
  readonly encrypted_with?: string | null
  readonly created_at: number
}

export function toUser(
  row: Pick<UserRow, 'id' | 'email' | 'email_verified_at' | 'name' | 'roles' | 'created_at'>,
): User {
  return {
    id: row.id,
    email: row.email,
    emailVerified: row.email_verified_at !== null,
    name: row.name,
    roles: parseRoles(row.roles),
    createdAt: row.created_at,
  }
}

export function toCredentials(row: UserRow): UserCredentials {
  return {
    user: toUser(row),
    canonicalEmail: row.email_canonical,
    passwordHash: row.password_hash,
    disabled: row.disabled_at !== null,
    secondFactor: toSecondFactor(row),
  }
}

/** Joins the seed of the authenticator app of each account of `users`. */
export const WITH_TOTP = 'LEFT JOIN totp_factors ON totp_factors.user_id = users.id'

export function toSecondFactor(
  row: Pick<UserRow, 'second_factor_at' | 'sealed_seed' | 'encrypted_with'>,
): SecondFactor | null {
  const { second_factor_at: since, sealed_seed: text, encrypted_with: secretId } = row
  if (since === null) return null
  return { since, totp: text && secretId ? { text, secretId } : null }
}
