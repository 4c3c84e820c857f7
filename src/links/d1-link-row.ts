import { toUser, type UserRow } from '../accounts/d1-user-row'
import type { FoundLink } from './link-store'
import type { TokenPurpose } from './one-time-token'

/** A one-time token, with the account it is for. */
export interface FoundRow extends Pick<UserRow, 'roles' | 'created_at' | 'email_verified_at'> {
  readonly purpose: TokenPurpose
  readonly email_canonical: string
  readonly new_email: string | null
  readonly new_email_canonical: string | null
  readonly binding_hash: string | null
  readonly user_id: string | null
  readonly email: string
  readonly user_name: string | null
  readonly user_password_hash: string | null
  readonly own_token_hash: string | null
  readonly own_name: string | null
  readonly own_password_hash: string | null
}

export function toFoundLink(row: FoundRow): FoundLink {
  const { new_email: address, new_email_canonical: canonical } = row
  return {
    purpose: row.purpose,
    bindingHash: row.binding_hash,
    account:
      row.user_id === null
        ? null
        : {
            user: toUser({ ...row, id: row.user_id, name: row.user_name }),
            canonicalEmail: row.email_canonical,
            passwordHash: row.user_password_hash,
          },
    newEmail: address === null || canonical === null ? null : { address, canonical },
    own: row.own_token_hash === null ? null : { name: row.own_name, passwordHash: row.own_password_hash },
  }
}
