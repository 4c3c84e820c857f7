import type { User, UserCredentials } from '../../identity/user'
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
  }
}
