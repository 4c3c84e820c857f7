import type { StoredMetadata } from '../../identity/metadata'
import type { SecondFactor, User, UserCredentials } from '../../identity/user'
import type { Profile } from '../../identity/user-store'
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
  readonly user_metadata: string | null
  readonly app_metadata: string | null
  /** The seed of its authenticator app, where the query asks for it: see {@link WITH_TOTP}. */
  readonly sealed_seed?: string | null
  readonly encrypted_with?: string | null
  readonly has_passkey?: number
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

export function toMetadata({
  user_metadata,
  app_metadata,
}: Pick<UserRow, 'user_metadata' | 'app_metadata'>): StoredMetadata {
  return { user_metadata, app_metadata }
}

export function toCredentials(row: Omit<UserRow, 'user_metadata' | 'app_metadata'>): UserCredentials {
  return {
    user: toUser(row),
    canonicalEmail: row.email_canonical,
    passwordHash: row.password_hash,
    disabled: row.disabled_at !== null,
    secondFactor: toSecondFactor(row),
    hasPasskeys: row.has_passkey === 1,
  }
}

/** Holds what a sign-in needs of a second factor, of a query with {@link WITH_TOTP}. */
export const FACTOR_COLUMNS = `sealed_seed, encrypted_with,
  CASE WHEN EXISTS (SELECT 1 FROM passkeys WHERE passkeys.user_id = users.id) THEN 1 ELSE 0 END AS has_passkey`

/** Joins the seed of the authenticator app of each account of `users`. */
export const WITH_TOTP = 'LEFT JOIN totp_factors ON totp_factors.user_id = users.id'

export function toSecondFactor(
  row: Pick<UserRow, 'second_factor_at' | 'sealed_seed' | 'encrypted_with' | 'has_passkey'>,
): SecondFactor | null {
  const { second_factor_at: since, sealed_seed: text, encrypted_with: secretId } = row
  if (since === null) return null
  return { since, totp: text && secretId ? { text, secretId } : null, passkeys: row.has_passkey === 1 }
}

/** Returns the columns of a change, each with the value of its name. Names are constants of the code. */
export function assign(
  columns: Partial<Record<'name' | 'user_metadata' | 'app_metadata', string | null>>,
): string {
  return Object.keys(columns)
    .map((column) => `${column} = :${column}`)
    .join(', ')
}

export function toProfile([row]: readonly UserRow[]): Profile | null {
  return row ? { user: toUser(row), metadata: toMetadata(row) } : null
}
